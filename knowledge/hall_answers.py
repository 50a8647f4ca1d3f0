"""Answers about the hall itself (S11): fixed ones, and those read from hall file and calendar when they are asked;
what staff set for a day is told with its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

from knowledge.calendar import CHINA, HallCalendar, holidays_known
from knowledge.days import day_in
from knowledge.labels import Labels
from knowledge.model import Computed, Department, Facility, Session


def answer(facility: Facility, text: str, calendar: HallCalendar, labels: Labels, now: datetime) -> str:
    """What citizens read; `text` is the question, `now` is aware."""
    if facility.text is not None:
        return facility.text
    assert facility.computed is not None
    return _HallAnswers(calendar, labels, now.astimezone(CHINA)).answer(facility.computed, text)


class _HallAnswers:
    def __init__(self, calendar: HallCalendar, labels: Labels, now: datetime) -> None:
        self._calendar, self._hall = calendar, calendar.hall
        self._labels, self._lines, self._now = labels, labels.hall, now

    def answer(self, computed: Computed, text: str) -> str:
        write: dict[Computed, Callable[[str], str]] = {
            Computed.HOURS: lambda _: self._hours(),
            Computed.OPEN_NOW: lambda _: self._open_now(),
            Computed.OPEN_ON_DAY: self._open_on_day,
            Computed.LUNCH: lambda _: self._lunch(),
            Computed.HOLIDAYS: self._open_on_day,
            Computed.ADDRESS: lambda _: self._lines.address.format(name=self._hall.name, address=self._hall.address),
            Computed.TELEPHONE: lambda _: self._lines.telephone.format(telephone=self._hall.telephone),
            Computed.FLOORS: lambda _: self._floors(),
            Computed.WINDOW_OF_DEPARTMENT: self._windows,
        }
        return write[computed](text)

    def _hours(self) -> str:
        groups: dict[tuple[int, ...], list[Session]] = {}
        for session in self._hall.hours:
            groups.setdefault(session.weekdays, []).append(session)
        lines = [
            self._lines.hours.format(weekdays=self._weekdays(weekdays), times=_times(sessions))
            for weekdays, sessions in groups.items()
        ]
        return "\n".join([*lines, self._lines.hours_note])

    def _weekdays(self, weekdays: tuple[int, ...]) -> str:
        names = self._labels.weekdays
        if len(weekdays) > 2 and list(weekdays) == list(range(weekdays[0], weekdays[-1] + 1)):
            return self._lines.weekday_range.format(first=names[weekdays[0] - 1], last=names[weekdays[-1] - 1])
        return "、".join(names[day - 1] for day in weekdays)

    def _open_now(self) -> str:
        sessions = self._sessions(self._now.date())
        time = self._now.time()
        current = next((s for s in sessions if s.opens <= time < s.closes), None)
        clock = f"{self._now:%H:%M}"
        if current:
            later = next((s for s in sessions if s.opens >= current.closes), None)
            line = self._lines.open_until.format(now=clock, closes=f"{current.closes:%H:%M}")
            return line + (self._lines.opens_again.format(times=_times([later])) if later else "") + self._adjusted()
        day, first = self._next_opening()
        when = self._lines.today if day == self._now.date() else self._day(day)
        line = self._lines.closed_now.format(now=clock, day=when, opens=f"{first.opens:%H:%M}")
        return line + self._adjusted()

    def _adjusted(self) -> str:
        """That today is not as usual, and why."""
        exception = self._calendar.exception_on(self._now.date())
        if exception is None:
            return ""
        line = self._lines.changed_today if exception.sessions else self._lines.closed_today
        return line.format(reason=exception.reason)

    def _open_on_day(self, text: str) -> str:
        day = day_in(text, self._now)
        if day is None:
            return self._hours()
        sessions = self._sessions(day)
        if sessions:
            return self._lines.open_on.format(day=self._day(day), times=_times(sessions)) + self._how_sure(day)
        exception = self._calendar.exception_on(day)
        why = self._lines.closed_because.format(reason=exception.reason) if exception else ""
        next_day = self._calendar.next_working_day(day)
        reopened = self._lines.reopens.format(day=self._day(next_day), times=_times(self._sessions(next_day)))
        return self._lines.closed_on.format(day=self._day(day)) + why + reopened

    def _how_sure(self, day: date) -> str:
        """Why an open day has other hours than usual; or that holidays of its year are not announced. What staff set
        holds whatever is announced."""
        if exception := self._calendar.exception_on(day):
            return self._lines.changed_because.format(reason=exception.reason)
        return "" if holidays_known(day) else self._lines.holidays_unknown

    def _lunch(self) -> str:
        sessions = sorted({(s.opens, s.closes) for s in self._hall.hours})
        gaps = [(a[1], b[0]) for a, b in pairwise(sessions) if a[1] < b[0]]
        if not gaps:
            return self._lines.no_lunch
        return self._lines.lunch.format(begins=f"{gaps[0][0]:%H:%M}", ends=f"{gaps[0][1]:%H:%M}")

    def _floors(self) -> str:
        lines = [
            self._lines.floor.format(
                floor=zone.floor, zone_id=zone.id, zone=zone.name, windows="、".join(w.name for w in zone.windows)
            )
            for zone in sorted(self._hall.zones, key=lambda z: (z.floor, z.id))
        ]
        return "\n".join(lines)

    def _windows(self, text: str) -> str:
        """The windows of the departments whose name, or its beginning, stands in the text; else all floors."""
        named = [d for d in self._hall.departments if any(word in text for word in _short_names(d))]
        lines = [
            self._lines.window.format(
                department=d.name, floor=zone.floor, zone_id=zone.id, window_id=w.id, window=w.name
            )
            for d in named
            for zone in self._hall.zones
            for w in zone.windows
            if d.id in w.departments
        ]
        return "\n".join(lines) or self._floors()

    def _sessions(self, day: date) -> list[Session]:
        return self._calendar.sessions_on(day)

    def _next_opening(self) -> tuple[date, Session]:
        today = self._now.date()
        later = [s for s in self._sessions(today) if s.opens > self._now.time()]
        if later:
            return today, later[0]
        day = self._calendar.next_working_day(today)
        return day, self._sessions(day)[0]

    def _day(self, day: date) -> str:
        near = {self._now.date(): self._lines.today, self._now.date() + timedelta(days=1): self._lines.tomorrow}
        weekday = self._labels.weekdays[day.isoweekday() - 1]
        date_ = self._lines.date.format(month=day.month, day=day.day, weekday=weekday)
        return f"{near[day]}（{date_}）" if day in near else date_


def _times(sessions: list[Session]) -> str:
    return "，".join(f"{s.opens:%H:%M}—{s.closes:%H:%M}" for s in sorted(sessions, key=lambda s: s.opens))


def _short_names(department: Department) -> tuple[str, ...]:
    """The whole name, and what is left of it without 局, 委员会 and the like: 公安, 税务, 民政 …"""
    stem = department.name
    for ending in ("管理局", "管理中心", "委员会", "保障局", "服务单位", "事务局", "支队", "局", "馆"):
        stem = stem.removesuffix(ending)
    return (department.name, *department.short_names, stem)
