"""When the hall is open: weekdays, lunch, national holidays and make-up days (chinesecalendar), and the days that
staff set otherwise (S11 opening times, S12 and S16 deadlines in working days and working time)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

import chinese_calendar

from knowledge.model import Hall, Session

CHINA = ZoneInfo("Asia/Shanghai")
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the public holidays that do not follow the moon: 全国年节及纪念日放假办法 (as of 2025)."""
YEARS_KEPT = 16
"""How many year tables a calendar keeps; whoever asks for odd years must not fill the memory."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DayException:
    """A day that staff set: it goes before weekday, holiday and make-up day. No sessions means closed; `reason` is
    read by citizens."""

    day: date
    sessions: tuple[Session, ...]
    reason: str


NO_EXCEPTIONS: Mapping[date, DayException] = MappingProxyType({})


class HallCalendar:
    """Opening times of one hall; immutable. A session is open from `opens` on, until just before `closes`. All times
    that come in must be aware (else ValueError), and days are those of China; all that go out are in China's time."""

    def __init__(self, hall: Hall, exceptions: Mapping[date, DayException] = NO_EXCEPTIONS) -> None:
        """Raises ValueError if sessions of one weekday, or of one exception, overlap."""
        self.hall = hall
        self._weekly = {n: _by_time([s for s in hall.hours if n in s.weekdays]) for n in range(1, 8)}
        self._exceptions = {day: replace(e, sessions=_by_time(e.sessions)) for day, e in exceptions.items()}
        self._year = lru_cache(YEARS_KEPT)(self._read_year)

    def is_working_day(self, day: date) -> bool:
        """Whether the hall opens at all on `day`."""
        return bool(self.sessions_on(day))

    def sessions_on(self, day: date) -> list[Session]:
        """The opening sessions of that day, by time; none when the hall is closed. A make-up working day on a weekday
        without hours of its own has those of the hall's first weekday."""
        if exception := self._exceptions.get(day):
            return list(exception.sessions)
        return list(self._year(day.year)[day.toordinal() - date(day.year, 1, 1).toordinal()])

    def exception_on(self, day: date) -> DayException | None:
        """What staff set for that day, if anything."""
        return self._exceptions.get(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def end_of_working_day_after(self, start: datetime, days: int) -> datetime:
        """The closing time of the `days`-th working day after the day of `start`, which is not counted itself, at
        whatever time it was. The time is that of that very day's last session, which an exception may have moved.
        0 days: `end_of_day`. ValueError if `days` is negative."""
        if days < 0:
            raise ValueError("days must not be negative")
        if days == 0:
            return self.end_of_day(start)
        day = _in_china(start).date()
        for _ in range(days):
            day = self.next_working_day(day)
        return self._closing(day)

    def end_of_day(self, start: datetime) -> datetime:
        """The closing time of the same day, or of the next working day if the hall has closed by then (at the closing
        time it has) or does not open that day. Lunch does not count as closing."""
        at = _in_china(start)
        day = at.date()
        if self.is_working_day(day) and at < self._closing(day):
            return self._closing(day)
        return self._closing(self.next_working_day(day))

    def after_working_time(self, start: datetime, time: timedelta) -> datetime:
        """The moment when the hall has been open for `time` since `start`. Only opening time counts, lunch does not;
        from a start outside opening hours it counts from the next opening. A result that falls exactly on a closing
        time stays there. ValueError if `time` is negative."""
        if time < timedelta(0):
            raise ValueError("time must not be negative")
        openings = self._openings(_in_china(start))
        opens, closes = next(openings)
        while time > closes - opens:
            time -= closes - opens
            opens, closes = next(openings)
        return opens + time

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the hall is open between the two; negative when `end` is before `start`."""
        begins, ends = _in_china(start), _in_china(end)
        if ends < begins:
            return -self.working_time_between(end, start)
        total = timedelta(0)
        for opens, closes in self._openings(begins):
            if opens >= ends:
                break
            total += min(closes, ends) - opens
        return total

    def _openings(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Begin and end of every session from `start` on, the first one cut off at `start`; without end. A session
        that closes at `start` comes with no time left: so a result of no time at a closing time stays there."""
        day = start.date()
        while True:
            for session in self.sessions_on(day):
                closes = datetime.combine(day, session.closes, CHINA)
                if closes >= start:
                    yield max(start, datetime.combine(day, session.opens, CHINA)), closes
            day += timedelta(days=1)

    def _closing(self, day: date) -> datetime:
        return datetime.combine(day, self.sessions_on(day)[-1].closes, CHINA)

    def _read_year(self, year: int) -> tuple[tuple[Session, ...], ...]:
        """The sessions of every day of a year, as they are without exceptions."""
        first = date(year, 1, 1).toordinal()
        last = date(year, 12, 31).toordinal()
        return tuple(self._regular(date.fromordinal(ordinal)) for ordinal in range(first, last + 1))

    def _regular(self, day: date) -> tuple[Session, ...]:
        of_weekday = self._weekly[day.isoweekday()]
        works = _nationally_working(day)
        if works is None:
            return of_weekday
        first = next(sessions for sessions in self._weekly.values() if sessions)
        return (of_weekday or first) if works else ()


def holidays_known(day: date) -> bool:
    """Whether the holidays of that day's year have been announced (and this installation knows them)."""
    try:
        chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return True


def _nationally_working(day: date) -> bool | None:
    """False on public holidays, True on make-up working days, None when it is for the hall's weekdays to say. A year
    whose holidays are not yet announced has the holidays of fixed date only."""
    try:
        free, occasion = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        _warn_once(day.year)
        return False if (day.month, day.day) in FIXED_HOLIDAYS else None
    # Without an occasion "free" only says that it is a weekend, and weekends are for the hall to set.
    return not free if occasion else None


@cache
def _warn_once(year: int) -> None:
    log.warning("holidays_unknown year=%s: counting weekdays and the feasts of fixed date only", year)


def _by_time(sessions: Sequence[Session]) -> tuple[Session, ...]:
    ordered = tuple(sorted(sessions, key=lambda session: session.opens))
    if any(earlier.closes > later.opens for earlier, later in pairwise(ordered)):
        raise ValueError("opening sessions of one day overlap")
    return ordered


def _in_china(moment: datetime) -> datetime:
    """The same moment by China's clock, which has had no summer time since 1991: its times can be added up."""
    if moment.utcoffset() is None:
        raise ValueError("the time must be aware")
    return moment.astimezone(CHINA)
