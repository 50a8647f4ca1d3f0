"""The day that a message speaks of ("明天", "这周六", "国庆节"), read by jionlp."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import date, datetime, timedelta

_PAST = re.compile(r"昨|前天|上周|上个?(?:周|星期|礼拜|月)|去年|今年|[这本]个?(?:周|星期|礼拜|月)|刚过")
"""Words by which a day that is over is meant as such."""
_WEEKDAY = re.compile(r"周|星期|礼拜")
_DAY_OF_MONTH = re.compile(r"[0-9一二三十]{1,3}[号日]")


def day_in(text: str, now: datetime) -> date | None:
    """The day that the text names, seen from `now` (aware, China); None when it names none. What is over is the next
    one of its kind: a weekday that of next week, a day of the month that of next month, a feast that of next year."""
    found = _parse(text, now)
    if found is None or found >= now.date() or _PAST.search(text):
        return found
    if _WEEKDAY.search(text):
        return found + timedelta(days=7)
    later = "下个月" if _DAY_OF_MONTH.search(text) and "月" not in text else "明年"
    return _parse(later + text, now) or found


def _parse(text: str, now: datetime) -> date | None:
    with contextlib.redirect_stdout(io.StringIO()):  # jionlp greets on import
        import jionlp
    # A timestamp would be read in the zone of the machine.
    base = {part: getattr(now, part) for part in ("year", "month", "day", "hour", "minute", "second")}
    try:
        for entity in jionlp.ner.extract_time(text, time_base=base, with_parsing=True):
            detail = entity["detail"]
            if detail["type"] in ("time_point", "time_span"):
                return datetime.strptime(detail["time"][0][:10], "%Y-%m-%d").date()  # noqa: DTZ007 only its day
    except (ValueError, KeyError, TypeError, IndexError):  # jionlp raises these for times that make no sense
        return None
    return None
