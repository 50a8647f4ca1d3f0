"""A hall's knowledge folder that a test may change."""

import shutil
from pathlib import Path

import pytest

from knowledge.loader import DATA


@pytest.fixture
def knowledge_folder(tmp_path: Path) -> Path:
    """A copy of the data folder with one guide, GA-003."""
    copy = tmp_path / "knowledge"
    (copy / "guides").mkdir(parents=True)
    for path in DATA.glob("*.*"):
        shutil.copy(path, copy)
    shutil.copy(DATA / "guides" / "GA-003.yaml", copy / "guides")
    return copy
