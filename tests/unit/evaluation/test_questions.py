"""Question sets: right ones load, bad lines are named, the real ones fit the guides."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import TurnStatus
from evaluation.questions import DATASETS, DISCLOSURES, STATUS_OF, fingerprint, load_questions
from knowledge.base import Published
from knowledge.model import Disclosure

LINE = {
    "id": "D1", "text": "补身份证多少钱", "expect": "guide", "items": ["GA-003"], "disclosures": ["fees"],
    "wording": "colloquial",
}  # fmt: skip
SETS = [DATASETS / f"{name}.jsonl" for name in ("acceptance", "development", "development2", "development3", "frozen")]
"""The other files of the folder are for the retrieval of answers."""


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "set.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8")
    return path


def test_a_set_is_read_line_by_line(tmp_path: Path) -> None:
    first, second = load_questions(write(tmp_path, LINE, {**LINE, "id": "D2", "disclosures": []}))
    assert (first.id, first.items, first.asked) == ("D1", ("GA-003",), frozenset({"fees"}))
    assert second.asked == frozenset(DISCLOSURES)


@pytest.mark.parametrize(
    "bad",
    [
        "{", "[]", "3", "", {**LINE, "expect": "answer"}, {**LINE, "disclosures": ["price"]}, {**LINE, "items": None},
        {k: v for k, v in LINE.items() if k != "wording"},
    ],
)  # fmt: skip
def test_a_bad_line_is_named(tmp_path: Path, bad: Any) -> None:
    path = write(tmp_path, LINE, bad, LINE)
    with pytest.raises(ValueError, match=r"set\.jsonl:2: "):
        load_questions(path)


def test_disclosures_and_statuses_are_those_of_the_contract() -> None:
    assert tuple(d.value for d in Disclosure) == DISCLOSURES
    assert set(STATUS_OF.values()) <= {status.value for status in TurnStatus}


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_the_real_sets_load_and_repeat_nothing(path: Path) -> None:
    questions = load_questions(path)
    assert len(questions) >= 50
    assert len({q.id for q in questions}) == len({q.text for q in questions}) == len(questions)


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_what_the_real_sets_expect_can_be(path: Path, published: Published) -> None:
    known = {
        "faq": {*published.faq, *published.guides},
        "scenario": set(published.scenarios),
        "out_of_scope": set(published.topics),
        "hall": set(published.facilities),
    }
    for question in load_questions(path):
        assert set(question.items) <= known.get(question.expect, set(published.guides)), question.id
        if question.expect in {"guide", "several"}:
            assert len(question.items) > (question.expect == "several"), question.id
        if question.expect in {"privacy", "no_match", "smalltalk"}:
            assert not question.items, question.id


def test_the_group_is_the_prefix_of_the_item(tmp_path: Path) -> None:
    first, second = load_questions(write(tmp_path, LINE, {**LINE, "id": "D2", "expect": "hall", "items": []}))
    assert (first.group, second.group) == ("GA", "-")


def test_the_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    before = fingerprint(write(tmp_path, LINE))
    assert before == fingerprint(write(tmp_path, LINE)) != fingerprint(write(tmp_path, LINE, LINE))
