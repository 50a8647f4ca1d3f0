"""What the staff routes of requests and ratings take and give alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.errors import Refused
from bot.parameters import AccountId, Department, Limit, PageNumber, Words
from bot.privacy.masks import mask_name, mask_telephone
from bot.requests.request import RequestRow, Row, seen_by
from bot.staff.model import Staff
from knowledge.calendar import CHINA
from knowledge.model import Strict

MOST_DAYS = 3660


class Assignment(Strict):
    """To whom it is handed; `assigned_to` is the id of an account of that department, or of a supervisor."""

    department: Department
    assigned_to: AccountId | None = None


class Reason(Strict):
    reason: Words


class RevealReason(StrEnum):
    """Why a contact is looked at; a closed set, so that nothing personal gets into the audit log."""

    CALL_BACK = "call_back"
    ASK_DETAILS = "ask_details"
    VISIT = "visit"
    CHECK = "check"


class Reveal(Strict):
    reason: RevealReason


@dataclass(frozen=True)
class Filter:
    """Which requests a list gives (None: of all departments), and which page of them."""

    department: Department | None = None
    overdue: bool = False
    page: PageNumber = 1
    limit: Limit = 50


Chosen = Annotated[Filter, Depends()]


@dataclass(frozen=True)
class Summary:
    """One request in a list: contact masked, no texts."""

    id: str
    number: str
    state: str
    channel: str
    item: str | None
    department: str | None
    assigned_to: str | None
    name: str
    telephone: str
    created_at: datetime
    due_at: datetime
    overdue: bool
    ended_at: datetime | None


@dataclass(frozen=True)
class Contact:
    name: str
    telephone: str
    address: str = ""


@dataclass(frozen=True)
class Counts:
    """One line of the statistics (S28). `missed`: staff did not move in time."""

    department: str | None
    state: str
    count: int
    missed: int


def summary(vault: Vault, row: RequestRow, waiting: Collection[str], now: datetime) -> Summary:
    """`waiting`: the states in which staff have not moved yet."""
    return Summary(
        id=row.id,
        number=row.number,
        state=row.state,
        channel=row.channel,
        item=row.item,
        department=row.department,
        assigned_to=row.assigned_to,
        name=mask_name(vault.open_or_empty(row.name)),
        telephone=mask_telephone(vault.open_or_empty(row.telephone)),
        created_at=row.created_at,
        due_at=row.due_at,
        overdue=row.state in waiting and row.due_at < now,
        ended_at=row.ended_at,
    )


def contact(vault: Vault, row: RequestRow) -> Contact:
    """Name and telephone in plain text; Refused when they are not kept any more."""
    if row.name is None or row.telephone is None:
        raise Refused("assistance.no_contact", 410, "gone")
    return Contact(vault.open(row.name), vault.open(row.telephone))


def one_page(
    session: Session, table: type[Row], staff: Staff, state: str | None, chosen: Filter, waiting: Collection[str],
    now: datetime,
) -> tuple[list[Row], int]:  # fmt: skip
    """One page (from 1), the soonest due first, of what this member of staff may see, and how many there are. `state`
    None: in any state."""
    where = seen_by(staff, table.department.expression)
    if state:
        where.append(table.state == state)
    if chosen.department:
        where.append(table.department == chosen.department)
    if chosen.overdue:
        where += [table.state.in_(waiting), table.due_at < now]
    total = session.scalar(select(func.count()).select_from(table).where(*where)) or 0
    statement = select(table).where(*where).order_by(table.due_at, table.id)
    return list(session.scalars(statement.limit(chosen.limit).offset((chosen.page - 1) * chosen.limit))), total


def counts(
    session: Session, table: type[Row], staff: Staff, span: tuple[datetime, datetime], waiting: Collection[str],
    now: datetime,
) -> list[Counts]:  # fmt: skip
    """How many requests of that time are in which state, by department."""
    late = or_(table.overdue_at.is_not(None), and_(table.state.in_(waiting), table.due_at < now))
    statement = (
        select(table.department, table.state, func.count(), func.count().filter(late))
        .where(table.created_at >= span[0], table.created_at < span[1], *seen_by(staff, table.department.expression))
        .group_by(table.department, table.state)
        .order_by(table.department, table.state)
    )
    return [Counts(*row) for row in session.execute(statement)]


def span_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Begin and end (not included) of days in China; Refused when they are the wrong way round or too many."""
    if not 0 <= (last - first).days <= MOST_DAYS or last == date.max:
        raise Refused("assistance.bad_span", 422, "bad-span")
    begins, ends = (datetime.combine(day, time.min, CHINA) for day in (first, last + timedelta(days=1)))
    return begins, ends


class RequestPage(BaseModel):
    requests: list[Any]
    page: int
    total: int


class Statistics(BaseModel):
    counts: list[Counts]
