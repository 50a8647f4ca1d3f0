"""Appointments over HTTP for citizens: what is free, booking, asking, changing, cancelling (S12).

A full slot is a 409 problem with `alternatives`; an unknown number and a wrong telephone get the same answer."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, StringConstraints, model_validator

from bot.appointments import lookup, service
from bot.appointments.model import AppointmentRow, Contact, Wanted
from bot.appointments.office import Office, office_of
from bot.appointments.refusals import shown
from bot.appointments.slots import bookable_days, free_slots, slot_id
from bot.appointments.views import Appointment
from bot.deeds.fields import telephone_in
from bot.desk import Desk
from bot.errors import Refused
from bot.parameters import IdempotencyKey, ThisDesk
from knowledge.model import Strict

log = logging.getLogger(__name__)
CHANNEL = "api"
MOST_DAYS = 31
"""The longest stretch of slots that one request reads."""


def _telephone(text: str) -> str:
    found = telephone_in(text)
    if found is None:
        raise ValueError("不是有效的电话号码")
    return found


Telephone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_telephone)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[一-鿿㐀-䶿·A-Za-z .'-]{1,30}$")]
ItemCode = Annotated[str, StringConstraints(min_length=1, max_length=48)]
SlotId = Annotated[str, StringConstraints(max_length=40)]
Number = Annotated[str, StringConstraints(max_length=20)]


class When(Strict):
    """Exactly one of the slot's id and its start."""

    slot: SlotId | None = None
    starts_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.slot is None) == (self.starts_at is None):
            raise ValueError("slot 和 starts_at 必须且只能填写一个")
        return self

    def slot_id(self, group: str) -> str:
        """The id of the slot of that group that is meant."""
        return self.slot or slot_id(group, self.starts_at or datetime.now(UTC))


class NewAppointment(When):
    item: ItemCode
    name: Name
    telephone: Telephone


class Proof(Strict):
    """The telephone with which the appointment was booked."""

    telephone: Telephone


class NewTime(When):
    telephone: Telephone


class Groups(BaseModel):
    groups: list[dict[str, Any]]


class FreeSlots(BaseModel):
    slots: list[dict[str, Any]]


def routes() -> APIRouter:
    """All routes for citizens."""
    router = APIRouter(prefix="/api/v1/appointments")
    router.add_api_route("/groups", read_groups, methods=["GET"])
    router.add_api_route("/slots", read_slots, methods=["GET"])
    router.add_api_route("", book, methods=["POST"], status_code=201)
    router.add_api_route("/{number}", read_appointment, methods=["GET"])
    router.add_api_route("/{number}/query", query_appointment, methods=["POST"])
    router.add_api_route("/{number}/change", change, methods=["POST"])
    router.add_api_route("/{number}/cancel", cancel, methods=["POST"])
    return router


def read_groups(desk: ThisDesk) -> Groups:
    """The window groups with the items that can be booked at each."""
    office = office_of(desk)
    items: dict[str, list[dict[str, str]]] = {group.id: [] for group in office.rules.groups}
    for code, guide in office.guides.items():
        group = office.rules.group_of(guide)
        if group:
            items[group.id].append({"code": code, "title": guide.name})
    return Groups(groups=[{"id": g.id, "title": g.title, "items": items[g.id]} for g in office.rules.groups])


def read_slots(
    desk: ThisDesk,
    item: Annotated[str, Query(max_length=48)],
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> FreeSlots:
    """Free slots for an item, on these days or on all that can be booked."""
    now, office = datetime.now(UTC), office_of(desk)
    group = office.group_of(item)
    begins, ends = bookable_days(office, now)
    if first and last and (first > last or (last - first).days >= max(MOST_DAYS, (ends - begins).days + 1)):
        raise Refused("appointment.bad_range", 422, "invalid")
    with desk.database.transaction() as session:
        free = free_slots(session, office, group, now, first, last)
    return FreeSlots(slots=[shown(slot) for slot in free])


def book(desk: ThisDesk, new: NewAppointment, key: IdempotencyKey = None) -> Appointment:
    """Books a place; the same Idempotency-Key again gives the same appointment."""
    now, office = datetime.now(UTC), office_of(desk)
    group = office.group_of(new.item)
    deed_id = desk.vault.lookup("idempotency", key) if key else uuid.uuid4().hex
    wanted = Wanted(deed_id, new.item, new.slot_id(group.id), CHANNEL)
    with desk.database.transaction() as session:
        row = service.book(session, office, wanted, Contact(new.name, new.telephone), now)
        answer = Appointment.of(office, row)
    log.info("appointment_booked id=%s channel=%s", row.id, CHANNEL)
    return answer


def read_appointment(desk: ThisDesk, number: Number, telephone: Annotated[Telephone, Query()]) -> Appointment:
    """One's own appointment."""
    return _told(desk, number, telephone)


def query_appointment(desk: ThisDesk, number: Number, proof: Proof) -> Appointment:
    """The same without a telephone in the address, which logs might keep."""
    return _told(desk, number, proof.telephone)


def change(desk: ThisDesk, number: Number, new: NewTime) -> Appointment:
    """Another time for one's own appointment; the place held so far is given back."""
    now, office = datetime.now(UTC), office_of(desk)
    found = _own(desk, office, number, new.telephone, now)
    with desk.database.transaction() as session:
        row = service.change(session, office, found.id, new.slot_id(found.window_group), now)
        answer = Appointment.of(office, row)
    log.info("appointment_changed id=%s", row.id)
    return answer


def cancel(desk: ThisDesk, number: Number, proof: Proof) -> Appointment:
    """Cancels one's own appointment; a second time gives the same answer."""
    now, office = datetime.now(UTC), office_of(desk)
    found = _own(desk, office, number, proof.telephone, now)
    with desk.database.transaction() as session:
        row = service.cancel(session, office, found.id, now)
        answer = Appointment.of(office, row)
    log.info("appointment_cancelled id=%s", row.id)
    return answer


def _told(desk: Desk, number: str, telephone: str) -> Appointment:
    office = office_of(desk)
    return Appointment.of(office, _own(desk, office, number, telephone, datetime.now(UTC)))


def _own(desk: Desk, office: Office, number: str, telephone: str, now: datetime) -> AppointmentRow:
    """In a transaction of its own, so that a failure is counted although the request is refused."""
    with desk.database.transaction() as session:
        row = lookup.find(session, office, number, telephone, now)
    if row is None:
        raise Refused("appointment.not_found", 404, "not-found")
    return row
