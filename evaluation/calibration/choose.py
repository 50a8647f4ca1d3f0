"""Chooses the thresholds: every combination of a grid is tried end to end; of those that rarely answer guide questions
wrongly and cost about the least, the one that is right at once most often is taken."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import pstdev

from bot.handler.decide import decide
from bot.handler.plans import AnswerGuide, AnswerSeveral, AskScenario, Clarify, OutOfScope, Plan, RefusePrivate, Tell
from bot.policy import Policy
from evaluation.calibration.collect import Among, Asked
from knowledge.confidence import Confidence, Thresholds, judged
from knowledge.link import Link
from knowledge.target import Kind

ANSWER = (0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8)
RIVAL = (0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8)
OFFER = (0.01, 0.02)
FOUND = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
ANSWER_GUEST = (0.3, 0.5, 0.6, 0.7, 0.8)
RIVAL_GUEST = (0.3, 0.5, 0.7)
FOUND_GUEST = (0.03, 0.05, 0.1, 0.15)
MUCH = 1e6
WRONG_AT_MOST, FOUND_AT_LEAST = 0.008, 0.988
"""Wrong of the guide questions answered without asking, and right or offered of all of them, on questions that the
weights have not seen; 0.01 and 0.98 are promised."""
WRONG_COSTS, LOST_COSTS, PRESUMED_COSTS, ASKED_COSTS = 4.0, 4.0, 1.0, 1.0
"""A wrong answer and no answer cost the citizen a second attempt; a question asked back a tap; so does one of several
right ones, presumed instead of asked for: the answer begins with the item's name, so who means another says so."""


@dataclass(frozen=True)
class Judgement:
    """How one question was decided; `wrong` is an answer about another thing, not that none was given."""

    right: bool
    wrong: bool
    asked_back: bool
    presumed: bool = False


@dataclass(frozen=True)
class Chosen:
    thresholds: Thresholds
    figures: dict[str, float]


Tried = tuple[Asked, Sequence[Link]]
"""A question with its judged links."""
Decided = tuple[Asked, Judgement]
PREFIXES = {Among.ALONE: "", Among.BESIDE_GUESTS: "beside_guests_", Among.GUESTS: "guests_"}


def choose(asked: Sequence[Asked], fitted: Sequence[Confidence], policy: Policy) -> Chosen:
    """The thresholds of about the least cost: first, for the hall alone, those of its own candidates, the ones that
    answer most at once; then, beside guests, those of the guests, the ones that find most. `fitted` are the confidences
    that have not seen their questions."""
    known = [(a, c) for a, c in zip(asked, fitted, strict=True) if a.among in PREFIXES]
    tried = [(a, [judged(link, a.signals, c) for link in a.links]) for a, c in known]
    alone = [t for t in tried if t[0].among is Among.ALONE]
    chosen = max(_good(_grid(), alone, policy), key=lambda w: (w.at_once, -w.cost)).thresholds
    beside = [t for t in tried if t[0].among is not Among.ALONE]
    if beside:
        chosen = max(_good(_guests_grid(chosen), beside, policy), key=lambda w: (w.found, -w.cost)).thresholds
    return Chosen(chosen, _figures(_decided(tried, chosen, policy)))


def _good(grid: Iterable[Thresholds], tried: Sequence[Tried], policy: Policy) -> list[_Weighed]:
    """Those that rarely answer questions about the hall's own items wrongly and mostly find them, if there are any, and
    cost no more than the cheapest and one standard error of its cost (Breiman et al. 1984, section 3.4.3)."""
    weighed = [_weigh(thresholds, tried, policy) for thresholds in grid]
    least = min(weighed, key=lambda w: w.cost)
    return [w for w in weighed if w.cost <= least.cost + least.error]


@dataclass(frozen=True)
class _Weighed:
    """`cost` of all questions, with its standard `error`; MUCH is added for each bound that is broken. `at_once` and
    `found` count what is right without asking, and with it."""

    thresholds: Thresholds
    cost: float
    error: float
    at_once: int
    found: int


def _weigh(thresholds: Thresholds, tried: Sequence[Tried], policy: Policy) -> _Weighed:
    decided = _decided(tried, thresholds, policy)
    own = [(a, j) for a, j in decided if a.among is not Among.GUESTS]
    broken = (_wrong_share(own) > WRONG_AT_MOST) + (_found_share(own) < FOUND_AT_LEAST)
    costs = [_cost(j) for _, j in decided]
    error = pstdev(costs) * math.sqrt(len(costs))
    at_once = sum(j.right and not j.asked_back for _, j in decided)
    return _Weighed(thresholds, sum(costs) + MUCH * broken, error, at_once, sum(j.right for _, j in decided))


def _decided(tried: Sequence[Tried], thresholds: Thresholds, policy: Policy) -> list[Decided]:
    return [(a, _judge(a, links, thresholds, policy)) for a, links in tried]


def _grid() -> Iterator[Thresholds]:
    for answer, rival, offer, found in product(ANSWER, RIVAL, OFFER, FOUND):
        if offer <= found <= answer:
            yield Thresholds(
                answer=answer,
                rival=rival,
                offer=offer,
                found=found,
                answer_guest=answer,
                rival_guest=rival,
                found_guest=found,
            )


def _guests_grid(own: Thresholds) -> Iterator[Thresholds]:
    """Those of the hall's own, with every combination of the guests'."""
    for answer, rival, found in product(ANSWER_GUEST, RIVAL_GUEST, FOUND_GUEST):
        yield own.model_copy(update={"answer_guest": answer, "rival_guest": rival, "found_guest": found})


def _judge(asked: Asked, links: Sequence[Link], thresholds: Thresholds, policy: Policy) -> Judgement:
    turn = asked.turn
    confidence = turn.base.published.confidence.model_copy(update={"thresholds": thresholds})
    turn.base = replace(turn.base, published=replace(turn.base.published, confidence=confidence))
    parts = 1 + len(turn.reading.parts)
    turn.link, turn.part_links, turn.corrected_links = links[0], tuple(links[1:parts]), tuple(links[parts:])
    return judge(decide(turn, policy), asked)


def judge(plan: Plan, asked: Asked) -> Judgement:
    """Whether a plan is right for a question: the right thing answered, or asked back with it among the options."""
    wanted = set(asked.question.items)
    expect = asked.question.expect
    nothing_there = expect == "no_match"  # who is asked back then loses a tap, not an answer
    match plan:
        case AnswerGuide(code=code):
            right = expect in ("guide", "clarify") and code in wanted
            return Judgement(right, not right, False, presumed=expect == "clarify")
        case AnswerSeveral(codes=codes):
            right = expect == "several" and wanted <= set(codes)
            return Judgement(right, wanted.isdisjoint(codes), False)
        case Tell(target=target):
            out = expect == "out_of_scope" and target.kind is Kind.TOPIC
            return Judgement(out or target.id in wanted, target.id not in wanted and not out, False)
        case AskScenario(scenario=scenario):
            return Judgement(scenario in wanted or nothing_there, False, True)
        case Clarify(candidates=candidates):
            offered = bool(wanted & {c.target.id for c in candidates})
            return Judgement(offered or nothing_there, False, expect != "clarify")
        case RefusePrivate():
            return Judgement(expect == "privacy", False, False)
        case OutOfScope():
            return Judgement(expect == "out_of_scope", False, False)
    return Judgement(expect in ("no_match", "smalltalk"), False, False)


def _cost(judgement: Judgement) -> float:
    if judgement.wrong:
        return WRONG_COSTS
    if not judgement.right:
        return LOST_COSTS
    return ASKED_COSTS * judgement.asked_back + PRESUMED_COSTS * judgement.presumed


def _wrong_share(decided: Sequence[Decided]) -> float:
    """Of the guide questions answered without asking."""
    guide = [j for a, j in decided if a.question.expect == "guide"]
    answered = [j for j in guide if not j.asked_back and (j.right or j.wrong)]
    return sum(j.wrong for j in answered) / max(len(answered), 1)


def _found_share(decided: Sequence[Decided]) -> float:
    """Of the guide questions: answered rightly, or asked back with the right item."""
    guide = [j for a, j in decided if a.question.expect == "guide"]
    return sum(j.right for j in guide) / max(len(guide), 1)


def _figures(decided: Sequence[Decided]) -> dict[str, float]:
    """Of the guide questions; each was judged by weights that had not seen it. Without a prefix, the hall alone."""
    figures: dict[str, float] = {}
    for among, prefix in PREFIXES.items():
        here = [(a, j) for a, j in decided if a.among is among]
        if here:
            figures |= {f"{prefix}{name}": value for name, value in _shares(here).items()}
    return figures


def _shares(here: Sequence[Decided]) -> dict[str, float]:
    guide = [j for a, j in here if a.question.expect == "guide"]
    total = max(len(guide), 1)
    at_once = sum(j.right and not j.asked_back for j in guide)
    return {
        "questions": len(here),
        "guide_questions": len(guide),
        "item_right_at_once": round(at_once / total, 4),
        "item_right_or_offered": round(_found_share(here), 4),
        "item_wrong_of_answered": round(_wrong_share(here), 4),
    }
