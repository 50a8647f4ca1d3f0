"""What the staff routes of requests and ratings take and give alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.desk import Desk, desk_of
from bot.errors import Refused
from bot.privacy.masks import mask_name, mask_telephone
from bot.requests.request import RequestRow, Row, opened, seen_by
from bot.staff.access import allow
from bot.staff.model import Role, Staff
from knowledge.calendar import CHINA

ThisDesk = Annotated[Desk, Depends(desk_of)]
Reader = Annotated[Staff, Depends(allow(Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR))]
Worker = Annotated[Staff, Depends(allow(Role.CLERK, Role.SUPERVISOR))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Department = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
FirstDay = Annotated[date, Query(alias="from")]
LastDay = Annotated[date, Query(alias="to")]
MOST_DAYS = 3660
# No control characters but line breaks: PostgreSQL keeps no NUL.
PRINTABLE = r"^[^\x00-\x08\x0b-\x1f\x7f]+$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000, pattern=PRINTABLE)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assignment(Body):
    """To whom it is handed; `assigned_to` is the id of an account of that department, or of a supervisor."""

    department: Department
    assigned_to: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


class Reason(Body):
    reason: Words


class RevealReason(StrEnum):
    """Why a contact is looked at; a closed set, so that nothing personal gets into the audit log."""

    CALL_BACK = "call_back"
    ASK_DETAILS = "ask_details"
    VISIT = "visit"
    CHECK = "check"


class Reveal(Body):
    reason: RevealReason


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
        name=mask_name(opened(vault, row.name)),
        telephone=mask_telephone(opened(vault, row.telephone)),
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
    session: Session, table: type[Row], staff: Staff, conditions: list[ColumnElement[bool]], page: int, limit: int
) -> tuple[list[Row], int]:
    """One page (from 1), the soonest due first, of what this member of staff may see, and how many there are."""
    all_of = [*conditions, *seen_by(staff, table.department.expression)]
    total = session.scalar(select(func.count()).select_from(table).where(*all_of)) or 0
    statement = select(table).where(*all_of).order_by(table.due_at, table.id)
    return list(session.scalars(statement.limit(limit).offset((page - 1) * limit))), total


def wanted(
    table: type[Row], state: str | None, department: str | None, late: bool, waiting: Collection[str], now: datetime
) -> list[ColumnElement[bool]]:
    """The filters of a list; None means all."""
    chosen = [
        table.state == state if state else None,
        table.department == department if department else None,
        and_(table.state.in_(waiting), table.due_at < now) if late else None,
    ]
    return [condition for condition in chosen if condition is not None]


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
