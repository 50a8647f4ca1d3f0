"""S13, S04: takes consultations down, says how they stand, and minds the promised time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.consultations.model import (
    RUNNING,
    UNANSWERED,
    ConsultationRow,
    ConsultationState,
    NewConsultation,
    Progress,
)  # fmt: skip
from bot.db.vault import Vault
from bot.deeds.numbers import receipt_number
from bot.errors import Refused
from bot.outbox.alarms import SUPERVISORS, raise_alarm
from bot.outbox.model import InboxRow, OutboxRow, OutboxState
from bot.senders.insert import insert_missing
from bot.wording.wording import Wording
from knowledge.calendar import CHINA, HallCalendar

PREFIX = "ZX"
LOOKUP = "telephone"


def open_consultation(
    session: Session, vault: Vault, wording: Wording, calendar: HallCalendar, new: NewConsultation, now: datetime
) -> ConsultationRow:
    """The ledger row, with receipt number and promised time; its owner is told. The same deed twice gives the same
    row."""
    row = None
    while row is None:  # a second round only if the number was drawn before
        values = {
            "id": uuid.uuid4().hex,
            "number": receipt_number(PREFIX, now),
            "deed_id": new.deed_id,
            "created_at": now,
            "promised_by": calendar.end_of_working_day_after(now, calendar.hall.consultation_reply_working_days),
            "channel": new.channel,
            "sender_key": new.sender_key,
            "question": vault.seal(new.question),
            "name": vault.seal(new.name),
            "telephone": vault.seal(new.telephone),
            "telephone_lookup": vault.lookup(LOOKUP, new.telephone),
            "state": ConsultationState.OPEN.value,
            "owner": new.owner,
            "item": new.item,
        }
        insert_missing(session, ConsultationRow, values)
        row = session.scalar(select(ConsultationRow).where(ConsultationRow.deed_id == new.deed_id))
    tell_owner(session, vault, wording, row, now)
    return row


def tell_owner(session: Session, vault: Vault, wording: Wording, row: ConsultationRow, now: datetime) -> None:
    """Shows those who have to answer that there is something to answer; once for each owner."""
    audience = row.owner or SUPERVISORS
    text = wording.say("consultation.alarm_new", number=row.number, time=clock(row.promised_by))
    raise_alarm(session, vault, f"consultation:{row.id}:new:{audience}", audience, "consultation", text, now)


def clock(moment: datetime) -> str:
    """A time as citizens and clerks read it, by China's clock."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def find(session: Session, vault: Vault, number: str, telephone_lookup: str) -> Progress | None:
    """How the consultation of that receipt number stands. None when there is none or when it was left with another
    telephone: who asks must not learn which."""
    row = session.scalar(
        select(ConsultationRow).where(
            ConsultationRow.number == number, ConsultationRow.telephone_lookup == telephone_lookup
        )
    )
    return _progress(vault, row) if row else None


def running_of(session: Session, vault: Vault, sender_key: str) -> list[Progress]:
    """What a sender has asked and not read the answer of yet, newest first."""
    statement = select(ConsultationRow).where(
        ConsultationRow.sender_key == sender_key, ConsultationRow.state.in_(RUNNING)
    )
    newest = statement.order_by(ConsultationRow.created_at.desc(), ConsultationRow.id)
    return [_progress(vault, row) for row in session.scalars(newest)]


def mark_delivered(session: Session, number: str, now: datetime) -> None:
    """The citizen has just been shown the answer. Does nothing when there is none to be shown."""
    _end(session, ConsultationRow.number == number, ConsultationState.DELIVERED, now)


def alarm_overdue(session: Session, vault: Vault, wording: Wording, now: datetime) -> int:
    """Alarms owners and supervisors of every broken promise, once; gives how many there were."""
    late = session.scalars(
        select(ConsultationRow).where(
            ConsultationRow.state.in_(UNANSWERED),
            ConsultationRow.promised_by < now,
            ConsultationRow.overdue_at.is_(None),
        )
    ).all()
    return sum(_alarm(session, vault, wording, row, now) for row in late)


def note_delivered(session: Session, now: datetime) -> int:
    """Marks the answers that arrived: one that was pushed when it was sent, one in an inbox when it was looked at."""
    arrived = exists().where(
        OutboxRow.key.in_(_answer_keys()), OutboxRow.state == OutboxState.SENT.value, ~_waits_in_inbox()
    )
    return _end(session, arrived, ConsultationState.DELIVERED, now)


def close_unfetched(session: Session, fetch_days: int, now: datetime) -> int:
    """Ends the consultations whose answer nobody looked at in so many days."""
    old = ConsultationRow.answered_at < now - timedelta(days=fetch_days)
    return _end(session, old, ConsultationState.CLOSED, now)


def found(session: Session, id_: str) -> ConsultationRow:
    """The row of that id; raises Refused when there is none."""
    row = session.get(ConsultationRow, id_)
    if row is None:
        raise Refused("consultation.not_found", 404, "not-found")
    return row


def answer_key(id_: str) -> str:
    """The key under which the answer goes out to the sender's channel."""
    return f"consultation:{id_}:answer"


def telephone_key(id_: str) -> str:
    """The key under which the answer goes out to the telephone."""
    return f"consultation:{id_}:answer-telephone"


def _answer_keys() -> tuple[ColumnElement[str], ColumnElement[str]]:
    begin = "consultation:" + ConsultationRow.id
    return begin + ":answer", begin + ":answer-telephone"


def _waits_in_inbox() -> ColumnElement[bool]:
    inbox = aliased(InboxRow)
    return exists().where(and_(inbox.key == OutboxRow.key, inbox.shown_at.is_(None)))


def _end(session: Session, condition: ColumnElement[bool], state: ConsultationState, now: datetime) -> int:
    """Ends answered consultations; gives how many."""
    statement = (
        update(ConsultationRow)
        .where(ConsultationRow.state == ConsultationState.ANSWERED.value, condition)
        .values(state=state.value, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount


def _alarm(session: Session, vault: Vault, wording: Wording, row: ConsultationRow, now: datetime) -> bool:
    """Whether this call was the first to see the promise broken."""
    statement = (
        update(ConsultationRow)
        .where(
            ConsultationRow.id == row.id,
            ConsultationRow.state.in_(UNANSWERED),
            ConsultationRow.overdue_at.is_(None),
        )
        .values(overdue_at=now)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    if done.rowcount == 0:
        return False
    text = wording.say("consultation.alarm_overdue", number=row.number, time=clock(row.promised_by))
    for audience in dict.fromkeys((row.owner or SUPERVISORS, SUPERVISORS)):
        key = f"consultation:{row.id}:overdue:{audience}"
        raise_alarm(session, vault, key, audience, "consultation.overdue", text, now)
    return True


def _progress(vault: Vault, row: ConsultationRow) -> Progress:
    answered = row.answer is not None
    return Progress(
        number=row.number,
        state=ConsultationState(row.state),
        owner=row.owner,
        promised_by=row.promised_by,
        answer=vault.open(row.answer) if row.answer is not None else None,
        sources=tuple(row.sources or ()) if answered else (),
        reason=vault.open(row.close_reason) if row.close_reason is not None and not answered else None,
    )
