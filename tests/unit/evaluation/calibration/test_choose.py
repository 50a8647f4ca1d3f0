"""The thresholds: cheap, but rarely wrong; and what counts as right for every plan."""

from dataclasses import replace

import pytest

from bot.deeds.openings import OPENINGS
from bot.handler.plans import (
    AnswerGuide,
    AnswerSeveral,
    AskScenario,
    Clarify,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    RefusePrivate,
    Smalltalk,
    StartDeed,
    Tell,
)
from bot.understanding.model import Intent
from evaluation.calibration import choose as choosing
from evaluation.calibration.choose import ANSWER, WRONG_AT_MOST, Judgement, choose, judge
from evaluation.calibration.collect import Among, Asked
from knowledge.confidence import close, judged
from knowledge.target import Target
from tests.unit.evaluation.calibration.samples import PLAIN, asked, likely, plain_for
from tests.unit.evaluation.systems import question
from tests.unit.helpers import POLICY, candidate, heard, make_turn, target


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small grid, in which only the least confidence of an answer is open."""
    monkeypatch.setattr(choosing, "RIVAL", (0.5,))
    monkeypatch.setattr(choosing, "OFFER", (0.02,))
    monkeypatch.setattr(choosing, "FOUND", (0.05,))


def right(probability: float) -> Asked:
    return asked(question(), likely("GA-003", probability), likely("GA-008", 0.03))


def misled(probability: float) -> Asked:
    """The wrong item is the likelier one; asked back, the right one is among the options."""
    return asked(question(), likely("GA-008", probability), likely("GA-003", 0.03))


@pytest.mark.usefixtures("few")
def test_wrong_answers_are_bounded_whatever_asking_back_costs() -> None:
    many = [*(right(0.35) for _ in range(98)), misled(0.35), misled(0.35)]
    chosen = choose(many, plain_for(many), POLICY)
    assert chosen.figures["item_wrong_of_answered"] <= WRONG_AT_MOST
    assert chosen.thresholds.answer > 0.35
    assert chosen.figures["item_right_at_once"] == 0 and chosen.figures["item_right_or_offered"] == 1


@pytest.mark.usefixtures("few")
def test_without_the_bounds_the_cheapest_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "WRONG_AT_MOST", 1.0)
    monkeypatch.setattr(choosing, "FOUND_AT_LEAST", 0.0)
    many = [*(right(0.35) for _ in range(98)), misled(0.35), misled(0.35)]
    chosen = choose(many, plain_for(many), POLICY)
    assert chosen.thresholds.answer == min(ANSWER)
    assert chosen.figures["item_wrong_of_answered"] == 0.02 and chosen.figures["item_right_at_once"] == 0.98


@pytest.mark.usefixtures("few")
def test_what_is_sure_is_answered_at_once_and_what_misleads_is_asked_back() -> None:
    many = [*(right(0.9) for _ in range(9)), misled(0.55)]
    chosen = choose(many, plain_for(many), POLICY)
    assert 0.55 < chosen.thresholds.answer <= 0.9
    assert chosen.figures == {
        "questions": 10, "guide_questions": 10, "item_right_at_once": 0.9, "item_right_or_offered": 1.0,
        "item_wrong_of_answered": 0.0,
    }  # fmt: skip


def test_over_the_whole_grid_the_thresholds_are_in_order() -> None:
    many = [right(0.9), misled(0.35)]
    found = choose(many, plain_for(many), POLICY).thresholds
    assert found.offer <= found.found <= found.answer
    best = judged(many[1].links[0], many[1].signals, PLAIN)
    assert len(close(best, found)) != 1


@pytest.mark.usefixtures("few")
def test_only_guide_questions_count_for_the_bound() -> None:
    lunch = asked(question("hall", ("restrooms",)), likely("GA-008", 0.9))
    chosen = choose([right(0.9), lunch], plain_for([right(0.9), lunch]), POLICY)
    assert (chosen.figures["questions"], chosen.figures["guide_questions"]) == (2, 1)
    assert chosen.figures["item_wrong_of_answered"] == 0


@pytest.mark.usefixtures("few")
def test_parts_of_a_message_are_decided_as_in_the_app() -> None:
    """The links after the first are those of the parts."""
    turn = make_turn("身份证和护照分别要什么", heard(asked=["materials"]))
    turn.reading = type(turn.reading)(turn.text, parts=("身份证", "护照"))
    whole = asked(question("several", ("GA-003", "GA-008")), likely("GA-003", 0.9), turn=turn)
    links = tuple(asked(None, likely(id_, 0.9)).links[0] for id_ in ("GA-003", "GA-008"))
    both = Asked(whole.among, whole.question, turn, (*whole.links, *links), whole.signals)
    choose([both], plain_for([both]), POLICY)
    assert [link.candidates[0].code for link in turn.part_links] == ["GA-003", "GA-008"]
    assert turn.corrected_links == ()


@pytest.mark.usefixtures("few")
def test_where_several_items_are_right_asking_is_better_than_presuming() -> None:
    either = asked(question("clarify", ("GA-003", "GA-008")), likely("GA-003", 0.45), likely("GA-008", 0.1))
    assert choose([either], plain_for([either]), POLICY).thresholds.answer > 0.45


def test_the_bound_is_stricter_than_what_is_promised() -> None:
    assert WRONG_AT_MOST < 0.01


# What is right.

RIGHT, WRONG, LOST = Judgement(True, False, False), Judgement(False, True, False), Judgement(False, False, False)
PRESUMED = Judgement(True, False, False, presumed=True)
OFFERED, ASKED_IN_VAIN = Judgement(True, False, True), Judgement(False, False, True)
FAQ, COURT, RESTROOMS = target("FAQ-GA-001"), target("court"), target("restrooms")


def guide(code: str) -> Plan:
    return AnswerGuide(code, (), 0.9)


def several(*codes: str) -> Plan:
    return AnswerSeveral(codes, (), 0.9)


def options(*codes: str) -> Plan:
    return Clarify(tuple(candidate(code, 0.5) for code in codes), ())


def tell(what: Target) -> Plan:
    return Tell(what, 0.9)


@pytest.mark.parametrize(
    ("plan", "expect", "items", "expected"),
    [
        (guide("GA-003"), "guide", ["GA-003"], RIGHT),
        (guide("GA-008"), "guide", ["GA-003", "GA-008"], RIGHT),
        (guide("GA-008"), "guide", ["GA-003"], WRONG),
        (guide("GA-003"), "clarify", ["GA-003", "GA-008"], PRESUMED),
        (guide("GA-003"), "out_of_scope", [], WRONG),
        (guide("GA-003"), "several", ["GA-003", "GA-008"], WRONG),
        (several("GA-003", "GA-008"), "several", ["GA-008", "GA-003"], RIGHT),
        (several("GA-003", "GA-008"), "several", ["GA-003", "RS-002"], LOST),
        (several("GA-003", "GA-008"), "guide", ["GA-003"], LOST),
        (several("GA-003", "GA-008"), "guide", ["RS-002"], WRONG),
        (tell(FAQ), "faq", ["FAQ-GA-001"], RIGHT),
        (tell(FAQ), "guide", ["GA-003"], WRONG),
        (tell(RESTROOMS), "hall", ["restrooms"], RIGHT),
        (tell(RESTROOMS), "out_of_scope", [], WRONG),
        (tell(COURT), "out_of_scope", ["police"], RIGHT),
        (tell(COURT), "guide", ["GA-003"], WRONG),
        (AskScenario("lost_papers", (), 0.9), "scenario", ["lost_papers"], OFFERED),
        (AskScenario("lost_papers", (), 0.9), "guide", ["GA-003"], ASKED_IN_VAIN),
        (options("GA-008", "GA-003"), "guide", ["GA-003"], OFFERED),
        (options("GA-008", "RS-002"), "guide", ["GA-003"], ASKED_IN_VAIN),
        (options("GA-008", "GA-003"), "clarify", ["GA-003"], RIGHT),
        (Clarify((), ()), "clarify", ["GA-003"], LOST),
        (RefusePrivate(), "privacy", [], RIGHT),
        (RefusePrivate(), "guide", ["GA-003"], LOST),
        (OutOfScope(), "out_of_scope", ["court"], RIGHT),
        (OutOfScope(), "guide", ["GA-003"], LOST),
        (options("GA-003"), "no_match", [], OFFERED),
        (AskScenario("lost_papers", (), 0.9), "no_match", [], OFFERED),
        (options("GA-003"), "out_of_scope", [], ASKED_IN_VAIN),
        (NoMatch(), "no_match", [], RIGHT),
        (NoMatch(), "guide", ["GA-003"], LOST),
        (Smalltalk(Intent.GREET), "smalltalk", [], RIGHT),
        (Smalltalk(Intent.GREET), "guide", ["GA-003"], LOST),
        (StartDeed(OPENINGS[Intent.OPEN_CONSULTATION], Intent.OPEN_CONSULTATION), "guide", ["GA-003"], LOST),
        (ContinueDeed(Intent.INFORM), "guide", ["GA-003"], LOST),
    ],
)
def test_a_plan_is_judged_by_what_it_would_tell(plan: Plan, expect: str, items: list[str], expected: Judgement) -> None:
    assert judge(plan, asked(question(expect, tuple(items)))) == expected


def test_every_plan_is_judged_above() -> None:
    (judged_above,) = (m for m in test_a_plan_is_judged_by_what_it_would_tell.pytestmark if m.name == "parametrize")
    assert {type(row[0]) for row in judged_above.args[1]} == set(Plan.__args__)


@pytest.mark.usefixtures("few")
def test_guests_have_figures_of_their_own() -> None:
    own = asked(question(), likely("GA-003", 0.9))
    guest = asked(question(items=("GA-008",)), likely("GA-008", 0.9), among=Among.GUESTS)
    figures = choose([own, guest], plain_for([own, guest]), POLICY).figures
    assert (figures["guide_questions"], figures["guests_guide_questions"]) == (1, 1)
    assert figures["guests_item_right_at_once"] == 1 and "beside_guests_questions" not in figures


def as_guests(one: Asked) -> Asked:
    """Asked about guests, all that is found being guests."""
    links = tuple(
        replace(link, candidates=tuple(replace(c, guest=True) for c in link.candidates)) for link in one.links
    )
    return replace(one, among=Among.GUESTS, links=links)


@pytest.mark.usefixtures("few")
def test_of_guests_those_thresholds_that_find_most_are_taken_and_the_hall_keeps_its_own() -> None:
    own = [right(0.35) for _ in range(50)]
    guests = [as_guests(one) for one in (*(right(0.35) for _ in range(8)), misled(0.35), misled(0.35))]
    asked_of_all = [*own, *guests]
    chosen = choose(asked_of_all, plain_for(asked_of_all), POLICY)
    assert chosen.thresholds.answer <= 0.35 < chosen.thresholds.answer_guest
    assert (chosen.figures["item_right_at_once"], chosen.figures["guests_item_right_or_offered"]) == (1, 1)


@pytest.mark.usefixtures("few")
def test_of_what_costs_as_much_the_one_that_answers_most_at_once_is_taken() -> None:
    lost = asked(question("guide", ("RS-002",)), likely("GA-008", 0.01))
    either = asked(question("clarify", ("GA-003", "GA-008")), likely("GA-003", 0.45), likely("GA-008", 0.1))
    few, many = [right(0.45), either, either], [right(0.45), either, either, *[lost] * 100]
    assert choose(few, plain_for(few), POLICY).thresholds.answer > 0.45
    assert choose(many, plain_for(many), POLICY).thresholds.answer <= 0.45


@pytest.mark.usefixtures("few")
def test_items_are_found_whatever_answers_at_once_would_save(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered at once, one of ten is lost; so all are asked back, though that costs more."""
    monkeypatch.setattr(choosing, "WRONG_AT_MOST", 1.0)
    many = [*(right(0.35) for _ in range(9)), misled(0.35)]
    assert choose(many, plain_for(many), POLICY).figures["item_right_or_offered"] == 1.0
    monkeypatch.setattr(choosing, "FOUND_AT_LEAST", 0.9)
    assert choose(many, plain_for(many), POLICY).figures["item_right_or_offered"] == 0.9
