"""What the hall does with appointments: checks in, serves, closes slots with a reason and an alternative (S12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from bot.appointments.messages import tell_cancelled
from bot.appointments.model import LIVE, AppointmentRow, SlotRow, State
from bot.appointments.office import Office
from bot.appointments.queue import BUILT_IN, QueueSystem
from bot.appointments.repository import end, secure
from bot.appointments.slots import Slot, alternatives, find_slot, keep, lock, slots, timetable
from bot.errors import Refused
from knowledge.calendar import CHINA

REASON_CHARACTERS = 60


def by_id(session: Session, row_id: str) -> AppointmentRow:
    """The appointment of that id; Refused when there is none."""
    row = session.get(AppointmentRow, row_id)
    if row is None:
        raise Refused("appointment.not_found", 404, "not-found")
    return row


def by_number(session: Session, number: str) -> AppointmentRow:
    """The appointment of that number; Refused when there is none."""
    row = session.scalar(select(AppointmentRow).where(AppointmentRow.number == number))
    if row is None:
        raise Refused("appointment.not_found", 404, "not-found")
    return row


def check_in(
    session: Session, office: Office, number: str, now: datetime, queue: QueueSystem = BUILT_IN
) -> AppointmentRow:
    """The citizen is here: gives the queue number, the same one a second time. Refused outside the time of checking
    in, and when the appointment is not booked (any more)."""
    row = by_number(session, number)
    if row.state == State.CHECKED_IN:
        return row
    rules, starts_at = office.rules, row.slot.starts_at
    if row.state != State.BOOKED or now > starts_at + timedelta(minutes=rules.grace_minutes):
        raise Refused("appointment.forfeited", 409, "forfeited")
    if now < starts_at - timedelta(minutes=rules.check_in_from_minutes):
        raise Refused("appointment.too_early", 409, "too-early", minutes=rules.check_in_from_minutes)
    secure(session, row)
    if row.state == State.CHECKED_IN:
        return row
    group = rules.group(row.window_group)
    if row.state != State.BOOKED or group is None:
        raise Refused("appointment.meanwhile", 409, "meanwhile")
    row.queue_number = queue.draw(session, group, now.astimezone(CHINA).date())
    row.state, row.changed_at = State.CHECKED_IN, now
    session.flush()
    return row


def mark_served(session: Session, row_id: str, now: datetime) -> AppointmentRow:
    """The citizen was served; a second time changes nothing. Refused when he has not checked in."""
    row = by_id(session, row_id)
    if row.state == State.SERVED:
        return row
    secure(session, row)
    if row.state != State.CHECKED_IN:
        raise Refused("appointment.not_checked_in", 409, "not-checked-in")
    row.state, row.changed_at = State.SERVED, now
    session.flush()
    return row


def forfeit(session: Session, office: Office, now: datetime) -> int:
    """Marks those who did not come by the end of the grace. They keep their places in the count: the slot is past."""
    late = (
        select(SlotRow.id)
        .where(SlotRow.starts_at < now - timedelta(minutes=office.rules.grace_minutes))
        .scalar_subquery()
    )
    done = session.execute(
        update(AppointmentRow)
        .where(AppointmentRow.state == State.BOOKED, AppointmentRow.slot_id.in_(late))
        .values(state=State.NO_SHOW.value, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount


def hall_cancel(session: Session, office: Office, row_id: str, reason: str, now: datetime) -> AppointmentRow:
    """The hall cancels one appointment: with a reason, and the nearest other time offered. Twice changes nothing."""
    said = checked_reason(reason)
    row = by_id(session, row_id)
    if row.state == State.CANCELLED_BY_HALL:
        return row
    if row.state != State.BOOKED:
        raise Refused("appointment.not_found", 404, "not-found")
    secure(session, row)
    if row.state != State.BOOKED:
        raise Refused("appointment.meanwhile", 409, "meanwhile")
    return _cancelled(session, office, row, said, now)


def close_slots(session: Session, office: Office, closing: Sequence[Slot], reason: str, now: datetime) -> int:
    """Closes slots and cancels all that is booked in them, each citizen told the reason and the nearest other time.
    Returns how many were cancelled; a second time changes nothing."""
    said = checked_reason(reason)
    ids = sorted(slot.id for slot in closing)
    for slot in sorted(closing, key=lambda slot: slot.id):
        keep(session, slot)
    lock(session, ids)
    session.execute(
        update(SlotRow)
        .where(SlotRow.id.in_(ids))
        .values(closed_reason=said)
        .execution_options(synchronize_session=False)
    )
    rows = select(AppointmentRow).where(AppointmentRow.slot_id.in_(ids), AppointmentRow.state.in_(LIVE))
    cancelled = 0
    for row in session.scalars(rows.execution_options(populate_existing=True)).all():
        if row.state == State.HELD:
            end(session, row, State.EXPIRED, now)
        elif row.state == State.BOOKED:
            _cancelled(session, office, row, said, now)
            cancelled += 1
    return cancelled


def slots_of(office: Office, day: date, group_id: str | None, now: datetime) -> list[Slot]:
    """The slots of a day, of one group or of all, that have not begun; Refused when there are none."""
    groups = [group for group in office.rules.groups if group_id in {None, group.id}]
    found = [slot for group in groups for slot in timetable(office, group, day) if slot.starts_at > now]
    if not found:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    return found


def slot_of(office: Office, slot_id: str, now: datetime) -> Slot:
    """The slot of that id; Refused when it has begun, or cannot be booked yet."""
    slot = find_slot(office, slot_id, now)
    if slot is None:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    return slot


def set_capacity(session: Session, office: Office, slot_id: str, capacity: int, now: datetime) -> Slot:
    """How many places a slot has from now on; Refused when more are taken already."""
    slot = slot_of(office, slot_id, now)
    keep(session, slot)
    done = session.execute(
        update(SlotRow)
        .where(SlotRow.id == slot.id, SlotRow.taken <= capacity)
        .values(capacity=capacity)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount == 0:
        raise Refused("appointment.more_taken", 409, "more-taken")
    group, day = office.rules.group(slot.group), slot.starts_at.date()
    assert group is not None
    return next(found for found in slots(session, office, group, day, day) if found.id == slot.id)


def checked_reason(reason: str) -> str:
    """In one line and without a full stop, because it is told inside a sentence; Refused when empty or too long."""
    said = " ".join(reason.split()).rstrip("。.！!；; ")
    if not 0 < len(said) <= REASON_CHARACTERS:
        raise Refused("appointment.bad_reason", 422, "invalid", most=REASON_CHARACTERS)
    return said


def _cancelled(session: Session, office: Office, row: AppointmentRow, reason: str, now: datetime) -> AppointmentRow:
    end(session, row, State.CANCELLED_BY_HALL, now, reason)
    group = office.rules.group(row.window_group)
    starts_at = row.slot.starts_at
    free = alternatives(session, office, group, starts_at, now) if group else []
    others = sorted((slot for slot in free if slot.starts_at != starts_at), key=lambda s: abs(s.starts_at - starts_at))
    tell_cancelled(session, office, row, others[0].starts_at if others else None, now)
    return row
