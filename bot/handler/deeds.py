"""One step of a deed, taken by Rasa's dialogue."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import replace
from typing import Any

from bot.conversations.model import Conversation, Deed
from bot.conversations.waiting import ITEM, offers, waits_for
from bot.deeds.openings import Opening
from bot.handler.tools import Tools
from bot.handler.turn import Outcome, Say, Turn
from bot.policy import Policy
from bot.senders import service as senders
from bot.understanding.model import Intent
from bot.understanding.rasa import DialogueTurn, RasaUnavailable
from connectors.contract import Phase, TurnStatus, deed_status
from knowledge.confidence import Signals, judged
from knowledge.confidence import close as close_candidates
from knowledge.link import Candidate
from knowledge.target import Kind

log = logging.getLogger(__name__)


async def start(turn: Turn, opening: Opening, intent: Intent, tools: Tools) -> None:
    """Opens a deed, and remembers where its sender is answered later on."""
    await asyncio.to_thread(_remember_sender, turn, tools)
    await take_step(turn, Deed(uuid.uuid4().hex, opening.transaction, opening.form, None), intent, tools)


def _remember_sender(turn: Turn, tools: Tools) -> None:
    message = turn.message
    with tools.database.transaction() as session:
        senders.remember(session, tools.vault, message.channel.value, message.sender, turn.started_at)


async def take_step(turn: Turn, deed: Deed, intent: Intent, tools: Tools) -> None:
    """One step of a deed. Without Rasa the citizen is asked to send it again; what was told is kept."""
    assert turn.understanding is not None
    heard = replace(turn.understanding, intent=intent)
    try:
        step = await tools.rasa.dialogue(deed, turn.message.text.strip(), heard, _metadata(turn, tools.policy))
    except RasaUnavailable:
        say = Say("degraded.deed")
        turn.finish(Outcome(TurnStatus.ERROR_DEGRADED, (say,), transaction=deed.transaction))
        return
    turn.finish(_deed_outcome(deed, step), _after(turn.conversation, deed, step))


ASKED = Signals(asks=1.0)
"""What was heard of a message that is taken as if it asked about an item."""


def _metadata(turn: Turn, policy: Policy) -> dict[str, Any]:
    """What the form's fields may look at besides the words. A message that surely names one item names no other; one
    that was not asked for an item names none ("我要申请上门服务") unless surely, or likely ones to choose from; and the
    answer to another question names none ("老年人")."""
    deed = turn.conversation.deed
    asked = waits_for(deed, ITEM)
    found = _items(turn) if asked or not offers(deed, turn.text) else ()
    least = policy.sure_item if len(found) == 1 else turn.base.published.confidence.thresholds.answer
    if not asked and found and found[0].confidence < least:
        found = ()
    return {
        "channel": turn.message.channel.value,
        "sender_key": turn.sender_key,
        "pending_question": turn.conversation.pending_question,
        "item": turn.conversation.item,
        "items": [c.code for c in found],
    }


def _items(turn: Turn) -> tuple[Candidate, ...]:
    """Judged as if an item were asked about: nothing else that was heard says more of which it is."""
    confidence = turn.base.published.confidence
    link = judged(turn.link, ASKED, confidence) if turn.link else None
    return close_candidates(link, confidence.thresholds, Kind.GUIDE) if link else ()


def _deed_outcome(deed: Deed, step: DialogueTurn) -> Outcome:
    says = tuple(Say(m["wording"], m.get("values") or {}, _options(m)) for m in step.messages)
    last = step.messages[-1] if step.messages else {}
    if step.form is not None or "reopen" in last:
        return Outcome(deed_status(Phase.COLLECTING, deed.transaction), says, transaction=deed.transaction)
    if "phase" not in last:
        log.error("deed_without_end transaction=%s", deed.transaction.value)
        return Outcome(TurnStatus.ERROR_INTERNAL, (Say("internal"),), transaction=deed.transaction)
    status = TurnStatus(last["status"]) if last.get("status") else deed_status(Phase(last["phase"]), deed.transaction)
    return Outcome(status, says, transaction=deed.transaction)


def _options(message: dict[str, Any]) -> tuple[str | tuple[str, str], ...]:
    return tuple(o if isinstance(o, str) else (o[0], o[1]) for o in message.get("options") or ())


def _after(conversation: Conversation, deed: Deed, step: DialogueTurn) -> Conversation:
    """A deed that could not be done for one field goes on under a new id with that field asked for: its old Rasa
    conversation is over, and Rasa rebuilds a form from what the app sends."""
    asked = next((m for m in reversed(step.messages) if m.get("asks")), deed.asked)
    slots = {name: value for name, value in step.slots.items() if value is not None}
    if asked and asked.get("reopen"):
        slots = {k: v for k, v in slots.items() if k != asked["reopen"] and not k.endswith("_confirm")}
        reopened = Deed(uuid.uuid4().hex, deed.transaction, deed.form, asked["reopen"], slots, asked)
        return replace(conversation, deed=reopened, pending_question=None)
    if step.form is None:
        return replace(conversation, deed=None, pending_question=None)
    going_on = replace(deed, form=step.form, requested_slot=step.requested_slot, slots=slots, asked=asked)
    return replace(conversation, deed=going_on, pending_question=None)


def and_back(outcome: Outcome, deed: Deed | None) -> Outcome:
    """What is answered inside a form ends with the question that the form was waiting on, in place of other offers."""
    if deed is None:
        return outcome
    kept = outcome.after[:-1] if outcome.more else outcome.after
    asked = (Say(deed.asked["wording"], deed.asked.get("values") or {}, _options(deed.asked)),) if deed.asked else ()
    resumed = (Say("form.resume"), *asked)
    return replace(outcome, after=(*kept, *resumed), more=(), transaction=deed.transaction)
