"""What is read before anything is started."""

from pathlib import Path

import pytest

from bot.assembly import Parts
from bot.settings import Settings, SettingsError
from knowledge.loader import KnowledgeError


def test_parts_are_read_without_starting_anything(tmp_path: Path, knowledge_folder: Path) -> None:
    parts = Parts.read(Settings(data_dir=tmp_path, knowledge_dir=knowledge_folder))
    assert parts.published.guides and parts.rasa_token
    assert not (tmp_path / "wenban.sqlite3").exists()
    parts.database.close()


def test_a_bad_knowledge_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"hall\.yaml:1"):
        Parts.read(Settings(data_dir=tmp_path, knowledge_dir=tmp_path))


@pytest.mark.parametrize(
    ("field", "value"), [("data_key", "too-short"), ("database_url", "nonsense"), ("database_url", "nosuchdb://x/y")]
)
def test_a_key_or_database_that_cannot_be_used_is_a_settings_error(
    tmp_path: Path, knowledge_folder: Path, field: str, value: str
) -> None:
    with pytest.raises(SettingsError):
        Parts.read(Settings(data_dir=tmp_path, knowledge_dir=knowledge_folder, **{field: value}))
