"""Books, changes and cancels appointments for citizens (S12). Every function works in the caller's transaction and
leaves it to the database who gets a place: see `bot.appointments.slots`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.appointments.messages import remind
from bot.appointments.model import AppointmentRow, Contact, State, Wanted
from bot.appointments.office import Office
from bot.appointments.refusals import full
from bot.appointments.repository import COMING, end, expire, of_deed, secure, written
from bot.appointments.slots import Slot, alternatives, find_slot, give_back, lock, take_place
from bot.db.vault import Vault
from bot.deeds.numbers import receipt_number
from bot.errors import Refused
from bot.senders.insert import insert_missing

PREFIX = "YY"


def hold(session: Session, office: Office, wanted: Wanted, now: datetime) -> AppointmentRow:
    """Keeps a place while the citizen answers the rest; the same deed asking for another slot moves it. What the same
    sender held before for this item, in another deed, is let go. Refused: full (with alternatives), unknown slot."""
    if wanted.sender_key is None:
        raise ValueError("a hold needs a sender")
    slot = _slot(office, wanted, now)
    row = of_deed(session, wanted.deed_id)
    if row is not None and row.state not in {State.HELD, State.EXPIRED, State.CANCELLED}:
        return row
    _let_go_of_others(session, wanted, slot, now)
    until = now + office.rules.hold
    if row is None:
        new = _New(State.HELD, wanted.sender_key, held_until=until)
        return _insert(session, office, wanted, slot, new, now)
    secure(session, row, slot.id)
    if row.state != State.HELD or row.slot_id != slot.id:
        _seize(session, office, slot, now)
        if row.state == State.HELD:
            give_back(session, row.slot_id)
    row.state, row.slot_id, row.held_until, row.changed_at = State.HELD, slot.id, until, now
    row.item, row.window_group, row.department = wanted.item, slot.group, _department(office, wanted.item)
    return written(session, row)


def confirm(session: Session, office: Office, deed_id: str, contact: Contact, now: datetime) -> AppointmentRow:
    """Makes a held place a booking; the same deed twice gives the same one. A hold that ran out is taken again if its
    place is still free. Refused: full, the citizen has a live appointment for the item already, nothing was held."""
    row = of_deed(session, deed_id)
    if row is None:
        raise Refused("appointment.not_found", 404, "not-found")
    if row.state in COMING:
        return row
    slot = find_slot(office, row.slot_id, now)
    if slot is None:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    secure(session, row)
    if row.state in COMING:
        return row
    if row.state == State.EXPIRED:
        _seize(session, office, slot, now)
    elif row.state != State.HELD:
        raise Refused("appointment.not_found", 404, "not-found")
    for name, value in _contact(office.vault, contact).items():
        setattr(row, name, value)
    row.citizen_key = office.vault.lookup("telephone", contact.telephone)
    row.state, row.held_until, row.changed_at = State.BOOKED, None, now
    written(session, row)
    remind(session, office, row, slot.starts_at, now)
    return row


def book(session: Session, office: Office, wanted: Wanted, contact: Contact, now: datetime) -> AppointmentRow:
    """Hold and confirmation in one. The same deed twice gives the same booking; Refused as for both."""
    row = of_deed(session, wanted.deed_id)
    if row is not None:
        return _same(office, row, contact)
    slot = _slot(office, wanted, now)
    new = _New(State.BOOKED, office.vault.lookup("telephone", contact.telephone), contact)
    row = _same(office, _insert(session, office, wanted, slot, new, now), contact)
    remind(session, office, row, slot.starts_at, now)
    return row


def change(session: Session, office: Office, row_id: str, slot_id: str, now: datetime) -> AppointmentRow:
    """Takes the new place and gives the old one back, both or neither. Refused: full, too late, not booked."""
    row = _booked(session, row_id)
    slot = find_slot(office, slot_id, now)
    if slot is None or slot.group != row.window_group:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    if slot.id == row.slot_id:
        return row
    secure(session, row, slot.id)
    _check_changeable(office, row, now)
    _seize(session, office, slot, now)
    give_back(session, row.slot_id)
    row.slot_id, row.changed_at, row.revision = slot.id, now, row.revision + 1
    written(session, row)
    remind(session, office, row, slot.starts_at, now)
    return row


def cancel(session: Session, office: Office, row_id: str, now: datetime) -> AppointmentRow:
    """The citizen's own cancellation; a second time changes nothing. Refused: too late, not booked."""
    row = session.get(AppointmentRow, row_id)
    if row is not None and row.state == State.CANCELLED:
        return row
    row = _booked(session, row_id)
    secure(session, row)
    _check_changeable(office, row, now)
    return end(session, row, State.CANCELLED, now)


def release(session: Session, deed_id: str, now: datetime) -> None:
    """Lets go of what a deed holds, if it holds anything."""
    row = of_deed(session, deed_id)
    if row is None or row.state != State.HELD:
        return
    secure(session, row)
    if row.state == State.HELD:
        end(session, row, State.EXPIRED, now)


@dataclass(frozen=True)
class _New:
    state: State
    citizen_key: str
    contact: Contact | None = None
    held_until: datetime | None = None


def _insert(
    session: Session, office: Office, wanted: Wanted, slot: Slot, new: _New, now: datetime
) -> AppointmentRow:  # fmt: skip
    """A new appointment with a place. Of the same deed twice at once, the second gets the first's."""
    _seize(session, office, slot, now)
    row: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "number": receipt_number(PREFIX, now),
        "deed_id": wanted.deed_id,
        "window_group": slot.group,
        "slot_id": slot.id,
        "item": wanted.item,
        "department": _department(office, wanted.item),
        "state": new.state.value,
        "sender_key": wanted.sender_key,
        "channel": wanted.channel,
        "citizen_key": new.citizen_key,
        "held_until": new.held_until,
        "created_at": now,
        "changed_at": now,
        "revision": 0,
        **(_contact(office.vault, new.contact) if new.contact else {}),
    }
    is_new = insert_missing(session, AppointmentRow, row)
    made = of_deed(session, wanted.deed_id)
    if made is None:
        raise Refused("appointment.twice", 409, "twice")
    if not is_new:
        give_back(session, slot.id)
    return made


def _contact(vault: Vault, contact: Contact) -> dict[str, Any]:
    return {
        "name": vault.seal(contact.name),
        "telephone": vault.seal(contact.telephone),
        "telephone_lookup": vault.lookup("telephone", contact.telephone),
    }


def _same(office: Office, row: AppointmentRow, contact: Contact) -> AppointmentRow:
    """A key that somebody else used already tells nothing about him."""
    if row.telephone_lookup != office.vault.lookup("telephone", contact.telephone):
        raise Refused("appointment.key_used", 409, "key-used")
    return row


def _slot(office: Office, wanted: Wanted, now: datetime) -> Slot:
    group, slot = office.group_of(wanted.item), find_slot(office, wanted.slot_id, now)
    if slot is None or slot.group != group.id:
        raise Refused("appointment.unknown_slot", 422, "unknown-slot")
    return slot


def _seize(session: Session, office: Office, slot: Slot, now: datetime) -> None:
    """Takes a place; holds that ran out give way. Refused with the nearest free slots when there is none."""
    if take_place(session, slot) or (expire(session, now, slot.id) and take_place(session, slot)):
        return
    group = office.rules.group(slot.group)
    raise full(alternatives(session, office, group, slot.starts_at, now) if group else [])


def _let_go_of_others(session: Session, wanted: Wanted, slot: Slot, now: datetime) -> None:
    others = select(AppointmentRow).where(
        AppointmentRow.sender_key == wanted.sender_key,
        AppointmentRow.item == wanted.item,
        AppointmentRow.state == State.HELD,
        AppointmentRow.deed_id != wanted.deed_id,
    )
    rows = list(session.scalars(others))
    if not rows:
        return
    lock(session, {slot.id, *(row.slot_id for row in rows)})
    for row in session.scalars(others.execution_options(populate_existing=True)).all():
        end(session, row, State.EXPIRED, now)


def _booked(session: Session, row_id: str) -> AppointmentRow:
    row = session.get(AppointmentRow, row_id)
    if row is None or row.state != State.BOOKED:
        raise Refused("appointment.not_found", 404, "not-found")
    return row


def _check_changeable(office: Office, row: AppointmentRow, now: datetime) -> None:
    minutes = office.rules.change_until_minutes
    if row.state != State.BOOKED:
        raise Refused("appointment.meanwhile", 409, "meanwhile")
    if row.slot.starts_at - timedelta(minutes=minutes) < now:
        raise Refused("appointment.too_late", 409, "too-late", minutes=minutes, telephone=office.hall.telephone)


def _department(office: Office, item: str) -> str | None:
    guide = office.guides.get(item)
    return guide.department if guide else None
