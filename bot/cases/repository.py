"""Queries for cases: one with a lock, lists for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CursorResult, Select, func, or_, select, update
from sqlalchemy.orm import Session

from bot.cases.model import CaseRow
from bot.cases.privacy import may_handle
from bot.cases.rules import CaseKind
from bot.cases.states import RUNNING, CaseState
from bot.errors import Refused
from bot.staff.model import Role, Staff

_RUNNING = [state.value for state in RUNNING]


class Due(StrEnum):
    """How urgent."""

    OVERDUE = "overdue"
    NEARLY = "nearly"
    LATER = "later"


@dataclass(frozen=True)
class Wanted:
    """Which cases are listed; None means all. `department` is that of the case, `assignee` who handles it."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    due: Due | None = None
    department: str | None = None
    assignee: str | None = None


def locked(session: Session, staff: Staff, id_: str) -> CaseRow:
    """The case, locked until the transaction ends; it must be the transaction's first statement (SQLite waits for its
    turn then). Refused as if there were none when it is not for this member of staff."""
    lock = update(CaseRow).where(CaseRow.id == id_).values(round=CaseRow.round)
    session.execute(lock.execution_options(synchronize_session=False))
    return seen_by(session, staff, id_)


def locked_by_number(session: Session, number: str) -> None:
    """Locks the case of that number, if there is one; the transaction's first statement, as above."""
    lock = update(CaseRow).where(CaseRow.number == number).values(round=CaseRow.round)
    done = session.execute(lock.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)


def seen_by(session: Session, staff: Staff, id_: str) -> CaseRow:
    """The case; Refused as if there were none when it is not for this member of staff."""
    row = session.get(CaseRow, id_, populate_existing=True)
    if row is None or not may_handle(staff, row):
        raise Refused("case.unknown", 404, "not-found")
    return row


def listed(
    session: Session, staff: Staff, wanted: Wanted, now: datetime, limit: int, offset: int
) -> tuple[int, list[CaseRow]]:
    """How many there are, and a page of them, most urgent first."""
    statement = _matching(_for(select(CaseRow), staff), wanted, now)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    page = statement.order_by(CaseRow.due_at, CaseRow.id).limit(limit).offset(offset)
    return total, list(session.scalars(page))


def _for(statement: Select[tuple[CaseRow]], staff: Staff) -> Select[tuple[CaseRow]]:
    """As `may_handle` says of one."""
    if staff.window is not None:
        statement = statement.where(or_(CaseRow.window.is_(None), CaseRow.window != staff.window))
    if staff.role is Role.SUPERVISOR:
        return statement
    return statement.where(CaseRow.assignee_department == (staff.department or ""))


def _matching(statement: Select[tuple[CaseRow]], wanted: Wanted, now: datetime) -> Select[tuple[CaseRow]]:
    equal = {
        CaseRow.state: wanted.state,
        CaseRow.kind: wanted.kind,
        CaseRow.department: wanted.department,
        CaseRow.assignee_department: wanted.assignee,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == str(value))
    if wanted.due is None:
        return statement
    when = {
        Due.OVERDUE: CaseRow.due_at < now,
        Due.NEARLY: (CaseRow.due_at >= now) & (CaseRow.nearly_due_at <= now),
        Due.LATER: CaseRow.nearly_due_at > now,
    }
    return statement.where(CaseRow.state.in_(_RUNNING), when[wanted.due])
