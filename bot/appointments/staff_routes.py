"""Appointments over HTTP for staff: the day's list, check-in, serving, cancelling with a reason, capacity (S12).
Clerks see and serve their own department's; every deed is audited."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import select

from bot.appointments import hall
from bot.appointments.model import AppointmentRow, SlotRow, State
from bot.appointments.office import office_of
from bot.appointments.refusals import shown
from bot.appointments.slots import Slot, slots
from bot.appointments.views import Listed
from bot.audit.service import record
from bot.errors import Refused
from bot.parameters import InCharge, ThisDesk
from bot.staff.access import allow, may_see_department
from bot.staff.model import Role, Staff
from knowledge.calendar import CHINA
from knowledge.model import Strict

SEES_ALL = (Role.SUPERVISOR, Role.ADMINISTRATOR)
Clerk = Annotated[Staff, Depends(allow(Role.CLERK, *SEES_ALL))]
SlotId = Annotated[str, StringConstraints(max_length=40)]
HIDDEN = (State.HELD, State.EXPIRED)


class Reason(Strict):
    """Read by the citizen."""

    reason: Annotated[str, StringConstraints(max_length=200)]


class Closing(Reason):
    """One slot, or a day's slots that are still ahead, of one group or of all."""

    slot: SlotId | None = None
    day: date | None = None
    group: Annotated[str, StringConstraints(max_length=20)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.slot is None) == (self.day is None) or (self.slot is not None and self.group is not None):
            raise ValueError("slot 和 day 必须且只能填写一个，group 只和 day 一起填写")
        return self


class Capacity(Strict):
    capacity: Annotated[int, Field(ge=0, le=200)]


class Day(BaseModel):
    appointments: list[Listed]


def routes() -> APIRouter:
    """All routes for staff."""
    router = APIRouter(prefix="/api/v1/staff")
    router.add_api_route("/appointments", list_day, methods=["GET"])
    router.add_api_route("/appointments/{id_}/check-in", check_in, methods=["POST"])
    router.add_api_route("/appointments/{id_}/served", mark_served, methods=["POST"])
    router.add_api_route("/appointments/{id_}/cancel", cancel, methods=["POST"])
    router.add_api_route("/slots", list_slots, methods=["GET"])
    router.add_api_route("/slots/cancel", close_slots, methods=["POST"])
    router.add_api_route("/slots/{slot_id}", set_capacity, methods=["PATCH"])
    return router


def list_day(
    desk: ThisDesk, staff: Clerk, day: date | None = None, group: Annotated[str | None, Query(max_length=20)] = None
) -> Day:
    """A day's appointments by time, today's by default; name and telephone masked."""
    office = office_of(desk)
    begins = datetime.combine(day or datetime.now(CHINA).date(), datetime.min.time(), CHINA)
    wanted = (
        select(AppointmentRow)
        .join(SlotRow, SlotRow.id == AppointmentRow.slot_id)
        .where(SlotRow.starts_at >= begins, SlotRow.starts_at < begins + timedelta(days=1))
        .where(AppointmentRow.state.not_in(HIDDEN))
        .order_by(SlotRow.starts_at, AppointmentRow.number)
    )
    if group is not None:
        wanted = wanted.where(AppointmentRow.window_group == group)
    if staff.role not in SEES_ALL:
        wanted = wanted.where(AppointmentRow.department == staff.department)
    with desk.database.transaction() as session:
        return Day(appointments=[Listed.of(office, row) for row in session.scalars(wanted)])


def check_in(desk: ThisDesk, staff: Clerk, id_: str) -> Listed:
    """The citizen has come; the answer holds his queue number."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        row = _of_department(hall.by_id(session, id_), staff)
        row = hall.check_in(session, office, row.number, now)
        record(session, staff, "appointment.check_in", f"appointment:{id_}", now, queue_number=row.queue_number)
        return Listed.of(office, row)


def mark_served(desk: ThisDesk, staff: Clerk, id_: str) -> Listed:
    """The citizen was served."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        _of_department(hall.by_id(session, id_), staff)
        row = hall.mark_served(session, id_, now)
        record(session, staff, "appointment.served", f"appointment:{id_}", now)
        return Listed.of(office_of(desk), row)


def cancel(desk: ThisDesk, staff: Clerk, id_: str, body: Reason) -> Listed:
    """Cancels one appointment; the citizen is told the reason and the nearest other time."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        _of_department(hall.by_id(session, id_), staff)
        row = hall.hall_cancel(session, office, id_, body.reason, now)
        record(session, staff, "appointment.cancel", f"appointment:{id_}", now, reason=row.reason)
        return Listed.of(office, row)


def list_slots(
    desk: ThisDesk, _staff: Clerk, group: Annotated[str, Query(max_length=20)], day: date
) -> dict[str, list[dict[str, Any]]]:
    """All slots of a group on a day, free or not."""
    office = office_of(desk)
    known = office.rules.group(group)
    if known is None:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    with desk.database.transaction() as session:
        found = slots(session, office, known, day, day)
    return {"slots": [_counted(slot) for slot in found]}


def close_slots(desk: ThisDesk, staff: InCharge, body: Closing) -> dict[str, int]:
    """Closes a slot, or a day's, and cancels what is booked there; how many citizens were told."""
    now, office = datetime.now(UTC), office_of(desk)
    if body.slot is not None:
        closing = [hall.slot_of(office, body.slot, now)]
    else:
        assert body.day is not None
        closing = hall.slots_of(office, body.day, body.group, now)
    subject = f"slots:{body.slot or body.day}"
    with desk.database.transaction() as session:
        count = hall.close_slots(session, office, closing, body.reason, now)
        record(
            session, staff, "slots.cancel", subject, now, group=body.group, reason=body.reason, cancelled=count
        )  # fmt: skip
    return {"cancelled": count}


def set_capacity(desk: ThisDesk, staff: InCharge, slot_id: SlotId, body: Capacity) -> dict[str, Any]:
    """How many places a slot has; never fewer than are taken."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        slot = hall.set_capacity(session, office, slot_id, body.capacity, now)
        record(session, staff, "slots.capacity", f"slots:{slot_id}", now, capacity=body.capacity)
    return _counted(slot)


def _counted(slot: Slot) -> dict[str, Any]:
    return {**shown(slot), "capacity": slot.capacity, "taken": slot.taken, "closed": slot.closed}


def _of_department(row: AppointmentRow, staff: Staff) -> AppointmentRow:
    """Refused, as if there were none, when it is not of the clerk's department."""
    if not may_see_department(staff, row.department):
        raise Refused("appointment.not_found", 404, "not-found")
    return row
