"""One step of a deed, taken by Rasa's dialogue."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.conversations.model import Conversation, Deed
from bot.handler.tools import Tools
from bot.handler.turn import Outcome, Say, Turn
from bot.understanding.model import Intent
from bot.understanding.rasa import DialogueTurn, RasaUnavailable
from connectors.contract import Phase, TurnStatus, deed_status

log = logging.getLogger(__name__)


async def take_step(turn: Turn, deed: Deed, intent: Intent | None, tools: Tools) -> None:
    """One step of a deed. Without Rasa the citizen is asked to send it again; what was told is kept."""
    assert turn.understanding is not None
    heard = turn.understanding if intent is None else replace(turn.understanding, intent=intent)
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


def _ask_again(deed: Deed) -> tuple[Say, ...]:
    """The question that the form was waiting on; its wording key follows the slot's name."""
    if deed.requested_slot is None:
        return ()
    field = deed.requested_slot.removeprefix(f"{deed.transaction.value}_")
    return (Say(f"{deed.transaction.value}.ask_{field}"),)


def and_back(outcome: Outcome, deed: Deed | None) -> Outcome:
    """What is answered inside a form ends with the question that the form was waiting on, in place of other offers."""
    if deed is None:
        return outcome
    kept = outcome.after[:-1] if outcome.more else outcome.after
    resumed = (Say(f"{deed.transaction.value}.resume"), *_ask_again(deed))
    return replace(outcome, after=(*kept, *resumed), more=(), transaction=deed.transaction)
