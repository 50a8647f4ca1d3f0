"""How likely a candidate is, and what is close enough to be told or offered."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.confidence import FEATURES, UNRELATED, Confidence, Signals, Thresholds, close, features, judged
from knowledge.encoder.encoder import Encoder
from knowledge.link import Candidate, Link
from knowledge.target import Kind, Target
from knowledge.trees import Trees
from tests.unit.helpers import CONFIDENCE, link_to, rising, target

THRESHOLDS = Thresholds(answer=0.6, rival=0.8, offer=0.3, found=0.5, answer_guest=0.7, rival_guest=0.4, found_guest=0.2)


def codes(close_ones: tuple[Candidate, ...]) -> str:
    return "".join(c.code for c in close_ones)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], "", id="nothing found"),
        pytest.param([("A", 0.49)], "", id="not likely enough to be said"),
        pytest.param([("A", 0.5)], "A", id="just likely enough"),
        pytest.param([("A", 0.9), ("B", 0.7)], "A", id="rival too far behind"),
        pytest.param([("A", 0.9), ("B", 0.73)], "AB", id="a rival"),
        pytest.param([("A", 0.9), ("B", 0.8), ("C", 0.4), ("D", 0.29)], "ABC", id="what else is worth offering"),
        pytest.param([("A", 0.55), ("B", 0.35)], "AB", id="too unlikely to be told without asking"),
        pytest.param([("A", 0.6), ("B", 0.35)], "A", id="likely enough to be told"),
        pytest.param([(c, 0.9) for c in "ABCDEFG"], "ABCDE", id="at most five"),
    ],
)
def test_close_candidates(found: list[tuple[str, float]], expected: str) -> None:
    assert codes(close(link_to(*found), THRESHOLDS)) == expected


def test_candidates_of_one_kind_may_be_asked_for() -> None:
    link = link_to(("court", 0.9), ("GA-003", 0.7), ("restrooms", 0.65), ("GA-008", 0.6))
    assert codes(close(link, THRESHOLDS, Kind.GUIDE)) == "GA-003GA-008"
    assert codes(close(link, THRESHOLDS, Kind.SCENARIO)) == ""


def test_nothing_is_close_when_the_message_names_nothing() -> None:
    assert close(link_to(("A", 1.0), names_something=False), THRESHOLDS) == ()


def with_guests(link: Link, *guests: str) -> Link:
    return replace(link, candidates=tuple(replace(c, guest=c.code in guests) for c in link.candidates))


def test_less_is_needed_to_offer_a_guest() -> None:
    assert codes(close(with_guests(link_to(("XX-001", 0.25)), "XX-001"), THRESHOLDS)) == "XX-001"
    assert codes(close(link_to(("GA-003", 0.25)), THRESHOLDS)) == ""


def test_more_is_needed_to_answer_with_a_guest_at_once() -> None:
    for confidence, expected in ((0.65, "XX-001GA-003"), (0.7, "XX-001GA-003"), (0.9, "XX-001")):
        link = with_guests(link_to(("XX-001", confidence), ("GA-003", 0.3)), "XX-001")
        assert codes(close(link, THRESHOLDS)) == expected


def test_a_guest_is_no_nearer_rival_of_an_item_of_the_hall() -> None:
    link = link_to(("GA-003", 0.9), ("XX-001", 0.7))
    assert codes(close(with_guests(link, "XX-001"), THRESHOLDS)) == codes(close(link, THRESHOLDS)) == "GA-003"


@given(st.lists(st.floats(0, 1), max_size=10), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_close_candidates_are_the_first_ones(
    confidences: list[float], answer: float, rival: float, offer: float, found: float
) -> None:
    link = link_to(*((f"C{n}", c) for n, c in enumerate(sorted(confidences, reverse=True))))
    thresholds = THRESHOLDS.model_copy(update={"answer": answer, "rival": rival, "offer": offer, "found": found})
    close_ones = close(link, thresholds)
    assert close_ones == link.candidates[: len(close_ones)] and len(close_ones) <= 5
    assert bool(close_ones) is (bool(confidences) and max(confidences) >= found)


# The features.


def candidate(id_: str, cosine: float, coverage: float, literal: bool = False) -> Candidate:
    return Candidate(target(id_), cosine, coverage, 0.0, literal=literal)


LINK = Link(
    (candidate("GA-003", 0.9, 0.8, literal=True), candidate("court", 0.95, 0.1), candidate("GA-008", 0.85, 0.5)), 3, 0.7
)


def row(number: int, signals: Signals | None = None, link: Link = LINK) -> dict[str, float]:
    return dict(zip(FEATURES, features(link, signals or Signals())[number], strict=True))


def test_leads_are_over_all_others_and_over_those_of_its_kind() -> None:
    first = row(0)
    assert first["cosine_lead"] == pytest.approx(-0.05) and first["cosine_lead_of_kind"] == pytest.approx(0.05)
    assert first["coverage_lead"] == pytest.approx(0.3) and first["coverage_lead_of_kind"] == pytest.approx(0.3)


def test_a_candidate_alone_leads_over_the_unrelated() -> None:
    alone = row(0, link=Link((candidate("court", 0.95, 0.1),), 1, 1.0))
    assert alone["cosine_lead"] == alone["cosine_lead_of_kind"] == pytest.approx(0.95 - UNRELATED)
    assert alone["coverage_lead"] == pytest.approx(0.1)


def test_a_literal_name_counts_for_one_and_against_the_others() -> None:
    assert [(row(n)["literal"], row(n)["other_literal"]) for n in range(3)] == [(1, 0), (0, 1), (0, 1)]


def test_kinds_are_told_apart() -> None:
    assert (row(0)["guide"], row(0)["topic"], row(0)["guide_cosine"], row(0)["topic_cosine"]) == (1, 0, 0.9, 0)
    assert (row(1)["guide"], row(1)["topic"], row(1)["topic_cosine"]) == (0, 1, 0.95)


def test_what_was_heard_counts_for_its_kind() -> None:
    heard = Signals(asks=0.9, hall=0.2, private=0.1, out_of_scope=0.3, smalltalk=0.4, disclosures=True, story=True)
    guide, topic = row(0, heard), row(1, heard)
    assert (guide["guide_asks"], guide["guide_disclosures"], guide["guide_hall"]) == (0.9, 1, 0.2)
    assert (topic["guide_asks"], topic["topic_disclosures"], topic["facility_hall"]) == (0, 1, 0)
    for found in (guide, topic):
        assert [found[name] for name in ("private", "out_of_scope", "smalltalk", "story")] == [0.1, 0.3, 0.4, 1]
        assert (found["known_words"], found["words"]) == (0.7, 3 / 8)


def test_many_words_count_as_eight() -> None:
    assert row(0, link=Link((candidate("court", 0.9, 0.1),), 20, 1.0))["words"] == 1


# The judgement.


def test_judging_puts_the_likeliest_first_and_changes_nothing_else() -> None:
    found = judged(LINK, Signals(), CONFIDENCE)
    assert [c.code for c in found.candidates] == ["GA-003", "GA-008", "court"]
    assert (found.words, found.known_words) == (LINK.words, LINK.known_words)
    assert {(c.code, c.cosine, c.coverage, c.literal) for c in found.candidates} == {
        (c.code, c.cosine, c.coverage, c.literal) for c in LINK.candidates
    }
    assert all(0 < c.confidence < 1 for c in found.candidates)


def test_judging_nothing_gives_nothing() -> None:
    assert judged(Link((), 0), Signals(), CONFIDENCE).candidates == ()


@given(st.lists(st.floats(-1e6, 1e6), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_a_probability_is_between_zero_and_one_whatever_the_features(values: list[float]) -> None:
    assert all(0 <= share <= 1 for share in CONFIDENCE.of([values]))


def test_the_probability_is_that_of_the_sum_of_the_trees() -> None:
    rest = (0.0,) * (len(FEATURES) - 1)
    one = CONFIDENCE.model_copy(update={"trees": rising({FEATURES[0]: 8.0})})
    assert one.of([(0.5, *rest), (0.75, *rest)]) == pytest.approx([0.5, 0.8808], abs=0.01)
    assert one.of([]) == []


TREES = Trees(
    baseline=0.0, depth=1, roots=(0,), feature=(0, 0, 0), threshold=(0.5, 0.0, 0.0), left=(1, 1, 2), right=(2, 1, 2),
    value=(0.0, -1.0, 1.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"features": FEATURES[:-1]}, "features 与程序不一致"),
        ({"trees": TREES.model_copy(update={"value": (1.0,)}).model_dump()}, "个数必须相同"),
        ({"trees": TREES.model_copy(update={"roots": (9,)}).model_dump()}, "必须是已有的节点"),
        ({"trees": TREES.model_copy(update={"feature": (len(FEATURES), 0, 0)}).model_dump()}, "超出了 features 的范围"),
    ],
)
def test_figures_for_another_program_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Confidence.model_validate({**CONFIDENCE.model_dump(), **change})


def test_the_figures_of_confidence_yaml_are_for_the_encoder_in_use(published: Any, encoder: Encoder) -> None:
    assert published.confidence.encoder == published.linking.encoder == encoder.name


def test_targets_have_an_order_and_are_unique_within_their_kind() -> None:
    assert sorted([Target(Kind.TOPIC, "a"), Target(Kind.FAQ, "b")])[0].kind is Kind.FAQ
    assert Target(Kind.FAQ, "a") != Target(Kind.TOPIC, "a")
