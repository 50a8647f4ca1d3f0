"""What dialogues of requests and ratings read alike: the matter, the wished time, the place in the hall. Pure but for
the desk's knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.deeds import fields
from bot.deeds.form import Context, FieldError
from knowledge.calendar import CHINA
from knowledge.clock import spoken_day
from knowledge.model import Hall, Window, Zone
from knowledge.times import TimeWish, time_wish

MOST_MATTER = 100
_DIGITS = "一二三四五六七八九十"
_NUMBERED = re.compile(
    r"(?:(?P<zone>[A-Z])\s*区?的?\s*)?第?(?P<number>[0-9]{1,2}|[一二三四五六七八九十])号?(?:办事|服务)?"
    r"(?:窗口|窗|柜台|台)",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![A-Z0-9])([A-Z])-?([0-9]{2})(?![0-9A-Z])", re.IGNORECASE)


def matter(text: str, context: Context) -> dict[str, Any]:
    """What it is about, in the citizen's words, with the code of the item when the message names one."""
    words = fields.words(2, MOST_MATTER, "assistance.bad_item")(text, context)
    code = _code(context)
    return {"title": context.desk.library.current.guides[code].name if code else words, "code": code}


def matter_in(_text: str, context: Context) -> dict[str, Any] | None:
    """The item that a message names beside other things."""
    code = _code(context)
    return {"title": context.desk.library.current.guides[code].name, "code": code} if code else None


def department_of(context: Context, code: str | None) -> str | None:
    """The department of the hall in charge of an item."""
    guide = context.desk.library.current.guides.get(code) if code else None
    return guide.department if guide and guide.department in {d.id for d in context.desk.hall.departments} else None


def _code(context: Context) -> str | None:
    """The one item of this hall that the message names; of several none is taken without asking."""
    named = [code for code in context.items if code in context.desk.library.current.guides]
    return named[0] if len(named) == 1 else None


def time_reader(past: str, unclear: str) -> Callable[[str, Context], dict[str, Any]]:
    """Reads the answer to "when": the words, how they were understood, and the moment. `past` and `unclear` name what
    is said of a time that is over and of words without a time."""

    def read(text: str, context: Context) -> dict[str, Any]:
        wish = time_wish(text, context.now)
        if wish is None:
            raise FieldError(unclear)
        if _over(wish, context.now):
            raise FieldError(past)
        return _wished(wish, context.now)

    return read


def time_in(text: str, context: Context) -> dict[str, Any] | None:
    """A time to come that a message tells beside other things."""
    wish = time_wish(text, context.now)
    return None if wish is None or _over(wish, context.now) else _wished(wish, context.now)


def moment_of(told: dict[str, Any]) -> datetime | None:
    """The moment of a wish as a form keeps it; None for "as soon as possible"."""
    return datetime.fromisoformat(told["at"]) if told["at"] else None


def _wished(wish: TimeWish, now: datetime) -> dict[str, Any]:
    soonest = wish.first is None and wish.clock is None and wish.begins is None
    at = None if soonest else wish.moment(now)
    return {"text": "尽快" if soonest else described(wish, now), "at": at.isoformat() if at else None}


def _over(wish: TimeWish, now: datetime) -> bool:
    """Whether the time is over; one without a day is meant for today."""
    here = now.astimezone(CHINA)
    today = wish if wish.first else replace(wish, first=here.date(), last=here.date())
    return today.over(now)


def described(wish: TimeWish, now: datetime) -> str:
    """The time as it was understood: "11月24日（周二）18:00左右"."""
    first, last = wish.first or now.astimezone(CHINA).date(), wish.last or now.astimezone(CHINA).date()
    days = "至".join(spoken_day(day) for day in dict.fromkeys((first, last)))
    if wish.clock:
        return f"{days}{wish.clock:%H:%M}{'左右' if wish.about else ''}"
    begins, ends = (f"{t:%H:%M}" if t else "" for t in (wish.begins, wish.ends))
    if begins and ends:
        return f"{days}上午" if (begins, ends) == ("00:00", "12:00") else f"{days}{begins}至{ends}"
    return f"{days}{begins}以后" if begins else f"{days}{ends}以前" if ends else days


def place_in(text: str, hall: Hall) -> dict[str, Any] | None:
    """The window or department that a text names: "A03", "B区3号窗口", "身份证窗口", "社保". A number that several
    zones have keeps only its words."""
    told = fields.plain(text).upper()
    windows = [(zone, window) for zone in hall.zones for window in zone.windows]
    department = _department(told, hall)
    found = [w for _, w in windows if any(f"{z}{n}" == w.id for z, n in _ID.findall(told)) or w.name.upper() in told]
    numbered = _NUMBERED.search(told)
    if numbered and not found:
        found = list(_of_number(numbered, windows, department))
    if len(found) == 1:
        window = found[0]
        own = window.departments[0] if len(window.departments) == 1 else department
        return {"window": window.id, "department": own, "title": f"{window.id}{window.name}"}
    if numbered:
        return {"window": None, "department": department, "title": numbered[0]}
    if department:
        return {"window": None, "department": department, "title": hall.department(department).name}
    return None


def _of_number(numbered: re.Match[str], windows: list[tuple[Zone, Window]], department: str | None) -> Iterator[Window]:
    digits = numbered["number"]
    number = int(digits) if digits.isdigit() else _DIGITS.index(digits) + 1
    for zone, window in windows:
        of_zone = numbered["zone"] is None or zone.id == numbered["zone"]
        if int(window.id[1:]) == number and of_zone and (department is None or department in window.departments):
            yield window


def _department(told: str, hall: Hall) -> str | None:
    names = [(name.upper(), d.id) for d in hall.departments for name in (d.name, *d.short_names)]
    found = {id_ for name, id_ in names if len(name) >= 2 and name in told}
    return found.pop() if len(found) == 1 else None
