"""What every request of a citizen to the hall has (S14, S17): columns, receipt, who sees it, one step at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, CursorResult, ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.database import Base, UtcDateTime
from bot.db.vault import Vault
from bot.deeds.numbers import receipt_number
from bot.desk import Desk
from bot.errors import Refused
from bot.outbox.alarms import SUPERVISORS, raise_alarm
from bot.outbox.service import Outgoing, enqueue
from bot.senders.insert import insert_missing
from bot.staff.access import may_see_department
from bot.staff.model import Role, Staff, StaffRow
from bot.wording.wording import Wording
from connectors.contract import Channel
from knowledge.calendar import HallCalendar

PERSONAL = {"personal": True}
TELEPHONE = "telephone"
"""The kind of lookup by which a telephone is found again."""


class RequestRow(Base):
    """Texts, name and telephone are encrypted; personal columns can be emptied when their time is over (bot/privacy).
    `department` None: nobody's yet, supervisors see to it. `due_at`: staff must have moved by then; `overdue_at`: when
    they were alarmed that they had not."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    item: Mapped[str | None] = mapped_column(String(48))
    matter: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    department: Mapped[str | None] = mapped_column(String(8))
    assigned_to: Mapped[str | None] = mapped_column(String(32), ForeignKey("staff.id"))
    name: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone_lookup: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Row = TypeVar("Row", bound=RequestRow)


class RequestRules(Protocol):
    """What the rules of every kind of request say: on which channels the citizen is told by telephone too."""

    @property
    def by_telephone(self) -> Collection[Channel]: ...


class Reachable(Protocol):
    """A row that says how its citizen is told something; `telephone` is encrypted."""

    @property
    def channel(self) -> str: ...
    @property
    def sender_key(self) -> str | None: ...
    @property
    def telephone(self) -> str | None: ...


@dataclass(frozen=True)
class Told:
    """What every request begins with. `telephone` is in international form; `item` is a code of the guides, `matter`
    what the citizen calls it."""

    deed_id: str
    channel: str
    sender_key: str | None
    name: str
    telephone: str
    matter: str = ""
    item: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Office:
    """What the services work with, inside one transaction."""

    session: Session
    vault: Vault
    wording: Wording
    calendar: HallCalendar
    by_telephone: Collection[Channel]


@contextmanager
def office_of(desk: Desk, by_telephone: Collection[Channel]) -> Iterator[Office]:
    """One transaction of the edge."""
    with desk.database.transaction() as session:
        yield Office(session, desk.vault, desk.wording, desk.library.current.calendar, by_telephone)


def take_down(office: Office, table: type[Row], prefix: str, told: Told, more: Mapping[str, Any], now: datetime) -> Row:
    """The new row with its receipt number; the same deed twice gives the same row. `more`: the table's own columns."""
    seal = office.vault.seal
    while True:  # a second round only if the number was drawn before
        values = {
            "id": uuid.uuid4().hex,
            "number": receipt_number(prefix, now),
            "deed_id": told.deed_id,
            "channel": told.channel,
            "sender_key": told.sender_key,
            "item": told.item,
            "matter": seal(told.matter),
            "department": told.department,
            "name": seal(told.name),
            "telephone": seal(told.telephone),
            "telephone_lookup": office.vault.lookup(TELEPHONE, told.telephone),
            "created_at": now,
            **more,
        }
        insert_missing(office.session, table, values)
        row = office.session.scalar(select(table).where(table.deed_id == told.deed_id))
        if row is not None:
            return row


def change(session: Session, table: type[Row], id_: str, states: Collection[str], **values: Any) -> Row:
    """The row after the change. Raises Refused when it is in none of `states`."""
    changed = update_where(session, table, table.id == id_, table.state.in_(states), **values)
    row = session.get(table, id_, populate_existing=True)
    if row is None:
        raise Refused("assistance.not_found", 404, "not-found")
    if not changed:
        raise Refused("assistance.wrong_state", 409, "wrong-state")
    return row


def update_where(session: Session, table: type[Base], *where: ColumnElement[bool], **values: Any) -> int:
    """How many rows were changed: the database decides who was first. Rows read before stay as they were."""
    statement = update(table).where(*where).values(**values).execution_options(synchronize_session=False)
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount


def visible(session: Session, table: type[Row], staff: Staff, id_: str) -> Row:
    """The row; Refused when there is none or it is another department's, which must look alike."""
    row = session.get(table, id_)
    if row is None or not may_see_department(staff, row.department):
        raise Refused("assistance.not_found", 404, "not-found")
    return row


def seen_by(staff: Staff, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Supervisors and administrators see all rows, others those of their department."""
    return [] if may_see_department(staff, None) else [column == (staff.department or "")]


def check_assignee(office: Office, department: str, assigned_to: str | None) -> None:
    """Raises Refused for a department that the hall has not, or an account that cannot work for it."""
    if department not in {d.id for d in office.calendar.hall.departments}:
        raise Refused("assistance.unknown_department", 422, "unknown-department")
    if assigned_to is None:
        return
    account = office.session.get(StaffRow, assigned_to)
    if (
        account is None
        or not account.active
        or (account.department != department and account.role != Role.SUPERVISOR.value)
    ):
        raise Refused("assistance.unknown_clerk", 422, "unknown-clerk")


def tell_citizen(office: Office, row: RequestRow, what: str, text: str, now: datetime) -> None:
    """`what` makes the message one of its kind: sent once, however often it is asked for."""
    send(office, row, f"{row.__tablename__}:{row.id}:{what}", row.__tablename__, text, now)


def send(office: Office, to: Reachable, key: str, kind: str, text: str, now: datetime) -> None:
    """To the citizen on his channel, and by telephone where nobody comes back to the channel; once for each key."""
    if to.sender_key:
        enqueue(office.session, office.vault, Outgoing(key, text, sender_key=to.sender_key, kind=kind), now)
    if to.telephone and (not to.sender_key or to.channel in office.by_telephone):
        number = office.vault.open(to.telephone)
        enqueue(office.session, office.vault, Outgoing(f"{key}:telephone", text, telephone=number, kind=kind), now)


def tell_staff(office: Office, row: RequestRow, what: str, text: str, now: datetime) -> None:
    """An alarm to the department in charge, else to the supervisors; once for each of them."""
    audience = row.department or SUPERVISORS
    key = f"{row.__tablename__}:{row.id}:{what}:{audience}"
    raise_alarm(office.session, office.vault, key, audience, f"{row.__tablename__}.{what}", text, now)


def alarm_overdue(
    office: Office, table: type[Row], waiting: Collection[str], text: Callable[[Row], str], now: datetime
) -> int:
    """Alarms department and supervisors, once, of requests that are still in a state of `waiting` when their time is
    over; gives how many. Each is given to one caller only. `text`: what they read."""
    late = office.session.scalars(
        select(table).where(table.state.in_(waiting), table.due_at < now, table.overdue_at.is_(None))
    ).all()
    alarmed = 0
    for row in late:
        where = (table.id == row.id, table.state.in_(waiting), table.overdue_at.is_(None))
        if update_where(office.session, table, *where, overdue_at=now):
            key = f"{row.__tablename__}:{row.id}:overdue:{row.due_at:%Y%m%d%H%M}"
            alarm_late(office, row.department, key, f"{row.__tablename__}.overdue", text(row), now)
            alarmed += 1
    return alarmed


def alarm_late(office: Office, department: str | None, key: str, kind: str, text: str, now: datetime) -> None:
    """To the department in charge and to the supervisors; once for each key."""
    for audience in dict.fromkeys((department or SUPERVISORS, SUPERVISORS)):
        raise_alarm(office.session, office.vault, f"{key}:{audience}", audience, kind, text, now)
