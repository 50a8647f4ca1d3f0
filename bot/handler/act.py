"""Carries out a plan: reads the answer from a guide, or takes one step of a deed with Rasa."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from bot.conversations.model import Conversation, Deed
from bot.handler.decide import (
    AnswerGuide,
    ClarifyItem,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    Smalltalk,
    StartDeed,
)
from bot.handler.tools import Tools
from bot.handler.turn import Choice, Outcome, Say, Turn
from bot.understanding.model import Intent
from bot.understanding.rasa import DialogueTurn, RasaUnavailable
from connectors.contract import Phase, TurnStatus, deed_status
from knowledge.answer import compose

log = logging.getLogger(__name__)

LEAVE_A_MESSAGE = Choice(code=None)
MOST_CHOICES = 5


async def act(turn: Turn, plan: Plan, tools: Tools) -> None:
    """Ends the turn according to the plan."""
    match plan:
        case AnswerGuide():
            _answer_guide(turn, plan, tools)
        case ClarifyItem():
            _clarify(turn, plan)
        case Smalltalk(intent):
            key = "smalltalk.nothing_open" if intent is Intent.CANCEL else f"smalltalk.{intent.value}"
            turn.finish(Outcome(TurnStatus.ANSWERED_SMALLTALK, (Say(key),)))
        case OutOfScope():
            turn.finish(Outcome(TurnStatus.UNANSWERABLE_OUT_OF_SCOPE, (Say("out_of_scope"),)))
        case NoMatch():
            _no_match(turn, tools)
        case StartDeed(transaction):
            deed = Deed(uuid.uuid4().hex, transaction, f"{transaction.value}_form", None)
            await _dialogue(turn, deed, None, tools)
        case ContinueDeed(intent):
            assert turn.conversation.deed is not None
            await _dialogue(turn, turn.conversation.deed, intent, tools)


def _answer_guide(turn: Turn, plan: AnswerGuide, tools: Tools) -> None:
    base = tools.knowledge
    answer = compose(base.guides[plan.code], plan.disclosures, base.hall, base.labels)
    intro = Say("guide.intro_context" if plan.from_context else "guide.intro", {"item": answer.title})
    deed = turn.conversation.deed
    resume = (Say(f"{deed.transaction.value}.resume"), *_ask_again(deed)) if deed else ()
    outcome = Outcome(
        TurnStatus.ANSWERED_GUIDE,
        (intro,),
        answer=answer,
        after=resume,
        transaction=deed.transaction if deed else None,
        confidence=plan.confidence,
    )
    turn.finish(outcome, replace(turn.conversation, item=plan.code))


def _ask_again(deed: Deed) -> tuple[Say, ...]:
    """The question that the form was waiting on; its wording key follows the slot's name."""
    if deed.requested_slot is None:
        return ()
    field = deed.requested_slot.removeprefix(f"{deed.transaction.value}_")
    return (Say(f"{deed.transaction.value}.ask_{field}"),)


def _clarify(turn: Turn, plan: ClarifyItem) -> None:
    if not plan.candidates:
        turn.finish(Outcome(TurnStatus.CLARIFY_ITEM, (Say("clarify.item_unnamed"),)))
        return
    deed = turn.conversation.deed
    choices = tuple(Choice(c.code, plan.disclosures) for c in plan.candidates)
    if deed is None and len(choices) < MOST_CHOICES:
        choices += (LEAVE_A_MESSAGE,)
    outcome = Outcome(
        TurnStatus.CLARIFY_ITEM,
        (Say("clarify.item"),),
        choices=choices,
        transaction=deed.transaction if deed else None,
        confidence=plan.candidates[0].confidence,
    )
    turn.finish(outcome, replace(turn.conversation, pending_question=turn.message.text))


def _no_match(turn: Turn, tools: Tools) -> None:
    if turn.understanding and turn.understanding.degraded:
        turn.finish(Outcome(TurnStatus.ERROR_DEGRADED, (Say("degraded.no_match"),)))
        return
    say = Say("no_match", {"days": tools.knowledge.hall.consultation_reply_working_days})
    outcome = Outcome(TurnStatus.UNANSWERABLE_NO_MATCH, (say,), choices=(LEAVE_A_MESSAGE,))
    turn.finish(outcome, replace(turn.conversation, pending_question=turn.message.text))


async def _dialogue(turn: Turn, deed: Deed, intent: Intent | None, tools: Tools) -> None:
    """One step of a deed. Without Rasa the citizen is asked to send it again; what was told is kept."""
    assert turn.understanding is not None
    heard = turn.understanding if intent is None else replace(turn.understanding, intent=intent, entities=())
    metadata = {
        "channel": turn.message.channel.value,
        "sender_key": turn.sender_key,
        "pending_question": turn.conversation.pending_question,
    }
    try:
        step = await tools.rasa.dialogue(deed, turn.message.text.strip(), heard, metadata)
    except RasaUnavailable:
        say = Say("degraded.deed")
        turn.finish(Outcome(TurnStatus.ERROR_DEGRADED, (say,), transaction=deed.transaction))
        return
    turn.finish(_deed_outcome(deed, step), _after(turn.conversation, deed, step))


def _deed_outcome(deed: Deed, step: DialogueTurn) -> Outcome:
    ended = next((m["phase"] for m in step.messages if "phase" in m), None)
    phase = Phase(ended) if ended else Phase.COLLECTING
    says = tuple(Say(m["wording"], {k: v for k, v in m.items() if k != "wording"}) for m in step.messages)
    if step.form is None and ended is None:
        log.error("deed_without_end transaction=%s", deed.transaction.value)
        return Outcome(TurnStatus.ERROR_INTERNAL, (Say("internal"),), transaction=deed.transaction)
    return Outcome(deed_status(phase, deed.transaction), says, transaction=deed.transaction)


def _after(conversation: Conversation, deed: Deed, step: DialogueTurn) -> Conversation:
    if step.form is None:
        return replace(conversation, deed=None, pending_question=None)
    going_on = replace(deed, form=step.form, requested_slot=step.requested_slot, slots=step.slots)
    return replace(conversation, deed=going_on, pending_question=None)
