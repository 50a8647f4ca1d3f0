"""The citizen's side of a thread: the wish for a person, his place in the queue, his messages, leaving (S04)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Update, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.handoff.model import Author, Ending, ThreadMessageRow, ThreadRow, ThreadState, ThreadStatus, Wish
from bot.outbox.alarms import HALL, raise_alarm
from bot.outbox.service import withdraw
from bot.senders.insert import insert_missing
from bot.wording.wording import Wording
from connectors.contract import Channel
from knowledge.calendar import CHINA, HallCalendar

_TICK = timedelta(microseconds=1)
_LIVE = select(ThreadRow.id, ThreadRow.state, ThreadRow.told_at).where(ThreadRow.live_sender == bindparam("of_sender"))


@dataclass(frozen=True)
class Requested:
    """What became of a wish: a live thread with its `position` in the queue (1 is next; 0 is open already), or
    outside opening hours nothing but the time when the hall `opens_at`."""

    thread_id: str | None = None
    position: int = 0
    opens_at: datetime | None = None


def before(session: Session, sender_key: str) -> ThreadState | None:
    """The live thread of a sender, by one look into a unique index: it is on the way of every message."""
    row = session.connection().execute(_LIVE, {"of_sender": sender_key}).first()
    return ThreadState(row.id, ThreadStatus(row.state), row.told_at is not None) if row else None


def request(
    session: Session, vault: Vault, wording: Wording, calendar: HallCalendar, *, wish: Wish, now: datetime
) -> Requested:
    """Puts the sender into the queue and alarms staff; who has a live thread keeps it (his message is in it
    already). Outside opening hours nobody would come, so nothing is opened."""
    known = before(session, wish.sender_key)
    if known is None and not is_open(calendar, now):
        return Requested(opens_at=next_opening(calendar, now))
    if known is None:
        known = _open(session, vault, wording, wish, now)
        add_citizen_message(session, vault, known.id, wish.text, now)
    return Requested(known.id, 0 if known.open else position(session, known.id))


def add_citizen_message(session: Session, vault: Vault, thread_id: str, text: str, now: datetime) -> bool:
    """Adds the message; False when the thread has come to its end meanwhile, and the bot has to answer."""
    row = lock(session, thread_id, ThreadRow.live_sender.is_not(None))
    if row is None:
        return False
    if row.state == ThreadStatus.OPEN and row.awaiting_since is None:
        row.awaiting_since = now
    add(session, vault, row, Author.CITIZEN, text, now)
    return True


def tell_taken(session: Session, thread_id: str, now: datetime) -> bool:
    """Whether this is the message to tell the citizen that a person has taken over: True once for each thread."""
    statement = update(ThreadRow).where(ThreadRow.id == thread_id, ThreadRow.told_at.is_(None)).values(told_at=now)
    return changed(session, statement)


def leave(session: Session, thread_id: str, now: datetime) -> bool:
    """The citizen wants nobody any more; False when the thread is over already."""
    left = end(session, thread_id, Ending.LEFT, now) is not None
    if left:
        withdraw(session, f"thread:{thread_id}:")
    return left


def position(session: Session, thread_id: str) -> int:
    """The place in the queue, from 1: who came earlier and is waited on by the same people counts."""
    mine = session.get_one(ThreadRow, thread_id)
    earlier = (
        select(func.count())
        .select_from(ThreadRow)
        .where(ThreadRow.state == ThreadStatus.WAITING, ThreadRow.created_at < mine.created_at)
        .where(_sidebar(mine.channel))
    )
    if mine.department is not None:
        earlier = earlier.where(or_(ThreadRow.department == mine.department, ThreadRow.department.is_(None)))
    return 1 + (session.scalar(earlier) or 0)


def is_open(calendar: HallCalendar, now: datetime) -> bool:
    """Whether the hall serves at this moment."""
    at = now.astimezone(CHINA)
    return any(s.opens <= at.time() < s.closes for s in calendar.sessions_on(at.date()))


def next_opening(calendar: HallCalendar, now: datetime) -> datetime:
    """When the hall opens next, from a moment when it is closed."""
    return calendar.after_working_time(now, _TICK) - _TICK


def lock(session: Session, thread_id: str, *conditions: ColumnElement[bool]) -> ThreadRow | None:
    """The thread, if it meets the conditions, kept for this transaction: an update comes first, so that nobody else
    numbers a message or ends the thread at the same time."""
    kept = update(ThreadRow).where(ThreadRow.id == thread_id, *conditions).values(state=ThreadRow.state)
    if not changed(session, kept):
        return None
    return session.get(ThreadRow, thread_id, populate_existing=True)


def add(session: Session, vault: Vault, row: ThreadRow, author: Author, text: str, now: datetime) -> ThreadMessageRow:
    """Appends a message to a locked thread."""
    row.last_number += 1
    row.last_at = now
    message = ThreadMessageRow(thread_id=row.id, number=row.last_number, at=now, author=author, text=vault.seal(text))
    session.add(message)
    return message


def end(
    session: Session, thread_id: str, ending: Ending, now: datetime, *conditions: ColumnElement[bool]
) -> ThreadRow | None:
    """Ends a live thread; None when it is over, or does not meet the conditions."""
    row = lock(session, thread_id, ThreadRow.live_sender.is_not(None), *conditions)
    if row is not None:
        row.state = ThreadStatus.LEFT if ending is Ending.LEFT else ThreadStatus.CLOSED
        row.ending, row.closed_at, row.live_sender, row.awaiting_since = ending, now, None, None
        session.flush()
    return row


def changed(session: Session, statement: Update) -> bool:
    """Whether the update met exactly one row."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


def _open(session: Session, vault: Vault, wording: Wording, wish: Wish, now: datetime) -> ThreadState:
    """A new thread, or the one that another process opened for the same sender at this moment."""
    row = {
        "id": uuid.uuid4().hex,
        "sender_key": wish.sender_key,
        "live_sender": wish.sender_key,
        "channel": wish.channel,
        "state": ThreadStatus.WAITING.value,
        "department": wish.department,
        "item": wish.item,
        "created_at": now,
        "awaiting_since": now,
        "last_at": now,
        "last_number": 0,
    }
    if insert_missing(session, ThreadRow, row):
        expert = wish.channel == Channel.SIDEBAR
        text = wording.say("handoff.alarm_expert") if expert else wording.say("handoff.alarm")
        audience = HALL if expert else wish.department or HALL
        raise_alarm(session, vault, f"thread:{row['id']}", audience, "handoff", text, now)
    live = before(session, wish.sender_key)
    assert live is not None
    return live


def _sidebar(channel: str) -> ColumnElement[bool]:
    return ThreadRow.channel == channel if channel == Channel.SIDEBAR else ThreadRow.channel != Channel.SIDEBAR
