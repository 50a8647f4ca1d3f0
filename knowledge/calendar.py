"""Working days of the hall: its weekdays, national holidays and make-up days (chinesecalendar)."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from knowledge.model import Hall

CHINA = ZoneInfo("Asia/Shanghai")
log = logging.getLogger(__name__)


def is_working_day(hall: Hall, day: date) -> bool:
    """Whether the hall works on `day`. A year whose holidays are not yet known falls back to weekdays."""
    weekdays = {weekday for session in hall.hours for weekday in session.weekdays}
    try:
        if chinese_calendar.is_in_lieu(day) or chinese_calendar.is_holiday(day):
            return False
        return day.isoweekday() in weekdays or chinese_calendar.is_workday(day)
    except NotImplementedError:
        log.warning("holidays_unknown year=%s: counting weekdays only", day.year)
        return day.isoweekday() in weekdays


def end_of_working_day_after(hall: Hall, start: datetime, days: int) -> datetime:
    """The hall's closing time on the `days`-th working day after `start` (aware; the day itself not counted)."""
    day = start.astimezone(CHINA).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(hall, day)
    closes = max(session.closes for session in hall.hours)
    return datetime.combine(day, closes, CHINA)
