"""Training texts are what Rasa will see, and a model is named by what it is made from."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.processes.rasa_process import PROJECT, environment
from bot.settings import ROOT, Settings
from bot.setup import training

NLU = """\
version: "3.1"
nlu:
- intent: ask_fees
  examples: |
    - 补卡[多少钱]{"entity":"disclosure","role":"fees"}
    - [要钱](disclosure)吗
    -   身份证[收费]{"entity": "disclosure", "role": "fees"}，[要带什么]{"entity":"disclosure","role":"materials"}
    - 多少钱
- intent: greet
  examples: |
    - 你好
    - 多少钱
"""
SEES = """
import json, sys
from rasa.shared.nlu.training_data.loading import load_data
print(json.dumps(sorted({m.get("text") for m in load_data(sys.argv[1]).training_examples if m.get("text")})))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "a.yml").write_text(NLU, encoding="utf-8")
    return tmp_path


def rasa_python() -> str:
    python = ROOT / Settings().rasa_python
    if not python.exists():
        pytest.skip(f"no Rasa environment at {python}: set WENBAN_RASA_PYTHON")
    return str(python)


def test_annotations_are_taken_out_and_each_text_comes_once(project: Path) -> None:
    assert training.utterances(project) == ["你好", "多少钱", "补卡多少钱", "要钱吗", "身份证收费，要带什么"]


def test_no_real_utterance_keeps_a_bracket_of_an_annotation() -> None:
    texts = training.utterances()
    assert len(texts) > 500 and texts == sorted(set(texts))
    assert [text for text in texts if "](" in text or "{" in text or '"' in text or not text] == []


def test_the_real_utterances_are_exactly_what_rasa_reads() -> None:
    """A text without vector would stop the training; one too many would only cost time."""
    done = subprocess.run(
        [rasa_python(), "-c", SEES, "data/nlu"], cwd=PROJECT, env=environment({}), capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == training.utterances()


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small Rasa project that names are made from."""
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "components").mkdir()
    for name in (
        "config.yml",
        "domain.yml",
        "requirements.lock",
        "data/nlu/a.yml",
        "data/words.txt",
        "components/c.py",
    ):
        (tmp_path / name).write_text(NLU if name.endswith("a.yml") else name, encoding="utf-8")
    monkeypatch.setattr(training, "PROJECT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "requirements.lock", "data/nlu/a.yml", "data/words.txt", "components/c.py"]
)
def test_a_change_of_anything_that_trains_asks_for_a_new_model(copied: Path, name: str) -> None:
    before = training.model_name(Settings())
    assert before == training.model_name(Settings())
    with (copied / name).open("a") as file:
        file.write("# changed\n")
    assert training.model_name(Settings()) != before


def test_another_encoder_asks_for_a_new_model(copied: Path) -> None:
    assert training.model_name(Settings()) != training.model_name(Settings(encoder="other"))


def test_training_encodes_all_texts_and_leaves_one_model(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_encoder: Any
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nwhile [ "$1" != --out ]; do shift; done\nmkdir -p "$2"; : > "$2/$4.tar.gz"\n')
    python.chmod(0o755)
    settings = Settings(data_dir=tmp_path / "var", rasa_python=python)
    monkeypatch.setattr(training, "load_encoder", lambda *_: fake_encoder)
    monkeypatch.setattr(training, "utterances", lambda: ["你好", "多少钱"])
    settings.model_folder.mkdir(parents=True)
    (settings.model_folder / "old.tar.gz").touch()
    assert not training.is_trained(settings)
    training.train(settings)
    assert training.is_trained(settings)
    assert os.listdir(settings.model_folder) == [training.model_name(settings)]
    with np.load(settings.data / "training" / "vectors.npz") as stored:
        assert stored["texts"].tolist() == ["你好", "多少钱"] and stored["vectors"].shape == (2, 256)


def test_a_training_that_fails_says_why_and_keeps_the_old_model(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_encoder: Any
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'domain is wrong' >&2\nexit 1\n")
    python.chmod(0o755)
    settings = Settings(data_dir=tmp_path / "var", rasa_python=python)
    monkeypatch.setattr(training, "load_encoder", lambda *_: fake_encoder)
    monkeypatch.setattr(training, "utterances", lambda: ["你好"])
    settings.model_folder.mkdir(parents=True)
    (settings.model_folder / "old.tar.gz").touch()
    with pytest.raises(training.TrainingError, match="domain is wrong"):
        training.train(settings)
    assert os.listdir(settings.model_folder) == ["old.tar.gz"]
