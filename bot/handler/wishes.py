"""Whether a message is a wish for a deed of the hall. Pure, as `bot.handler.decide`, of which it is a part."""

from __future__ import annotations

from bot.deeds.fields import hidden_contact
from bot.deeds.openings import OPENINGS
from bot.handler.plans import Plan, StartDeed, Tell
from bot.handler.turn import Turn
from bot.policy import Policy
from bot.understanding.model import Understanding
from knowledge.link import Candidate, Link
from knowledge.target import Kind


def wish(turn: Turn, heard: Understanding, policy: Policy) -> Plan | None:
    """A deed that is wished for, or the way to the place where it is done, if that is asked. "不对，我要问离婚登记"
    sounds like a wish, but surely names an item."""
    named = (link.candidates[0] for link in turn.corrected_links if link.candidates)
    if any(best.target.kind is Kind.GUIDE and best.confidence >= policy.sure_item for best in named):
        return None
    best = turn.link.candidates[0] if turn.link and turn.link.candidates else None
    # A guide is what a wish is about ("约明天办身份证"), unless something of it is asked, and so is a facility; an
    # entry of the FAQ or another authority's matter is an answer. Nor is a service of elsewhere, or of another
    # platform, a deed of the hall.
    answers = best is not None and (_is_an_answer(best, heard, policy) or _is_a_guest(turn, best, policy))
    needed = policy.deed_beside_question if answers or is_elsewhere(turn.link, policy) else policy.deed
    if heard.intent not in OPENINGS or heard.confidence < needed:
        return None
    if best and _asks_the_way(turn, best, policy):
        return Tell(best.target, best.confidence)
    return StartDeed(OPENINGS[heard.intent], heard.intent)


def _asks_the_way(turn: Turn, best: Candidate, policy: Policy) -> bool:
    """As in "嫌窗口态度差，上哪儿提意见": where something of the hall is, not the thing itself. Who leaves his
    name or number ("我要投诉……电话138……") wants the thing itself."""
    likely = best.target.kind is Kind.FACILITY and best.confidence >= policy.facility_beside_deed
    return likely and any(word in turn.text for word in policy.way_words) and hidden_contact(turn.text) == turn.text


def _is_an_answer(best: Candidate, heard: Understanding, policy: Policy) -> bool:
    kind = best.target.kind
    if kind is Kind.TOPIC:
        return best.confidence >= policy.topic_beside_deed
    answers = kind is Kind.FAQ or (kind is Kind.GUIDE and bool(heard.disclosures))
    return answers and best.confidence >= policy.sure_item


def _is_a_guest(turn: Turn, best: Candidate, policy: Policy) -> bool:
    """As in "法律服务所不干了退证": a service of another platform, and no word that wishes for a deed of this hall."""
    likely = best.guest and best.confidence >= policy.guest_beside_deed
    return likely and not any(word in turn.text for word in policy.deed_words)


def is_elsewhere(link: Link | None, policy: Policy) -> bool:
    """Whether the message names a service that only other halls have."""
    return link is not None and link.elsewhere >= policy.elsewhere
