"""Decides what a turn does. Pure: everything it weighs is in the turn, every threshold in the policy."""

from __future__ import annotations

from dataclasses import dataclass

from bot.handler import payload
from bot.handler.turn import Turn
from bot.policy import Policy
from bot.understanding.model import SMALLTALK, Intent, Understanding
from connectors.contract import Transaction
from knowledge.base import KnowledgeBase
from knowledge.link import Candidate, Link
from knowledge.model import Disclosure

START_INTENTS = {Intent.OPEN_CONSULTATION: Transaction.CONSULTATION}


@dataclass(frozen=True)
class AnswerGuide:
    code: str
    disclosures: tuple[Disclosure, ...]
    confidence: float
    from_context: bool = False


@dataclass(frozen=True)
class ClarifyItem:
    """Several items are close; without candidates, no item was named at all."""

    candidates: tuple[Candidate, ...]
    disclosures: tuple[Disclosure, ...]


@dataclass(frozen=True)
class Smalltalk:
    intent: Intent


@dataclass(frozen=True)
class OutOfScope:
    pass


@dataclass(frozen=True)
class NoMatch:
    pass


@dataclass(frozen=True)
class StartDeed:
    transaction: Transaction


@dataclass(frozen=True)
class ContinueDeed:
    """`intent` is what the dialogue is to hear: CANCEL only when it is certain."""

    intent: Intent


Plan = AnswerGuide | ClarifyItem | Smalltalk | OutOfScope | NoMatch | StartDeed | ContinueDeed


def decide(turn: Turn, base: KnowledgeBase, policy: Policy) -> Plan:
    """The plan of a turn whose understanding and link are known."""
    assert turn.understanding is not None and turn.link is not None
    tapped = payload.read(turn.text, base.guides, base.labels)
    if tapped:
        return AnswerGuide(*tapped, confidence=1.0)
    if turn.conversation.deed is not None:
        return _in_form(turn, turn.understanding, turn.link, base, policy)
    return _free(turn, turn.understanding, turn.link, base, policy)


def _in_form(turn: Turn, heard: Understanding, link: Link, base: KnowledgeBase, policy: Policy) -> Plan:
    deed = turn.conversation.deed
    assert deed is not None
    if heard.intent is Intent.CANCEL and heard.confidence >= policy.cancel_in_form:
        return ContinueDeed(Intent.CANCEL)
    close = link.close(base.linker.settings)
    asks = heard.asks >= policy.question_in_form and bool(close) and close[0].confidence >= policy.item_in_form
    # While the question itself is asked for, every question is what the citizen wants to leave.
    if asks and not (deed.requested_slot or "").endswith("_question"):
        return _answer(turn, heard, close)
    return ContinueDeed(Intent.INFORM)


def _free(turn: Turn, heard: Understanding, link: Link, base: KnowledgeBase, policy: Policy) -> Plan:
    if heard.intent in START_INTENTS and heard.confidence >= policy.deed:
        return StartDeed(START_INTENTS[heard.intent])
    close = link.close(base.linker.settings)
    sure = bool(close) and close[0].confidence >= policy.sure_item
    if not sure and heard.intent in SMALLTALK and heard.confidence >= policy.smalltalk:
        return Smalltalk(heard.intent)
    about_item = sure or (bool(close) and bool(heard.disclosures))
    if not about_item and heard.intent is Intent.OUT_OF_SCOPE and heard.confidence >= policy.out_of_scope:
        return OutOfScope()
    if close:
        return _answer(turn, heard, close)
    if heard.asks >= policy.smalltalk and not link.names_something:
        return _about_nothing_named(turn, heard)
    if heard.intent is Intent.CANCEL and heard.confidence >= policy.deed:
        return Smalltalk(Intent.CANCEL)
    return NoMatch()


def _about_nothing_named(turn: Turn, heard: Understanding) -> Plan:
    """A bare question, "多少钱": about the item of the turn before, if there was one."""
    if turn.conversation.item:
        return AnswerGuide(turn.conversation.item, heard.disclosures, heard.asks, from_context=True)
    return ClarifyItem((), heard.disclosures)


def _answer(turn: Turn, heard: Understanding, close: tuple[Candidate, ...]) -> Plan:
    if len(close) == 1:
        return AnswerGuide(close[0].code, heard.disclosures, close[0].confidence)
    known = next((c for c in close if c.code == turn.conversation.item), None)
    if known and heard.disclosures:
        return AnswerGuide(known.code, heard.disclosures, known.confidence, from_context=True)
    return ClarifyItem(close, heard.disclosures)
