"""What counts as right."""

from dataclasses import replace

import pytest

from evaluation.judging import Judged, Reply
from evaluation.questions import DISCLOSURES, STATUS_OF
from tests.unit.evaluation.systems import answer, clarify, question

NO_MATCH = Reply("unanswerable.no_match")
FAQ = Reply("answered.faq", items=("GA-001", "GA-003"), sources=("GA-F01",))


@pytest.mark.parametrize(
    ("reply", "found", "exact", "wrong"),
    [
        (answer("GA-003"), True, True, False),
        (answer("GA-003", asked=("fees", "materials")), True, False, False),
        (answer("GA-001"), False, False, True),
        (answer("GA-001", "GA-003"), False, False, True),
        (answer("GA-003", "GA-001"), True, True, False),
        (clarify("GA-001", "GA-003"), True, False, False),
        (clarify("GA-001"), False, False, False),
        (clarify(), False, False, False),
        (clarify("A", "B", "C", "D", "E", "GA-003"), False, False, False),
        (FAQ, True, False, False),
        (replace(FAQ, items=("GA-001",)), False, False, True),
        (replace(FAQ, items=()), False, False, True),
        (Reply("answered.hall"), False, False, False),
        (replace(answer("GA-003"), status="unanswerable.incomplete_guide"), False, False, False),
        (NO_MATCH, False, False, False),
    ],
)
def test_a_guide_question(reply: Reply, found: bool, exact: bool, wrong: bool) -> None:
    j = Judged(question(), reply)
    assert (j.found, j.exact, j.right, j.wrong_item) == (found, exact, exact, wrong)


def test_each_of_several_acceptable_items_is_right() -> None:
    asked = question(items=("GA-003", "GA-008"))
    assert Judged(asked, answer("GA-008")).right and Judged(asked, clarify("GA-001", "GA-008")).offers_right


def test_no_disclosures_expected_means_all_eight() -> None:
    whole = question(asked=())
    assert Judged(whole, answer("GA-003", asked=DISCLOSURES)).right
    assert not Judged(whole, answer("GA-003")).right


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        (answer("GA-003", "GA-001"), True),
        (answer("GA-001", "GA-003"), True),
        (answer("GA-003"), False),
        (answer("GA-003", "GA-001", "GA-002"), False),
        (clarify("GA-003", "GA-001"), False),
    ],
)
def test_several_items_must_all_be_answered(reply: Reply, right: bool) -> None:
    j = Judged(question("several", ("GA-003", "GA-001")), reply)
    assert j.all_items_right is right and j.right is right


def test_several_items_with_other_disclosures_are_not_right() -> None:
    j = Judged(question("several", ("GA-003", "GA-001")), answer("GA-003", "GA-001", asked=("name",)))
    assert j.all_items_right and not j.right


@pytest.mark.parametrize("expect", ["faq", "scenario"])
def test_faq_entries_and_scenarios_are_known_by_their_id(expect: str) -> None:
    reply = Reply(STATUS_OF[expect], sources=("newborn",))
    assert Judged(question(expect, ("newborn",)), reply).right
    assert Judged(question(expect, ()), reply).right
    assert not Judged(question(expect, ("marriage",)), reply).right
    assert not Judged(question(expect, ("newborn",)), NO_MATCH).right


@pytest.mark.parametrize("expect", ["clarify", "out_of_scope", "privacy", "hall", "smalltalk", "no_match"])
def test_other_questions_need_their_status(expect: str) -> None:
    right = Reply(STATUS_OF[expect])
    assert Judged(question(expect, ()), right).right
    assert not Judged(question(expect, ()), answer("GA-003")).right
    assert right.named == expect


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (answer("GA-003"), "guide"), (answer("GA-003", "GA-001"), "several"), (FAQ, "faq"),
        (Reply("clarify.situation"), "scenario"), (Reply("error.degraded"), "error.degraded"),
    ],
)  # fmt: skip
def test_a_reply_has_the_class_of_what_it_would_be_right_for(reply: Reply, name: str) -> None:
    assert reply.named == name
