"""The person's side of a thread: queue, taking, answering, handing back, closing, and what job closes (S04, S24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from bot.conversations.model import TurnRow
from bot.db.vault import Vault
from bot.errors import Refused
from bot.handoff.model import Author, Ending, ThreadMessageRow, ThreadRow, ThreadStatus
from bot.handoff.threads import add, changed, end, lock
from bot.outbox.service import Outgoing, enqueue
from bot.staff.model import Role, Staff
from bot.wording.wording import Wording
from connectors.contract import Channel


@dataclass(frozen=True)
class Earlier:
    """A turn of before: what the citizen said, and what he was told."""

    at: datetime
    text: str
    replies: tuple[str, ...]


def may_take(staff: Staff) -> ColumnElement[bool]:
    """Clerks have their own department's threads and those of none; clerks' own questions are for reviewers, the
    experts; supervisors may help with all."""
    expert = ThreadRow.channel == Channel.SIDEBAR
    if staff.role is Role.SUPERVISOR:
        return true()
    if staff.role is Role.REVIEWER:
        return expert
    return and_(~expert, or_(ThreadRow.department == staff.department, ThreadRow.department.is_(None)))


def queue(session: Session, staff: Staff, limit: int) -> list[ThreadRow]:
    """Live threads: waiting ones that he may take, longest waiting first, and his own; a supervisor sees all."""
    open_ = true() if staff.role is Role.SUPERVISOR else ThreadRow.taken_by == staff.id
    mine = and_(ThreadRow.state == ThreadStatus.OPEN, open_)
    waiting = and_(ThreadRow.state == ThreadStatus.WAITING, may_take(staff))
    ordered = select(ThreadRow).where(or_(mine, waiting)).order_by(ThreadRow.created_at, ThreadRow.id).limit(limit)
    return list(session.scalars(ordered))


def take(
    session: Session, vault: Vault, wording: Wording, thread_id: str, *, staff: Staff, now: datetime
) -> tuple[ThreadRow, bool]:
    """The thread, and whether it is newly his; taking it again changes nothing. Of several only one wins, the others
    are Refused. The citizen is told."""
    won = changed(
        session,
        update(ThreadRow)
        .where(ThreadRow.id == thread_id, ThreadRow.state == ThreadStatus.WAITING, may_take(staff))
        .values(state=ThreadStatus.OPEN, taken_by=staff.id, taken_at=now, awaiting_since=now, last_at=now),
    )
    row = session.scalar(
        select(ThreadRow)
        .where(ThreadRow.id == thread_id, or_(may_take(staff), ThreadRow.taken_by == staff.id))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Refused("handoff.not_found", 404, "not-found")
    if won:
        tell(session, vault, row, wording.say("handoff.taken"), now)
    elif row.state != ThreadStatus.OPEN or row.taken_by != staff.id:
        raise Refused("handoff.not_yours", 409, "taken")
    return row, won


def answer(
    session: Session, vault: Vault, thread_id: str, staff: Staff, *, text: str, key: str | None, now: datetime
) -> tuple[ThreadMessageRow, bool]:
    """The clerk's message, on its way to the citizen, and whether it is new: the same `key` twice is one message."""
    row = _locked(session, thread_id, staff)
    earlier = _known(session, thread_id, staff, key)
    if earlier is not None:
        return earlier, False
    if row is None:
        raise _refusal(session, thread_id, staff)
    row.awaiting_since = None
    message = add(session, vault, row, Author.STAFF, text, now)
    message.staff_id, message.client_key = staff.id, key
    _send(session, vault, row, message, text)
    session.flush()
    return message, True


def finish(
    session: Session, vault: Vault, wording: Wording, thread_id: str, *, staff: Staff, back: bool, now: datetime
) -> ThreadRow:
    """Ends his thread: the matter is settled, or the bot goes on (`back`). The citizen is told which."""
    his = (ThreadRow.state == ThreadStatus.OPEN, ThreadRow.taken_by == staff.id)
    row = end(session, thread_id, Ending.HANDED_BACK if back else Ending.CLOSED, now, *his)
    if row is None:
        raise _refusal(session, thread_id, staff)
    tell(session, vault, row, wording.say("handoff.handed_back" if back else "handoff.closed"), now)
    return row


def readable(session: Session, thread_id: str, staff: Staff) -> ThreadRow:
    """A thread whose messages he may read: that he has or had; for supervisors every one. Raises Refused."""
    row = session.get(ThreadRow, thread_id)
    if row is None or not (row.taken_by == staff.id or staff.role is Role.SUPERVISOR):
        raise Refused("handoff.not_found", 404, "not-found")
    return row


def messages_after(session: Session, thread_id: str, number: int, limit: int) -> list[ThreadMessageRow]:
    """The messages with a higher number, in their order."""
    after = select(ThreadMessageRow).where(ThreadMessageRow.thread_id == thread_id, ThreadMessageRow.number > number)
    return list(session.scalars(after.order_by(ThreadMessageRow.number).limit(limit)))


def earlier_turns(session: Session, row: ThreadRow, most: int) -> list[Earlier]:
    """The last turns with the bot before a person took over, oldest first; those of forms and emergencies, whose
    words are not stored there, are left out."""
    until = row.taken_at or row.last_at
    newest = (
        select(TurnRow)
        .where(TurnRow.sender_key == row.sender_key, TurnRow.text.is_not(None), TurnRow.created_at <= until)
        .order_by(TurnRow.created_at.desc())
        .limit(most)
    )
    turns = reversed(session.scalars(newest).all())
    return [Earlier(turn.created_at, turn.text or "", _replies(turn.reply)) for turn in turns]


def tell(session: Session, vault: Vault, row: ThreadRow, text: str, now: datetime) -> None:
    """A sentence of the bot about the thread, to the citizen wherever he is."""
    message = add(session, vault, row, Author.BOT, text, now)
    _send(session, vault, row, message, text)
    session.flush()


def _known(session: Session, thread_id: str, staff: Staff, key: str | None) -> ThreadMessageRow | None:
    if key is None:
        return None
    sent = select(ThreadMessageRow).where(ThreadMessageRow.thread_id == thread_id, ThreadMessageRow.client_key == key)
    return session.scalar(sent.where(ThreadMessageRow.staff_id == staff.id))


def _locked(session: Session, thread_id: str, staff: Staff) -> ThreadRow | None:
    return lock(session, thread_id, ThreadRow.state == ThreadStatus.OPEN, ThreadRow.taken_by == staff.id)


def _refusal(session: Session, thread_id: str, staff: Staff) -> Refused:
    """Why a thread is not his open one: 404 if there is none that he may know of, 409 if it is over."""
    readable(session, thread_id, staff)
    return Refused("handoff.not_yours", 409, "taken")


def _send(session: Session, vault: Vault, row: ThreadRow, message: ThreadMessageRow, text: str) -> None:
    key = f"thread:{row.id}:{message.number}"
    enqueue(session, vault, Outgoing(key, text, sender_key=row.sender_key, kind="thread"), message.at)


def _replies(reply: dict[str, Any]) -> tuple[str, ...]:
    return tuple(part.get("text") or part.get("title") or "" for part in reply.get("replies", ()))
