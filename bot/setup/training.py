"""Trains the Rasa model: encodes all utterances with the app's encoder, then runs `rasa train` on the vectors."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import numpy as np
import yaml

from bot.processes.rasa_process import PROJECT, environment
from bot.settings import ROOT, Settings
from knowledge.encoder.encoder import load_encoder
from knowledge.encoder.prepare import encoder_mark

_ANNOTATION = re.compile(r"\[([^\]]+)\](\{[^}]*\}|\([^)]*\))")


class TrainingError(Exception):
    """`rasa train` failed; the message holds its last lines."""


def utterances(project: Path = PROJECT) -> list[str]:
    """Every training text as Rasa sees it, without annotations, sorted."""
    texts: set[str] = set()
    for path in sorted((project / "data" / "nlu").glob("*.yml")):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = intent["examples"].splitlines()
            texts |= {_ANNOTATION.sub(r"\1", line[2:]).strip() for line in lines if line.startswith("- ")}
    return sorted(texts)


def model_name(settings: Settings) -> str:
    """Named by what it is made from, so that a change of data or encoder asks for a new one."""
    digest = hashlib.sha256(encoder_mark(settings.encoder).encode())
    sources = [PROJECT / name for name in ("config.yml", "domain.yml", "requirements.lock")]
    for folder, kind in (("data", "*.yml"), ("data", "*.txt"), ("components", "*.py")):
        sources += sorted((PROJECT / folder).rglob(kind))
    for path in sources:
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return f"wenban-{digest.hexdigest()[:16]}.tar.gz"


def is_trained(settings: Settings) -> bool:
    """Whether the model of the present data and encoder is there."""
    return (settings.model_folder / model_name(settings)).is_file()


def train(settings: Settings) -> None:
    """Leaves one model in the model folder; raises TrainingError."""
    texts = utterances()
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    vectors_file = settings.data / "training" / "vectors.npz"
    vectors_file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(vectors_file, texts=np.array(texts), vectors=encoder.encode_queries(texts))
    name = model_name(settings)
    _rasa_train(settings, vectors_file, name)
    for old in settings.model_folder.glob("*.tar.gz"):
        if old.name != name:
            old.unlink()


def _rasa_train(settings: Settings, vectors_file: Path, name: str) -> None:
    command = [
        str(ROOT / settings.rasa_python), "-m", "rasa", "train", "--force", "--out", str(settings.model_folder),
        "--fixed-model-name", name.removesuffix(".tar.gz"),
    ]  # fmt: skip
    env = environment({"WENBAN_TRAINING_VECTORS": str(vectors_file)})
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    if done.returncode or not (settings.model_folder / name).is_file():
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise TrainingError(f"`rasa train` failed ({done.returncode}):\n{tail}")
