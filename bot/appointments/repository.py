"""Reads and ends appointments, for the services of citizens and of the hall (S12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.appointments.messages import forget
from bot.appointments.model import AppointmentRow, SlotRow, State
from bot.appointments.slots import give_back, lock
from bot.db.vault import Vault
from bot.errors import Refused

COMING = (State.BOOKED, State.CHECKED_IN)


def of_deed(session: Session, deed_id: str) -> AppointmentRow | None:
    """What a deed has made."""
    return session.scalar(select(AppointmentRow).where(AppointmentRow.deed_id == deed_id))


def mine(
    session: Session, vault: Vault, now: datetime, sender_key: str | None = None, telephone: str | None = None
) -> list[AppointmentRow]:
    """The sender's, or the telephone's, own appointments that are not over, by time."""
    if (sender_key is None) == (telephone is None):
        raise ValueError("either a sender or a telephone")
    whose = (
        AppointmentRow.sender_key == sender_key
        if telephone is None
        else AppointmentRow.telephone_lookup == vault.lookup("telephone", telephone)
    )
    statement = (
        select(AppointmentRow)
        .join(SlotRow, SlotRow.id == AppointmentRow.slot_id)
        .where(whose, AppointmentRow.state.in_(COMING), SlotRow.ends_at > now)
        .order_by(SlotRow.starts_at, AppointmentRow.number)
    )
    return list(session.scalars(statement))


def secure(session: Session, row: AppointmentRow, *more: str) -> None:
    """Locks the appointment's slot, and others, and reads the appointment anew. Refused when it moved meanwhile."""
    before = row.slot_id
    lock(session, {before, *more})
    session.refresh(row)
    if row.slot_id != before:
        raise Refused("appointment.meanwhile", 409, "meanwhile")


def expire(session: Session, now: datetime, slot_id: str | None = None) -> int:
    """Gives the places of holds that ran out back; of one slot, or of all. Returns how many."""
    past = select(AppointmentRow).where(AppointmentRow.state == State.HELD, AppointmentRow.held_until <= now)
    if slot_id is not None:
        past = past.where(AppointmentRow.slot_id == slot_id)
    rows = list(session.scalars(past))
    if not rows:
        return 0
    lock(session, {row.slot_id for row in rows})
    ended = 0
    for row in session.scalars(past.execution_options(populate_existing=True)).all():
        if row in rows:
            end(session, row, State.EXPIRED, now)
            ended += 1
    return ended


def end(
    session: Session, row: AppointmentRow, state: State, now: datetime, reason: str | None = None
) -> AppointmentRow:
    """Ends an appointment whose slot is locked: its place is free, nothing is reminded of any more."""
    give_back(session, row.slot_id)
    row.state, row.reason, row.held_until, row.changed_at = state, reason, None, now
    forget(session, row)
    return written(session, row)


def written(session: Session, row: AppointmentRow) -> AppointmentRow:
    """Writes the row and reads it back with its slot; Refused when the citizen has another live one for the item."""
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused("appointment.twice", 409, "twice") from error
    session.refresh(row)
    return row
