"""Slots: made from the hall's calendar when they are looked at; a row exists once a place was taken or staff changed it
(S12). Places are counted by conditional UPDATEs, so the database decides who gets the last one.

Locks are always taken on slots first, in the order of their ids, then on appointments: nobody waits in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from bot.appointments.model import SlotRow
from bot.appointments.office import Office
from bot.appointments.rules import Group
from bot.senders.insert import insert_missing
from knowledge.calendar import CHINA

ALTERNATIVES = 4
_ID = re.compile(r"(?P<group>[a-z-]{1,20})\.(?P<start>\d{8}T\d{4})")


@dataclass(frozen=True)
class Slot:
    """A slot of a window group. `starts_at` and `ends_at` are in China's time."""

    id: str
    group: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int = 0
    closed: bool = False

    @property
    def free(self) -> int:
        return 0 if self.closed else self.capacity - self.taken


def slot_id(group: str, start: datetime) -> str:
    """The id of the group's slot that starts then."""
    return f"{group}.{start.astimezone(CHINA):%Y%m%dT%H%M}"


def timetable(office: Office, group: Group, day: date) -> list[Slot]:
    """The group's slots of a day by the calendar, whoever has taken them; a rest that is too short makes none."""
    found = []
    for opening in office.calendar.sessions_on(day):
        start = datetime.combine(day, opening.opens, CHINA)
        closes = datetime.combine(day, opening.closes, CHINA)
        while start + office.rules.slot <= closes:
            ends = start + office.rules.slot
            found.append(Slot(slot_id(group.id, start), group.id, start, ends, group.capacity))
            start = ends
    return found


def slots(session: Session, office: Office, group: Group, first: date, last: date) -> list[Slot]:
    """The slots of these days with what is taken of them, by time."""
    begins = datetime.combine(first, datetime.min.time(), CHINA)
    rows = select(SlotRow).where(
        SlotRow.window_group == group.id,
        SlotRow.starts_at >= begins,
        SlotRow.starts_at < begins + timedelta(days=(last - first).days + 1),
    )
    known = {row.id: row for row in session.scalars(rows.execution_options(populate_existing=True))}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [_as_taken(slot, known.get(slot.id)) for day in days for slot in timetable(office, group, day)]


def _as_taken(slot: Slot, row: SlotRow | None) -> Slot:
    if row is None:
        return slot
    return replace(slot, capacity=row.capacity, taken=row.taken, closed=row.closed_reason is not None)


def bookable_days(office: Office, now: datetime) -> tuple[date, date]:
    """The first and the last day that can be booked."""
    today = now.astimezone(CHINA).date()
    return today, today + timedelta(days=office.rules.days_ahead)


def free_slots(
    session: Session, office: Office, group: Group, now: datetime, first: date | None = None, last: date | None = None
) -> list[Slot]:
    """Slots still ahead with a free place, by time, on the bookable ones of these days."""
    earliest, latest = bookable_days(office, now)
    begins, ends = max(first or earliest, earliest), min(last or latest, latest)
    if begins > ends:
        return []
    return [s for s in slots(session, office, group, begins, ends) if s.free > 0 and s.starts_at > now]


def alternatives(session: Session, office: Office, group: Group, wanted: datetime, now: datetime) -> list[Slot]:
    """Up to four free slots nearest to the wanted time, by time."""
    free = free_slots(session, office, group, now)
    nearest = sorted(free, key=lambda slot: (abs(slot.starts_at - wanted), slot.starts_at))
    return sorted(nearest[:ALTERNATIVES], key=lambda slot: slot.starts_at)


def find_slot(office: Office, id_: str, now: datetime) -> Slot | None:
    """The slot of that id as the calendar has it, if it is still ahead and on a day that can be booked."""
    match = _ID.fullmatch(id_)
    group = office.rules.group(match["group"]) if match else None
    if match is None or group is None:
        return None
    try:
        start = datetime.strptime(match["start"], "%Y%m%dT%H%M").replace(tzinfo=CHINA)
    except ValueError:
        return None
    first, last = bookable_days(office, now)
    if not (first <= start.date() <= last and start > now):
        return None
    return next((slot for slot in timetable(office, group, start.date()) if slot.id == id_), None)


def lock(session: Session, ids: Iterable[str]) -> None:
    """Makes everybody else who wants these slots wait until the transaction ends. SQLite has one writer at a time, and
    a transaction that writes begins here with its write."""
    wanted = sorted(set(ids))
    if session.get_bind().dialect.name == "sqlite":
        _changed(session, update(SlotRow).where(SlotRow.id.in_(wanted)).values(taken=SlotRow.taken))
    else:
        rows = select(SlotRow.id).where(SlotRow.id.in_(wanted)).order_by(SlotRow.id).with_for_update()
        session.execute(rows).all()


def take_place(session: Session, slot: Slot) -> bool:
    """Whether there was a free place; it is taken now. A look without a lock turns away from a full slot at once."""
    row = session.execute(
        select(SlotRow.taken, SlotRow.capacity, SlotRow.closed_reason).where(SlotRow.id == slot.id)
    ).one_or_none()
    if row is None:
        keep(session, slot)
    elif row.taken >= row.capacity or row.closed_reason is not None:
        return False
    seize = (
        update(SlotRow)
        .where(SlotRow.id == slot.id, SlotRow.taken < SlotRow.capacity, SlotRow.closed_reason.is_(None))
        .values(taken=SlotRow.taken + 1)
    )
    return _changed(session, seize)


def keep(session: Session, slot: Slot) -> bool:
    """Makes the slot's row if there is none; whether it was new. Another transaction may make it at the same time, so
    what follows has to look again."""
    columns = ("id", "starts_at", "ends_at", "capacity")
    row = {**{name: getattr(slot, name) for name in columns}, "window_group": slot.group, "taken": 0}
    return insert_missing(session, SlotRow, row)


def give_back(session: Session, id_: str) -> None:
    """Frees one place."""
    _changed(session, update(SlotRow).where(SlotRow.id == id_, SlotRow.taken > 0).values(taken=SlotRow.taken - 1))


def _changed(session: Session, statement: Update) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount > 0
