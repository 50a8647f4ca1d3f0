"""A hall's knowledge folder that a test may change."""

import shutil
from pathlib import Path

import pytest

from knowledge.loader import DATA


@pytest.fixture
def knowledge_folder(tmp_path: Path) -> Path:
    """A copy of the data folder with one guide, GA-003, for which alone appointments can be made."""
    copy = tmp_path / "knowledge"
    (copy / "guides").mkdir(parents=True)
    for path in DATA.glob("*.*"):
        shutil.copy(path, copy)
    shutil.copy(DATA / "guides" / "GA-003.yaml", copy / "guides")
    shutil.copytree(DATA / "deeds", copy / "deeds")
    rules = copy / "deeds" / "appointments.yaml"
    general = rules.read_text(encoding="utf-8").split("groups:")[0]
    group = "{id: identity, title: 身份证, letter: A, windows: [A01], capacity: 1, items: [GA-003]}"
    rules.write_text(f"{general}groups:\n  - {group}\n", encoding="utf-8")
    return copy
