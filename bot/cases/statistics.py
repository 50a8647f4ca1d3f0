"""Counts of cases and of deadlines kept and missed (S28)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from bot.cases.model import CaseRow
from knowledge.calendar import CHINA


@dataclass(frozen=True)
class CaseCount:
    """The cases of one kind, department, window and state that came in during a period. `kept` and `missed` are
    deadlines: a case whose deadline still runs is neither, one that missed any is missed for good."""

    kind: str
    department: str | None
    window: str | None
    state: str
    total: int
    kept: int
    missed: int
    escalated: int
    extended: int
    reopened: int


_COLUMNS = tuple(field.name for field in fields(CaseCount))


def counts(session: Session, first: date, last: date, now: datetime) -> list[CaseCount]:
    """Of the cases that came in from `first` to `last`, both included, days of China."""
    begin = datetime.combine(first, time(), CHINA)
    end = datetime.combine(last + timedelta(days=1), time(), CHINA)
    late = CaseRow.missed.is_(True) | (CaseRow.settled_at.is_(None) & (CaseRow.due_at < now))
    by = (CaseRow.kind, CaseRow.department, CaseRow.window, CaseRow.state)
    statement = (
        select(
            *by,
            func.count(),
            _many(CaseRow.settled_at.is_not(None) & CaseRow.missed.is_(False)),
            _many(late),
            _many(CaseRow.escalated_at.is_not(None)),
            _many(CaseRow.extended_at.is_not(None)),
            _many(CaseRow.round > 1),
        )
        .where(CaseRow.created_at >= begin, CaseRow.created_at < end)
        .group_by(*by)
        .order_by(*by)
    )
    rows = session.execute(statement).all()
    return [CaseCount(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
