"""When a citizen would like to come ("下周二上午", "明天下午三点左右"): days, part of the day, time by the clock (S12).

Pure. Days by name are read here, because jionlp takes "周末" for the Sunday only and knows no "月底"; what is left
(feasts, "三天后") is read by `knowledge.days`."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from knowledge.calendar import CHINA
from knowledge.clock import WEEKDAYS, DayTimes, small_number, times_of_day
from knowledge.days import day_in

_N = "[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_SOONEST = re.compile(
    r"越[快早]越好|最[早快]的?|尽[快早]|马上|现在就|随便(?:什么时候|哪天|几点|都)|随便[。！!，,]?$"
    r"|都可以|都行|都好|什么时候都|第一个空"
)
_NEAR = {"今": 0, "明": 1, "后": 2, "大后": 3}
_NEAR_DAY = re.compile(r"(大后|今|明|后)(?:天|日|儿|早|晚|(?=后天|[上下]午))")
_WEEK = r"(?P<which>下下个?|下个?|[这本]个?|上个?)?(?:周|星期|礼拜)"
_WEEKDAY = re.compile(_WEEK + r"(?P<day>[一二三四五六日天1-6])(?![0-9]|个)")
_WEEKEND = re.compile(r"(?P<which>下下个?|下个?|[这本]个?|上个?)?(?:周末|双休日)")
_WHOLE_WEEK = re.compile(r"(?P<which>下下个?|下个?|[这本]个?|上个?)(?:周|星期|礼拜)(?![一二三四五六日天末1-6])")
_DATE = re.compile(
    r"(?<![0-9])(?:(?P<year>20[0-9]{2})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})(?![0-9:点时])"
)
_MONTH_DAY = re.compile(rf"(?P<month>{_N})月(?:份)?的?(?P<day>{_N})[号日]?(?![点时0-9])")
_DAY_OF_MONTH = re.compile(
    rf"(?:(?P<which>下个?月|[这本]个?月|上个?月)的?|(?<![0-9月]))(?P<day>{_N})[号日](?!窗|楼|线|台|柜|厅|院)"
)
_PART_OF_MONTH = re.compile(
    r"(?P<which>下个?月|[这本]个?月|月|(?P<number>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])月)(?P<part>初|中旬?|底|末|上旬|下旬)"
)
_FEW_DAYS = re.compile(r"[这近]([两几三])天|最近")
_ELSEWHERE = re.compile(r"(?:天|周|星期|礼拜|个?月)[以之]?后|节|元旦|除夕|正月|腊月")
_PAST = re.compile(r"昨[天日晚早]?|前[天日]|刚才")
_JOINS = re.compile(r"\s*(?:或者?|到|至|和|、|-|~|还是|,)?\s*(?:是|者)?\s*")
FEW_DAYS = 3


@dataclass(frozen=True)
class TimeWish:
    """`first` to `last` are the days, None when none is named. `clock` is a time by the clock, with `about` when it was
    said roughly; otherwise `begins` (included) to `ends` (not included) is the part of the day. `soonest`: any time,
    the sooner the better. All in China's time."""

    first: date | None = None
    last: date | None = None
    begins: time | None = None
    ends: time | None = None
    clock: time | None = None
    about: bool = False
    soonest: bool = False

    def over(self, now: datetime) -> bool:
        """Whether all that is wished for lies before `now` (aware)."""
        if self.last is None:
            return False
        here = now.astimezone(CHINA)
        if self.last != here.date():
            return self.last < here.date()
        ends = self.clock or self.ends
        return ends is not None and ends <= here.time()

    def fits(self, start: datetime) -> bool:
        """Whether something that begins then (aware) is on the wished days and in the wished part of the day; the clock
        is not looked at."""
        here = start.astimezone(CHINA)
        if self.first and self.last and not self.first <= here.date() <= self.last:
            return False
        return (self.begins is None or here.time() >= self.begins) and (self.ends is None or here.time() < self.ends)

    def moment(self, now: datetime) -> datetime:
        """The moment to which the nearest times are sought."""
        here = now.astimezone(CHINA)
        day = max(self.first or here.date(), here.date())
        at = self.clock or self.begins
        return max(here, datetime.combine(day, at or time.min, CHINA)) if at or day != here.date() else here


def time_wish(text: str, now: datetime) -> TimeWish | None:
    """What the text says of a time, seen from `now` (aware); None when it says nothing of one."""
    here = now.astimezone(CHINA)
    plain = unicodedata.normalize("NFKC", text)
    times = times_of_day(plain, here)
    if times and times.day:
        return TimeWish(first=times.day, last=times.day, clock=times.clock, about=True)
    days = _days(plain, here, times)
    soonest = _SOONEST.search(plain) is not None
    if days is None and times is None:
        return TimeWish(soonest=True) if soonest else None
    first, last = days or (None, None)
    told = times or DayTimes()
    return TimeWish(first, last, told.begins, told.ends, told.clock, told.about, soonest)


Span = tuple[int, int, date, date]
"""Where in the text something stands, and the first and the last day that it names."""


def _days(text: str, now: datetime, times: DayTimes | None) -> tuple[date, date] | None:
    found = _spans(text, now.date(), times.end if times and times.end else None, now)
    if not found:
        day = day_in(text, now) if _ELSEWHERE.search(text) else None
        return (day, day) if day else None
    joined = found[-1:]
    for span in reversed(found[:-1]):
        between = text[span[1] : joined[0][0]]
        if not _JOINS.fullmatch(between):
            break
        joined.insert(0, span)
    first, last = joined[0][2], joined[-1][3]
    if last < first and _WEEKDAY.fullmatch(text[slice(*joined[-1][:2])]):
        return first, last + _some(7)
    return min(s[2] for s in joined), max(s[3] for s in joined)


def _spans(text: str, today: date, ends: time | None, now: datetime) -> list[Span]:
    """Everything that names days, in the order of the text; what stands inside something longer does not count."""
    found: list[Span] = []
    for match in _PAST.finditer(text):
        day = today - timedelta(days=2 if "前" in match[0] else 1)
        found.append((*match.span(), day, day))
    for match in _NEAR_DAY.finditer(text):
        day = today + timedelta(days=_NEAR[match[1]])
        found.append((*match.span(), day, day))
    over_today = ends is not None and ends <= now.time()
    for match in _WEEKDAY.finditer(text):
        day = _weekday(match, today, over_today)
        found.append((*match.span(), day, day))
    for match in _WEEKEND.finditer(text):
        found.append((*match.span(), *_weekend(match["which"], today)))
    for match in _WHOLE_WEEK.finditer(text):
        monday = _monday(match["which"], today)
        found.append((*match.span(), max(monday, today) if monday + _some(6) >= today else monday, monday + _some(6)))
    found += [*_dates(text, today), *_parts_of_month(text, today)]
    for match in _FEW_DAYS.finditer(text):
        count = 2 if match[1] == "两" else FEW_DAYS
        found.append((*match.span(), today, today + _some(count - 1)))
    found.sort(key=lambda span: (span[0], -span[1]))
    outer: list[Span] = []
    for span in found:
        if not outer or span[0] >= outer[-1][1]:
            outer.append(span)
    return outer


def _some(count: int) -> timedelta:
    return timedelta(days=count)


def _monday(which: str | None, today: date) -> date:
    """Monday of the week that is meant; weeks begin on Monday, also when one speaks on a Sunday."""
    weeks = {"下下": 2, "下": 1, "上": -1}.get((which or "").removesuffix("个"), 0)
    return today - _some(today.weekday()) + _some(7 * weeks)


def _weekday(match: re.Match[str], today: date, over_today: bool) -> date:
    """Without more, "周三" is the next one: today itself as long as the wished time is ahead."""
    number = WEEKDAYS.find(match["day"].replace("天", "日"))
    number = number if number >= 0 else int(match["day"]) - 1
    day = _monday(match["which"], today) + _some(number)
    if match["which"] is None and (day < today or (day == today and over_today)):
        day += _some(7)
    return day


def _weekend(which: str | None, today: date) -> tuple[date, date]:
    """Saturday and Sunday, what is left of them this week; said on a Sunday without "这", it is the next."""
    monday = _monday(which, today)
    if which is None and today.weekday() == 6:
        monday += _some(7)
    saturday, sunday = monday + _some(5), monday + _some(6)
    return (max(saturday, today) if sunday >= today else saturday), sunday


def _dates(text: str, today: date) -> list[Span]:
    found: list[Span] = []
    for pattern in (_DATE, _MONTH_DAY):
        for match in pattern.finditer(text):
            year = match.groupdict().get("year")
            day = _date(int(year) if year else None, small_number(match["month"]), small_number(match["day"]), today)
            if day:
                found.append((*match.span(), day, day))
    for match in _DAY_OF_MONTH.finditer(text):
        day = _day_of_month(match["which"], small_number(match["day"]), today)
        if day:
            found.append((*match.span(), day, day))
    return found


def _date(year: int | None, month: int, day: int, today: date) -> date | None:
    """Without a year the next one to come; None when the calendar has no such day."""
    for candidate in (year,) if year else (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _day_of_month(which: str | None, number: int, today: date) -> date | None:
    """Without more, "28号" is the next one: of the next month that has it when this month's is over."""
    months = {"下": 1, "上": -1, None: 0}.get(which[0] if which else None, 0)
    for ahead in (months,) if which else (0, 1, 2):
        year, month = _month(today, ahead)
        if not 1 <= number <= calendar.monthrange(year, month)[1]:
            continue
        day = date(year, month, number)
        if which or day >= today:
            return day
    return None


def _month(today: date, ahead: int) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 + ahead
    return index // 12, index % 12 + 1


def _parts_of_month(text: str, today: date) -> list[Span]:
    """Beginning (to the 10th), middle (to the 20th), end (from the 25th); what is over is next month's."""
    found: list[Span] = []
    for match in _PART_OF_MONTH.finditer(text):
        year, month = _month(today, 1 if match["which"].startswith("下") else 0)
        if match["number"]:
            month = small_number(match["number"])
            year += month < today.month
        if not 1 <= month <= 12:
            continue
        first, last = _part(year, month, match["part"])
        if last < today and match["which"] == "月":
            first, last = _part(*_month(today, 1), match["part"])
        found.append((*match.span(), max(first, today) if last >= today else first, last))
    return found


def _part(year: int, month: int, part: str) -> tuple[date, date]:
    last = calendar.monthrange(year, month)[1]
    if part in {"初", "上旬"}:
        return date(year, month, 1), date(year, month, 10)
    if part.startswith("中"):
        return date(year, month, 11), date(year, month, 20)
    return date(year, month, 21 if part == "下旬" else 25), date(year, month, last)
