"""The hall's rules for deeds: the real ones fit the hall, and a bad one is named with its file."""

import shutil
from pathlib import Path

import pytest

from bot.rules import check_rules
from bot.settings import Settings
from knowledge.base import Published
from knowledge.loader import KnowledgeError


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    return Path(shutil.copytree(settings.rules, tmp_path / "deeds"))


def test_the_real_rules_are_right(settings: Settings, published: Published) -> None:
    check_rules(settings.rules, published)


@pytest.mark.parametrize("file", ["outbox.yaml", "cases.yaml", "appointments.yaml", "retention.yaml", "ratings.yaml"])
def test_a_file_that_is_wrong_is_named(folder: Path, published: Published, file: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write("\nno_such_rule: 1\n")
    with pytest.raises(KnowledgeError, match=file):
        check_rules(folder, published)
