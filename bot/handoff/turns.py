"""What the handler does about a person (S04): a thread that a person has goes to him, a wish for one into the queue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.db.database import Database
from bot.db.vault import Vault
from bot.handler.turn import Outcome, Say, Turn
from bot.handoff import threads
from bot.handoff.model import ThreadState, Wish
from bot.handoff.rules import HandoffRules
from bot.handoff.threads import Requested
from bot.senders import service as senders
from bot.understanding.model import Intent
from bot.wording.wording import Wording
from connectors.contract import Phase, Transaction, deed_status
from knowledge.clock import spoken

LEAVE_A_QUESTION = ("留下问题", "我要留言")
LEAVE_QUEUE = ("不用人工了", "不用人工了")


@dataclass(frozen=True)
class Counter:
    """What is needed to hand a conversation to a person."""

    database: Database
    vault: Vault
    wording: Wording
    rules: HandoffRules


def by_words(turn: Turn, thread: ThreadState | None, counter: Counter) -> None:
    """Ends the turn while a person has the thread, and for plain words ("转人工", "不用人工了"). While the citizen
    waits his message is kept for the person, and the bot answers as ever. To be run after the emergencies, before the
    message is encoded; without a live thread it costs no query."""
    if thread is not None and counter.rules.wishes_to_leave(turn.message.text):
        _leave(turn, thread, counter)
    elif thread is not None and _added(turn, thread, counter) and thread.open:
        _hand_on(turn, thread, counter)
    if not turn.finished and counter.rules.wishes_person(turn.message.text):
        ask_person(turn, counter)


async def by_intent(turn: Turn, thread: ThreadState | None, counter: Counter, at_least: float) -> None:
    """Ends the turn when the intent says that a person is wanted, or is waited for no longer. Not inside a form, where
    only plain words count and cancelling means the form. To be run after `understand`."""
    heard = turn.understanding
    if heard is None or heard.confidence < at_least or turn.conversation.deed is not None:
        return
    if heard.intent is Intent.TALK_TO_PERSON:
        await asyncio.to_thread(ask_person, turn, counter)
    elif heard.intent is Intent.CANCEL and thread is not None:
        await asyncio.to_thread(_leave, turn, thread, counter)


def ask_person(turn: Turn, counter: Counter) -> None:
    """Ends the turn with the place in the queue, or with the next opening time and the offer to leave a question. A
    running deed is kept."""
    requested = _request(turn, counter)
    if requested.opens_at is not None:
        outside = Say("handoff.outside", {"opens": spoken(requested.opens_at)}, (LEAVE_A_QUESTION,))
        _finish(turn, Phase.CANCELLED, outside)
    elif requested.position == 0:
        _finish(turn, Phase.COLLECTING, Say("handoff.open"))
    else:
        closes = spoken(turn.base.calendar.end_of_day(turn.started_at))
        waiting = Say("handoff.waiting", {"position": requested.position, "closes": closes}, (LEAVE_QUEUE,))
        _finish(turn, Phase.COLLECTING, waiting)


def _hand_on(turn: Turn, thread: ThreadState, counter: Counter) -> None:
    """The bot keeps silent; only the first time it says that a person answers now."""
    first = not thread.told and _tell_taken(turn, thread, counter)
    _finish(turn, Phase.COLLECTING, *((Say("handoff.open"),) if first else ()))


def _leave(turn: Turn, thread: ThreadState, counter: Counter) -> None:
    if _left(turn, thread, counter):
        _finish(turn, Phase.CANCELLED, Say("handoff.left"))


def _added(turn: Turn, thread: ThreadState, counter: Counter) -> bool:
    with counter.database.transaction() as session:
        text = turn.message.text
        return threads.add_citizen_message(session, counter.vault, thread.id, text, turn.started_at)


def _tell_taken(turn: Turn, thread: ThreadState, counter: Counter) -> bool:
    with counter.database.transaction() as session:
        return threads.tell_taken(session, thread.id, turn.started_at)


def _left(turn: Turn, thread: ThreadState, counter: Counter) -> bool:
    with counter.database.transaction() as session:
        return threads.leave(session, thread.id, turn.started_at)


def _request(turn: Turn, counter: Counter) -> Requested:
    """His address is kept, so that the person's answers reach him."""
    message, item = turn.message, turn.conversation.item
    guide = turn.base.guides.get(item) if item else None
    department = guide.department if guide else None
    wish = Wish(turn.sender_key, message.channel.value, message.text, guide.code if guide else None, department)
    with counter.database.transaction() as session:
        senders.remember(session, counter.vault, wish.channel, message.sender, turn.started_at)
        return threads.request(
            session, counter.vault, counter.wording, turn.base.calendar, wish=wish, now=turn.started_at
        )


def _finish(turn: Turn, phase: Phase, *says: Say) -> None:
    turn.finish(Outcome(deed_status(phase, Transaction.HANDOFF), says, transaction=Transaction.HANDOFF))
