"""Working days of the hall: its weekdays, national holidays and make-up days (chinesecalendar)."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar

from knowledge.model import Hall, Session

CHINA = ZoneInfo("Asia/Shanghai")
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the public holidays that do not follow the moon: 全国年节及纪念日放假办法 (as of 2025)."""
log = logging.getLogger(__name__)


def is_working_day(hall: Hall, day: date) -> bool:
    """Whether the hall works on `day`: on its weekdays but for public holidays, and on make-up working days. A year
    whose holidays are not yet announced falls back to weekdays and the holidays of fixed date."""
    weekdays = {weekday for session in hall.hours for weekday in session.weekdays}
    try:
        free, occasion = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        _warn_once(day.year)
        return day.isoweekday() in weekdays and (day.month, day.day) not in FIXED_HOLIDAYS
    # Without an occasion "free" only says that it is a weekend, and weekends are for the hall to set.
    return not free if occasion else day.isoweekday() in weekdays


@cache
def _warn_once(year: int) -> None:
    log.warning("holidays_unknown year=%s: counting weekdays and the feasts of fixed date only", year)


def holidays_known(day: date) -> bool:
    """Whether the holidays of that day's year have been announced (and this installation knows them)."""
    try:
        chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return True


def sessions_on(hall: Hall, day: date) -> list[Session]:
    """The opening sessions of that day, by time; none when the hall is closed. A make-up working day at the weekend
    has the hours of the first weekday."""
    if not is_working_day(hall, day):
        return []
    first = min(weekday for session in hall.hours for weekday in session.weekdays)
    of_day = [s for s in hall.hours if day.isoweekday() in s.weekdays]
    return sorted(of_day or [s for s in hall.hours if first in s.weekdays], key=lambda s: s.opens)


def next_working_day(hall: Hall, day: date) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(hall, day):
        day += timedelta(days=1)
    return day


def end_of_working_day_after(hall: Hall, start: datetime, days: int) -> datetime:
    """The hall's closing time on the `days`-th working day after `start` (aware; the day itself not counted)."""
    day = start.astimezone(CHINA).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(hall, day)
    closes = max(session.closes for session in hall.hours)
    return datetime.combine(day, closes, CHINA)
