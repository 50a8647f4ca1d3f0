"""The figures: shares, classes, labels, curve, latency, and the tree of all of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.answers import curve, figures, latency
from evaluation.figures.classes import by_class, confusion, of_labels
from evaluation.figures.shares import Retrieved, share
from evaluation.judging import Judged, Reply
from evaluation.reports.gate import value
from tests.unit.evaluation.systems import answer, clarify, question


def test_a_share_has_its_interval() -> None:
    found = share([True] * 9 + [False])
    assert (found.right, found.of, found.share) == (9, 10, 0.9)
    assert found.low == pytest.approx(0.596, abs=0.001) and found.high == pytest.approx(0.982, abs=0.001)


def test_a_share_of_nothing_is_none() -> None:
    assert share([]).share is None and share([]).low is None


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_interval_holds_the_share(flags: list[bool]) -> None:
    found = share(flags)
    assert found.share is not None and found.low is not None and found.high is not None
    assert 0 <= found.low <= found.share + 1e-12 and found.share - 1e-12 <= found.high <= 1


def test_precision_and_recall_without_cases_are_none() -> None:
    nothing = Retrieved(0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)


PAIRS = [("hall", "hall"), ("hall", "guide"), ("guide", "guide"), ("privacy", "hall")]


def test_classes_are_counted_expected_by_got() -> None:
    assert confusion(PAIRS) == {"guide": {"guide": 1}, "hall": {"guide": 1, "hall": 1}, "privacy": {"hall": 1}}
    found = by_class(PAIRS)
    assert (found["hall"]["precision"], found["hall"]["recall"], found["hall"]["f1"]) == (0.5, 0.5, 0.5)
    assert (found["privacy"]["precision"], found["privacy"]["recall"]) == (None, 0.0)


def test_labels_are_micro_averaged() -> None:
    found = of_labels([(frozenset("ab"), frozenset("a")), (frozenset("c"), frozenset("cd"))])
    assert (found["precision"], found["recall"], found["exact_set"].share) == (2 / 3, 2 / 3, 0.0)
    assert found["by_disclosure"]["d"]["precision"] == 0.0 and found["by_disclosure"]["a"]["f1"] == 1.0


def confident(item: str, confidence: float) -> Judged:
    return Judged(question(), answer(item, confidence=confidence))


def test_the_curve_answers_the_surest_first() -> None:
    guide = [
        confident("GA-001", 0.6),
        confident("GA-003", 0.9),
        confident("GA-003", 0.9),
        Judged(question(), clarify()),
    ]
    assert curve(guide) == [
        {"threshold": 0.9, "coverage": 0.5, "precision": 1.0},
        {"threshold": 0.6, "coverage": 0.75, "precision": 2 / 3},
    ]
    assert curve([]) == [] and curve([Judged(question(), answer("GA-003"))]) == []


def test_latency_is_by_step_and_whole() -> None:
    replies = [answer(timings={"encode": float(n)}, elapsed_ms=10.0 * n) for n in range(1, 21)]
    found = latency([Judged(question(), reply) for reply in replies])
    assert found == {"encode": {"median": 10.0, "p95": 19.0}, "whole": {"median": 100.0, "p95": 190.0}}


@pytest.fixture
def tree() -> dict[str, Any]:
    refused = Reply("refused.privacy")
    return figures(
        [
            Judged(question(wording="voice"), answer("GA-003", ranking=("GA-003",))),
            Judged(question(), answer("GA-001", ranking=("GA-001", "GA-002", "GA-003"))),
            Judged(question(), Reply("answered.faq", ("GA-003",), ranking=("BD-001",))),
            Judged(question(items=("BD-001",)), clarify("BD-001")),
            Judged(question(items=("BD-001",)), refused),
            Judged(question("several", ("GA-003", "GA-001")), answer("GA-003")),
            Judged(question("hall", ()), Reply("unanswerable.no_match")),
            Judged(question("privacy", ()), refused),
            Judged(question("out_of_scope", ()), refused),
            Judged(question("clarify", ("GA-003",)), clarify("GA-003", "GA-001")),
        ]
    )


@pytest.mark.parametrize(
    ("path", "right", "of"),
    [
        ("right", 3, 10),
        ("guide.found", 3, 5),
        ("guide.exact", 1, 5),
        ("guide.exact_or_clarified", 2, 5),
        ("guide.wrong_item", 1, 3),
        ("guide.answered", 3, 5),
        ("refusals.right", 1, 2),
        ("refusals.false", 1, 7),
        ("refusals.unanswered", 1, 7),
        ("linking.recall_at_1", 1, 3),
        ("linking.recall_at_3", 2, 3),
        ("several.all_items", 0, 1),
        ("several.one_item", 1, 1),
        ("clarify.offers_right", 1, 1),
        ("disclosures.exact_set", 2, 2),
        ("right_by_expectation.guide", 1, 5),
        ("by_group.BD.found", 1, 2),
        ("by_wording.voice.exact", 1, 1),
        ("right_by_wording.voice", 1, 1),
    ],
)
def test_the_tree_holds_each_figure(tree: dict[str, Any], path: str, right: int, of: int) -> None:
    found: Any = tree
    for part in path.split("."):
        found = found[part]
    assert (found.right, found.of) == (right, of)


def test_a_system_that_tells_no_ranking_has_no_linking_figures() -> None:
    assert figures([Judged(question(), answer("GA-003"))])["linking"] is None


def test_an_empty_set_has_figures_without_values() -> None:
    assert value({"right": vars(figures([])["right"])}, "right") is None
