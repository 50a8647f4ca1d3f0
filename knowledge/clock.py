"""Times of day in a text: "下午三点左右", "9点半到11点", "一早", "两个小时后" (S12); and how times are told. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from knowledge.calendar import CHINA

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "零": 0, "〇": 0}
_N = "[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_PART = "凌晨|一大?早|清早|清晨|早上|早晨|大早上?|上午|中午|午后|下午|傍晚|晚上|晚间|(?<=[今明后])[早晚](?!上)"
_CLOCK = re.compile(
    rf"(?P<part>{_PART})?的?\s*(?<![0-9第])(?!(?<=[早晚快慢有多少大小差])一点(?!钟))"
    rf"(?:(?P<hour>{_N})(?:点钟?|时)(?P<minute>半|[一三]刻|(?:[0-9]{{2}}|零?[一二三四五六七八九十]{{1,3}})分?)?"
    r"|(?P<h>[0-9]{1,2}):(?P<m>[0-5][0-9]))(?![0-9个间候])(?P<rough>左右|前后|的样子|多)?"
)
_PARTS = re.compile(_PART)
_TO = re.compile(r"\s*(?:到|至|-|~|—)+\s*")
_AFTER = re.compile(r"[以之]?后")
_BEFORE = re.compile(r"[以之]?前")
_AROUND = re.compile(r"大概|大约|差不多|约莫")
_HOURS_LATER = re.compile(rf"(?P<half>半)?(?P<hours>{_N})?个?(?P<more>半)?(?:小时|钟头)[以之]?后")
WINDOWS = {
    "凌晨": (time(0), time(6)), "早": (time(0), time(10)), "上午": (time(0), time(12)), "中午": (time(11), time(14)),
    "下午": (time(12), time(18)), "傍晚": (time(17), time(20)), "晚": (time(18), None),
}  # fmt: skip
LAST_AFTERNOON_HOUR = 6
"""An hour up to this one said without part of the day is in the afternoon: halls do not open at three at night."""
WEEKDAYS = "一二三四五六日"
"""From Monday on."""


@dataclass(frozen=True)
class DayTimes:
    """As in `TimeWish`; `day` only when the text counts hours from now."""

    begins: time | None = None
    ends: time | None = None
    clock: time | None = None
    about: bool = False
    day: date | None = None

    @property
    def end(self) -> time | None:
        """By when all of it is over."""
        return self.clock or self.ends


def times_of_day(text: str, now: datetime) -> DayTimes | None:
    """What the text (after NFKC) says of the time of day; None when nothing. `now` is the time in China."""
    if later := _later(text, now):
        return later
    clocks = [(match, at) for match, at in _clocks(text) if at is not None]
    if not clocks:
        part = _PARTS.search(text)
        return DayTimes(*_window(part[0])) if part else None
    match, at = clocks[0]
    if len(clocks) > 1 and _TO.fullmatch(text[match.end() : clocks[1][0].start()]) and clocks[1][1] > at:
        return DayTimes(at, clocks[1][1])
    rest = text[match.end() :]
    if _AFTER.match(rest):
        return DayTimes(begins=at)
    if _BEFORE.match(rest):
        return DayTimes(ends=at)
    return DayTimes(clock=at, about=bool(match["rough"] or _AROUND.search(text)))


def _clocks(text: str) -> list[tuple[re.Match[str], time]]:
    found: list[tuple[re.Match[str], time]] = []
    part: str | None = None
    for match in _CLOCK.finditer(text):
        if match["part"]:
            part = match["part"]
        elif not found:
            before = _PARTS.search(text[: match.start()])
            part = before[0] if before else None
        at = _time(match, part)
        if at is not None:
            found.append((match, at))
    return found


def _time(match: re.Match[str], part: str | None) -> time | None:
    hour = small_number(match["hour"] or match["h"])
    minute = _minute(match["minute"] or match["m"] or "")
    name = _name(part) if part else None
    afternoon = name in {"下午", "傍晚", "晚"} or (name == "中午" and hour < 10)
    written = match["h"] is not None and len(match["h"]) == 2
    if hour < 12 and (afternoon or (name is None and not written and 1 <= hour <= LAST_AFTERNOON_HOUR)):
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _minute(told: str) -> int:
    quarters = {"": 0, "半": 30, "一刻": 15, "三刻": 45}
    return quarters[told] if told in quarters else small_number(told.removesuffix("分"))


def _later(text: str, now: datetime) -> DayTimes | None:
    match = _HOURS_LATER.search(text)
    if match is None or not (match["half"] or match["hours"]):
        return None
    hours = (small_number(match["hours"]) if match["hours"] else 0) + (0.5 if match["half"] or match["more"] else 0)
    moment = now + timedelta(hours=hours)
    return DayTimes(clock=moment.time().replace(second=0, microsecond=0), about=True, day=moment.date())


def _window(part: str) -> tuple[time, time | None]:
    return WINDOWS[_name(part)]


def _name(part: str) -> str:
    """The window by which a word for a part of the day goes."""
    if part in WINDOWS:
        return part
    if part == "午后":
        return "下午"
    return "晚" if "晚" in part else "早"


def small_number(digits: str) -> int:
    """Chinese or plain digits up to 99: "二十八" is 28, "零五" 5; 0 for what is no number."""
    if digits.isdigit() and digits.isascii():
        return int(digits)
    tens, ten, ones = digits.removeprefix("零").partition("十")
    if not ten:
        return _DIGITS.get(tens, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def spoken(moment: datetime) -> str:
    """An aware moment as citizens and clerks read it, in China's time: "11月23日17:00"."""
    at = moment.astimezone(CHINA)
    return f"{at.month}月{at.day}日{at:%H:%M}"


def spoken_day(day: date) -> str:
    """A day as citizens read it: "11月24日（周二）"."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"
