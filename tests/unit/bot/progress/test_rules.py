"""The hall's rules are refused when they could not work."""

from pathlib import Path

import pytest

from bot.progress.rules import progress_rules
from knowledge.loader import DATA, KnowledgeError

TEXT = (DATA / "deeds" / "progress.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: database", "source: file", "file"),
        ("source: database", "source: http", "http"),
        ("[A-Z]{2}[0-9]{8}", "([A-Z]", "正则"),
        ("SL20261120A001", "abc", "number_example"),
        ("  refused: 已经办结，未予批准或者不予受理\n", "", "refused"),
        ("failures: 5 ", "failures: 0 ", "failures"),
    ],
)
def test_a_bad_rule_is_refused_with_its_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEXT
    (tmp_path / "progress.yaml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        progress_rules(tmp_path)
    assert said in str(refused.value)
