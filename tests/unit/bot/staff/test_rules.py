"""The rules' file is checked as every other."""

from pathlib import Path

import pytest

from bot.staff.rules import staff_rules
from knowledge.loader import DATA, KnowledgeError

GOOD = (DATA / "deeds" / "staff.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("password_min_characters: 12", "password_min_characters: 3", "staff.yaml:2: password_min_characters"),
        ("idle_minutes: 30", "idle_minutes: 1", "idle_minutes: 数值太小"),
        ("idle_minutes: 30", "idle: 30", "不认识的键"),
        ("failed_logins: 5", "", "failed_logins: 缺少必填项"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    (tmp_path / "staff.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=told):
        staff_rules(tmp_path)
