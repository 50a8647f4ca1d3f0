"""The hall's calendar over HTTP: for everybody to read; for administrators and supervisors to set days (S11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from bot.audit.service import record
from bot.errors import Refused
from bot.hall_days import service
from bot.hall_days.model import HallDayRow
from bot.parameters import Anybody, FirstDay, InCharge, LastDay, ThisDesk
from knowledge.calendar import HallCalendar, holidays_known
from knowledge.model import Strict

PUBLIC_DAYS, STAFF_DAYS, MOST_SESSIONS = 62, 366, 6
"""The longest stretches that one request reads, in days; the most sessions of one day."""

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class OpeningTimes(Strict):
    """One session, local time in hours and minutes."""

    opens: Clock
    closes: Clock


class NewHallDay(Strict):
    """No sessions: closed. The reason is read by citizens."""

    sessions: Annotated[list[OpeningTimes], Field(max_length=MOST_SESSIONS)]
    reason: Annotated[str, StringConstraints(max_length=200)]

    @property
    def times(self) -> list[tuple[time, time]]:
        return [(time.fromisoformat(s.opens), time.fromisoformat(s.closes)) for s in self.sessions]


class HallDay(BaseModel):
    """A day as everybody may know it; `reason` only where staff set the day."""

    day: date
    working: bool
    sessions: list[OpeningTimes]
    reason: str | None


class HallDays(BaseModel):
    """`holidays_known`: false when the stretch reaches into a year whose public holidays are not announced; days of
    such a year may still change."""

    holidays_known: bool
    days: list[HallDay]


class SetHallDay(BaseModel):
    """A day that staff set; `set_by` is the id of who did."""

    day: date
    sessions: list[OpeningTimes]
    reason: str
    set_by: str
    set_at: datetime

    @classmethod
    def of(cls, row: HallDayRow) -> Self:
        sessions = [OpeningTimes(opens=opens, closes=closes) for opens, closes in row.sessions]
        return cls(day=row.day, sessions=sessions, reason=row.reason, set_by=row.set_by, set_at=row.set_at)


class SetHallDays(BaseModel):
    days: list[SetHallDay]


def routes() -> APIRouter:
    """All routes of the calendar."""
    router = APIRouter(prefix="/api/v1")
    router.add_api_route("/hall-days", read_calendar, methods=["GET"])
    router.add_api_route("/staff/hall-days", read_days_set, methods=["GET"])
    router.add_api_route("/staff/hall-days/{day}", set_day, methods=["PUT"])
    router.add_api_route("/staff/hall-days/{day}", clear_day, methods=["DELETE"], status_code=204)
    return router


def read_calendar(desk: ThisDesk, first: FirstDay, last: LastDay) -> HallDays:
    """Every day of the stretch, working or not."""
    days = _days(first, last, PUBLIC_DAYS)
    calendar = desk.library.current.calendar
    return HallDays(
        holidays_known=all(holidays_known(day) for day in (days[0], days[-1])),
        days=[_told(calendar, day) for day in days],
    )


def read_days_set(desk: ThisDesk, _staff: Anybody, first: FirstDay, last: LastDay) -> SetHallDays:
    """The days that staff set, and who did."""
    _days(first, last, STAFF_DAYS)
    with desk.database.transaction() as session:
        return SetHallDays(days=[SetHallDay.of(row) for row in service.days_set(session, first, last)])


def set_day(desk: ThisDesk, staff: InCharge, day: date, new: NewHallDay) -> SetHallDay:
    """Sets one day, today or later; the same again changes nothing but who set it."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = service.set_day(session, day, new.times, new.reason, staff.id, now)
        record(session, staff, "hall_day.set", f"hall_day:{day}", now, sessions=row.sessions, reason=row.reason)
        return SetHallDay.of(row)


def clear_day(desk: ThisDesk, staff: InCharge, day: date) -> None:
    """The day is as its weekday and the public holidays say again."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        service.clear_day(session, day, now)
        record(session, staff, "hall_day.clear", f"hall_day:{day}", now)


def _days(first: date, last: date, most: int) -> list[date]:
    """Every day of the stretch; Refused when it is empty or longer than `most` days."""
    count = (last - first).days + 1
    if count < 1:
        raise Refused("hall_days.bad_range", 422, "invalid")
    if count > most:
        raise Refused("hall_days.long_range", 422, "invalid", most=most)
    return [first + timedelta(days=number) for number in range(count)]


def _told(calendar: HallCalendar, day: date) -> HallDay:
    sessions = [
        OpeningTimes(opens=f"{session.opens:%H:%M}", closes=f"{session.closes:%H:%M}")
        for session in calendar.sessions_on(day)
    ]
    exception = calendar.exception_on(day)
    return HallDay(day=day, working=bool(sessions), sessions=sessions, reason=exception.reason if exception else None)
