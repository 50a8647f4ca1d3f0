"""The whole self-check: every rule runs, errors come first; the list of words is complete."""

import re
from pathlib import Path

import pytest

from bot.assembly import WORDS_FILE
from knowledge.base import Published
from knowledge.loader import DATA, KnowledgeError
from knowledge.selfcheck.check import Words, findings, load_unclear_words
from knowledge.selfcheck.findings import Finding, Severity, error, warning
from knowledge.target import Kind
from tests.unit.helpers import four_guides, make_faq, make_guide, make_published
from tests.unit.knowledge.selfcheck.samples import TODAY

WORDS = Words(unclear={"予以": "可以、给"}, forbidden={"不归我管": "由……负责"})


def checked(published: Published) -> list[Finding]:
    return findings(published, WORDS, WORDS_FILE, TODAY)


def test_nothing_is_found_in_what_is_right() -> None:
    assert checked(make_published()) == []


def test_every_rule_runs_and_errors_come_first() -> None:
    guide = make_guide(
        conditions=["不归我管，不予以办理。"], fees=None, checked_on="2020-01-01", related=["GA-099"],
        colloquial=["护照过期了"], time_limit={"statutory": "1日", "promised": "2日"},
    )  # fmt: skip
    published = make_published(
        guides={**four_guides(), "GA-003": guide}, faq={"FAQ-GA-001": make_faq(owner="ZZ")}
    )  # fmt: skip
    found = checked(published)
    told = [(f.severity.value, f.id, f.field) for f in found]
    assert told == [
        ("error", "GA-003", "conditions"), ("error", "GA-003", "fees"), ("error", "GA-003", "related"),
        ("error", "GA-003", "time_limit.promised"), ("error", "GA-008", "names"),
        ("warning", "FAQ-GA-001", "owner"), ("warning", "GA-003", "checked_on"), ("warning", "GA-003", "colloquial"),
        ("warning", "GA-003", "conditions"),
    ]  # fmt: skip


def test_findings_are_made_by_their_severity() -> None:
    assert error(Kind.FAQ, "F", "answer", "x").severity is Severity.ERROR
    assert str(warning(Kind.FAQ, "F", "answer", "x")) == "faq F answer: x"


def test_every_word_of_the_real_list_has_something_to_write_instead() -> None:
    words = load_unclear_words()
    assert len(words.unclear) >= 10 and len(words.forbidden) >= 10
    assert not words.unclear.keys() & words.forbidden.keys()


def test_no_remedy_holds_what_must_not_be_said() -> None:
    words = load_unclear_words()
    for remedy in (*words.unclear.values(), *words.forbidden.values()):
        assert not [word for word in words.forbidden if word in remedy]


@pytest.mark.parametrize(("before", "after"), [("\nunclear:", "\nunclaer:"), ("  予以: .*", "  予以:")])
def test_a_bad_list_is_told_with_a_line(tmp_path: Path, before: str, after: str) -> None:
    text = (DATA / "unclear_words.yaml").read_text(encoding="utf-8")
    (tmp_path / "unclear_words.yaml").write_text(re.sub(before, after, text, count=1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"unclear_words\.yaml:\d+: "):
        load_unclear_words(tmp_path)
