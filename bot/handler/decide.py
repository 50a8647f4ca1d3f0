"""Decides what a turn does. Pure: everything it weighs is in the turn, every threshold in the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversations.waiting import ITEM, offers, waits_for, waits_for_free_text
from bot.deeds.openings import OPENINGS
from bot.handler import payload
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
from bot.handler.turn import Turn
from bot.handler.wishes import is_elsewhere, wish
from bot.policy import Policy
from bot.understanding.model import SMALLTALK, Intent, Understanding
from knowledge import scenarios
from knowledge.confidence import close as close_candidates
from knowledge.link import Candidate, Link
from knowledge.model import Disclosure
from knowledge.situations import cues_in, situation_in
from knowledge.target import Kind, Target
from knowledge.text.segments import BOTH, correction
from knowledge.text.tokens import normalise

MOST_ITEMS = 3
"""Of an answer about several items."""


def decide(turn: Turn, policy: Policy) -> Plan:
    """The plan of a turn whose understanding and link are known."""
    assert turn.understanding is not None and turn.link is not None
    tapped = payload.read(turn.text, turn.base)
    if tapped and not _is_answer(turn, tapped):
        return _tapped(tapped)
    if turn.conversation.deed is not None:
        return _in_form(turn, turn.understanding, turn.link, policy)
    return (
        _refused(turn, turn.understanding, turn.link, policy)
        or wish(turn, turn.understanding, policy)
        or _in_scenario(turn, turn.understanding)
        or _corrected(turn, turn.understanding)
        or _follow_up(turn, turn.understanding)
        or _several(turn, turn.understanding, policy)
        or _free(turn, turn.understanding, turn.link, policy)
    )


def _is_answer(turn: Turn, tapped: payload.Tapped) -> bool:
    """Whether the bare name of an item answers the question of the form that is running."""
    deed = turn.conversation.deed
    if deed is None or tapped.target.kind is not Kind.GUIDE or tapped.disclosures or tapped.situation:
        return False
    return waits_for(deed, ITEM) or offers(deed, turn.text)


def _tapped(tapped: payload.Tapped) -> Plan:
    match tapped.target.kind:
        case Kind.GUIDE:
            return AnswerGuide(tapped.target.id, tapped.disclosures, 1.0, tapped.situation)
        case Kind.SCENARIO:
            return AskScenario(tapped.target.id, tapped.branches, 1.0)
        case _:
            return Tell(tapped.target, 1.0)


def _in_form(turn: Turn, heard: Understanding, link: Link, policy: Policy) -> Plan:
    deed = turn.conversation.deed
    assert deed is not None
    if heard.intent is Intent.CANCEL and heard.confidence >= policy.cancel_in_form:
        return ContinueDeed(Intent.CANCEL)
    if offers(deed, turn.text):
        return ContinueDeed(Intent.INFORM)
    close = _close(turn, link)
    # The bare name of an item is the answer to "which one?", not a question about it.
    asking = bool(heard.disclosures) or turn.base.asks(turn.text)
    asks = asking and heard.asks >= policy.question_in_form and bool(close)
    asks = asks and close[0].confidence >= policy.item_in_form
    if asks and not waits_for_free_text(deed):
        return _answer(turn, heard, close)
    return ContinueDeed(Intent.INFORM)


def _refused(turn: Turn, heard: Understanding, link: Link, policy: Policy) -> Plan | None:
    """Other persons' data (S21), before anything else is looked at. A message that speaks of one's own, surely names an
    item ("给我妈上居民医保一年要交多少"), or corrects the one before, must ask for them beyond doubt; and what another
    authority handles (wages that are owed, a fraud) may tell of other persons: all that is said then is which
    authority."""
    best = link.candidates[0] if link.candidates else None
    item = best and link.names_something and best.target.kind is Kind.GUIDE and best.confidence >= policy.sure_item
    own = item or any(word in turn.text for word in policy.own_words) or bool(turn.reading.corrected)
    needed = policy.surely_private if own else policy.private
    if heard.intent is not Intent.ASK_PRIVATE or heard.confidence < needed:
        return None
    if best and best.target.kind is Kind.TOPIC and best.confidence >= policy.topic_beside_private:
        return None
    return RefusePrivate()


def _in_scenario(turn: Turn, heard: Understanding) -> Plan | None:
    """The answer to the question of a scenario that was asked last; a question of the citizen's own is none."""
    if heard.disclosures and turn.base.asks(turn.text):
        return None
    at = turn.conversation.scenario
    scenario = turn.base.published.scenarios.get(at.scenario) if at else None
    stand = scenarios.walk(scenario, at.taken) if scenario and at else None
    if not at or not stand or not stand.question:
        return None
    branch = scenarios.choose(stand.question, turn.text)
    return AskScenario(at.scenario, (*at.taken, branch.title), 1.0) if branch else None


def _corrected(turn: Turn, heard: Understanding) -> Plan | None:
    """As in "不是换领，是丢了": another item than the one before, nearest to what the citizen means; or, as in
    "不是丢了，是坏了", another situation of the item before, when that is the nearest."""
    for link in turn.corrected_links:
        same = _other_situation(turn, heard, link)
        if same:
            return same
        others = tuple(c for c in link.candidates if c.target.id != turn.conversation.item)
        close = _close(turn, replace(link, candidates=others), Kind.GUIDE)
        if close:
            return _guides(turn, heard.disclosures or turn.conversation.disclosures, close)
    return None


def _other_situation(turn: Turn, heard: Understanding, link: Link) -> Plan | None:
    found = correction(turn.text)
    plan = _only_situation(turn, heard, found.right) if found else None
    nearest = link.candidates[0].target if link.candidates else None
    return plan if plan and nearest == Target(Kind.GUIDE, plan.code) else None


def _follow_up(turn: Turn, heard: Understanding) -> Plan | None:
    """As in "孩子的呢": nothing but a situation of the item of the turn before."""
    return _only_situation(turn, heard, turn.text)


def _only_situation(turn: Turn, heard: Understanding, text: str) -> AnswerGuide | None:
    guide = turn.base.guides.get(turn.conversation.item or "")
    situation = situation_in(guide, text) if guide else None
    if not guide or not situation:
        return None
    cues = cues_in(situation, text)
    left = [w for w in turn.base.tokens.content(text) if not any(w in cue or cue in w for cue in cues)]
    if left:
        return None
    disclosures = heard.disclosures or turn.conversation.disclosures
    return AnswerGuide(guide.code, disclosures, heard.asks, situation.id, from_context=True)


def _several(turn: Turn, heard: Understanding, policy: Policy) -> Plan | None:
    """Several items in one question ("身份证和居住证分别要什么"): the message without the one is about the other, or
    its clauses are about different ones, each of which the whole message is a little about; or it says that there are
    two, and two are likely."""
    assert turn.link is not None
    nearest = [guide for link in turn.part_links for guide in _guides_of(link)[:1]]
    if turn.reading.clauses:
        whole = {c.target for c in turn.link.candidates if c.confidence >= policy.clause_in_whole}
        nearest = [c for c in nearest if c.target in whole]
    found = _likely_guides(nearest, policy)
    if len(found) < 2 and BOTH.search(turn.reading.question):
        found = _likely_guides(_guides_of(turn.link)[:2], policy)
    if not 1 < len(found) <= MOST_ITEMS:
        return None
    return AnswerSeveral(tuple(found), heard.disclosures, min(found.values()))


def _guides_of(link: Link) -> list[Candidate]:
    """Best first. Beside another item an FAQ entry or a broad wish is no answer, however near it is."""
    return [c for c in link.candidates if c.target.kind is Kind.GUIDE]


def _likely_guides(guides: Sequence[Candidate], policy: Policy) -> dict[str, float]:
    """The confidence of each of the different items, in their order."""
    return {c.code: c.confidence for c in guides if c.confidence >= policy.several}


def _free(turn: Turn, heard: Understanding, link: Link, policy: Policy) -> Plan:
    close = _close(turn, link)
    sure = bool(close) and close[0].confidence >= policy.sure_item
    if not sure and heard.intent in SMALLTALK and heard.confidence >= policy.smalltalk:
        return Smalltalk(heard.intent)
    hall = _hall(heard, link, close, policy)
    if hall:
        return hall
    # What lies outside the hall's own items was learnt without the guests: beside a likely one it says nothing.
    guest = bool(close) and close[0].guest and close[0].confidence >= policy.guest_despite_out_of_scope
    service = (close and (sure or heard.disclosures)) or is_elsewhere(link, policy)
    needed = policy.surely_out_of_scope if service else policy.out_of_scope
    literal = bool(close) and close[0].literal
    if heard.intent is Intent.OUT_OF_SCOPE and heard.confidence >= needed and not (literal or guest):
        return OutOfScope()
    if close:
        return _of_others(turn, close, policy) or _answer(turn, heard, close)
    if heard.asks >= policy.smalltalk and not link.names_something:
        return _about_nothing_named(turn, heard)
    if heard.intent is Intent.CANCEL and heard.confidence >= policy.deed:
        return Smalltalk(Intent.CANCEL)
    return _nothing_found(heard, link, policy)


def _of_others(turn: Turn, close: tuple[Candidate, ...], policy: Policy) -> Plan | None:
    """Another authority's matter that has no rival: to name the authority does no harm if something else was meant."""
    best, rival = close[0], turn.base.published.confidence.thresholds.rival
    rivals = any(c.confidence >= rival * best.confidence for c in close[1:])
    if best.target.kind is not Kind.TOPIC or best.confidence < policy.topic or rivals:
        return None
    return Tell(best.target, best.confidence)


def _nothing_found(heard: Understanding, link: Link, policy: Policy) -> Plan:
    """Where nothing is near, half a suspicion is enough to say what the question is not, or to take a wish for one;
    unless it is about a service, though none of this hall."""
    elsewhere = is_elsewhere(link, policy)
    if heard.intent in OPENINGS and heard.confidence >= policy.deed_alone and not elsewhere:
        return StartDeed(OPENINGS[heard.intent], heard.intent)
    out, private = heard.likelihood(Intent.OUT_OF_SCOPE), heard.likelihood(Intent.ASK_PRIVATE)
    if private >= policy.suspicion and private >= out:
        return RefusePrivate()
    nearest = link.candidates[0].confidence if link.candidates else 0.0
    if out >= (policy.suspicion if nearest >= policy.nothing_near else policy.suspicion / 2) and not elsewhere:
        return OutOfScope()
    return NoMatch()


def _hall(heard: Understanding, link: Link, close: tuple[Candidate, ...], policy: Policy) -> Plan | None:
    """The hall itself: asked for in so many words, or the nearest thing by far."""
    facilities = [c for c in link.candidates if c.target.kind is Kind.FACILITY]
    if not facilities:
        return None
    meant = heard.intent is Intent.ASK_HALL and heard.confidence >= policy.hall
    item_surer = close and close[0].target.kind is Kind.GUIDE and close[0].confidence > facilities[0].confidence
    likely = facilities[0].confidence >= policy.facility
    if meant and likely and not (item_surer and close[0].confidence >= policy.sure_item):
        return Tell(facilities[0].target, facilities[0].confidence)
    return None


def _close(turn: Turn, link: Link, kind: Kind | None = None) -> tuple[Candidate, ...]:
    return close_candidates(link, turn.base.published.confidence.thresholds, kind)


def _about_nothing_named(turn: Turn, heard: Understanding) -> Plan:
    """A bare question, "多少钱": about the item of the turn before, if there was one."""
    item = turn.conversation.item
    if item and item in turn.base.guides:
        situation = turn.conversation.situation
        return AnswerGuide(item, heard.disclosures, heard.asks, situation, from_context=True)
    return Clarify((), heard.disclosures)


def _answer(turn: Turn, heard: Understanding, close: tuple[Candidate, ...]) -> Plan:
    best = close[0]
    if best.target.kind is Kind.GUIDE or (any(c.target.kind is Kind.GUIDE for c in close) and heard.disclosures):
        guides = tuple(c for c in close if c.target.kind is Kind.GUIDE)
        if len(guides) == len(close) or heard.disclosures:
            return _guides(turn, heard.disclosures, guides)
    if len(close) > 1:
        return Clarify(close, heard.disclosures)
    if best.target.kind is Kind.SCENARIO:
        return AskScenario(best.target.id, (), best.confidence)
    return Tell(best.target, best.confidence)


def _guides(turn: Turn, disclosures: tuple[Disclosure, ...], close: tuple[Candidate, ...]) -> Plan:
    known = next((c for c in close if c.code == turn.conversation.item), None)
    if len(close) == 1:
        return _guide(turn, disclosures, close[0], from_context=False)
    if known and disclosures:
        return _guide(turn, disclosures, known, from_context=True)
    return Clarify(close, disclosures)


def _guide(turn: Turn, disclosures: tuple[Disclosure, ...], found: Candidate, from_context: bool) -> Plan:
    situation = situation_in(turn.base.guides[found.code], normalise(turn.text))
    return AnswerGuide(found.code, disclosures, found.confidence, situation.id if situation else None, from_context)
