"""`wenban calibrate` writes a file that the app can read."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from bot.settings import Settings
from evaluation.calibration import choose as choosing
from evaluation.calibration import command
from evaluation.questions import fingerprint
from knowledge.confidence import Confidence
from knowledge.loader import load_yaml
from tests.unit.evaluation.calibration.samples import separable
from tests.unit.helpers import CONFIDENCE, POLICY


def test_what_is_written_loads_back(tmp_path: Path) -> None:
    path = tmp_path / "confidence.yaml"
    command.write(path, CONFIDENCE)
    assert load_yaml(path, Confidence) == CONFIDENCE
    assert path.read_text(encoding="utf-8").startswith("# Written by `wenban calibrate`")


@pytest.fixture
def calibrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Settings]]:
    """The file after a run over made-up questions, and the settings with which they were asked."""
    used: list[Settings] = []

    async def ask(settings: Settings) -> tuple[Any, Any]:
        used.append(settings)
        return separable(200), POLICY

    monkeypatch.setattr(command, "_ask", ask)
    monkeypatch.setattr(choosing, "RIVAL", (0.5,))
    monkeypatch.setattr(choosing, "FOUND", (0.05,))
    settings = Settings(knowledge_dir=tmp_path, encoder="an-encoder", database_url="sqlite:////nowhere/real.sqlite3")
    command.run(settings, Console(quiet=True))
    return tmp_path / "confidence.yaml", used


def test_a_run_writes_trees_thresholds_and_what_they_were_chosen_on(calibrated: tuple[Path, list[Settings]]) -> None:
    written = load_yaml(calibrated[0], Confidence)
    assert written.encoder == "an-encoder"
    assert any(written.trees.value) and written.chosen_on["item_right_at_once"] == 1.0
    for path in command.SETS:
        assert written.chosen_on[path.stem] == fingerprint(path)[:16]
    assert written.thresholds.offer <= written.thresholds.found <= written.thresholds.answer


def test_a_run_asks_on_a_scratch_database(calibrated: tuple[Path, list[Settings]]) -> None:
    (used,) = calibrated[1]
    assert used.database.endswith("calibration.sqlite3") and "nowhere" not in used.database


def test_a_second_run_over_the_same_questions_writes_the_same(calibrated: tuple[Path, list[Settings]]) -> None:
    before = yaml.safe_load(calibrated[0].read_text(encoding="utf-8"))
    command.write(calibrated[0], load_yaml(calibrated[0], Confidence))
    assert yaml.safe_load(calibrated[0].read_text(encoding="utf-8")) == before
