"""Sets days of the hall's calendar (S11): a sudden closure, an extra Saturday, a shorter day.

Each change takes the next publication revision, so every process's library reads it within a second. It waits there for
other publications and other changes, and that lock comes first in every function that writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.errors import Refused
from bot.hall_days.model import REASON_CHARACTERS, HallDayRow
from bot.publishing.repository import next_revision
from knowledge.calendar import CHINA, DayException
from knowledge.model import Session as Opening

Times = Sequence[tuple[time, time]]
"""Opening and closing times of one day, local; none when the hall is closed."""


def set_day(session: Session, day: date, sessions: Times, reason: str, staff_id: str, now: datetime) -> HallDayRow:
    """Sets today or a later day, over what was set before. `reason` is read by citizens. Raises Refused for a past
    day, for times that overlap or end before they begin, and for a reason that is empty or too long."""
    _check_not_past(day, now)
    ordered, said = _checked_times(sessions), _checked_reason(reason)
    next_revision(session)
    row = session.get(HallDayRow, day, populate_existing=True) or HallDayRow(day=day)
    row.sessions = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in ordered]
    row.reason, row.set_by, row.set_at = said, staff_id, now
    session.add(row)
    session.flush()
    return row


def clear_day(session: Session, day: date, now: datetime) -> None:
    """Gives today or a later day back to weekdays and public holidays; Refused for a past day and one that was not
    set."""
    _check_not_past(day, now)
    next_revision(session)
    gone = session.scalars(delete(HallDayRow).where(HallDayRow.day == day).returning(HallDayRow.day)).all()
    if not gone:
        raise Refused("hall_days.not_set", 404, "not-found")


def days_set(session: Session, first: date, last: date) -> list[HallDayRow]:
    """What is set between the two days, both included, by day."""
    statement = select(HallDayRow).where(HallDayRow.day.between(first, last)).order_by(HallDayRow.day)
    return list(session.scalars(statement))


def exceptions(session: Session) -> dict[date, DayException]:
    """Every day that is set, for `HallCalendar`; past ones too, because working time is counted back over them."""
    return {row.day: _exception(row) for row in session.scalars(select(HallDayRow))}


def _exception(row: HallDayRow) -> DayException:
    weekdays = (row.day.isoweekday(),)
    sessions = tuple(
        Opening(weekdays=weekdays, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for opens, closes in row.sessions
    )
    return DayException(row.day, sessions, row.reason)


def _check_not_past(day: date, now: datetime) -> None:
    if day < now.astimezone(CHINA).date():
        raise Refused("hall_days.past", 409, "past")


def _checked_times(times: Times) -> list[tuple[time, time]]:
    ordered = sorted(times)
    in_turn = all(opens < closes for opens, closes in ordered)
    if not in_turn or any(earlier[1] > later[0] for earlier, later in pairwise(ordered)):
        raise Refused("hall_days.bad_sessions", 422, "invalid")
    return ordered


def _checked_reason(reason: str) -> str:
    """In one line and without a full stop of its own, because it is told inside a sentence."""
    said = " ".join(reason.split()).rstrip("。.！!；; ")
    if not 0 < len(said) <= REASON_CHARACTERS:
        raise Refused("hall_days.bad_reason", 422, "invalid", most=REASON_CHARACTERS)
    return said
