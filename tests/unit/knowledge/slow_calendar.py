"""The hall's calendar once more, slow and obvious: it walks minute by minute and day by day over written-out lists."""

from datetime import date, datetime, time, timedelta

Times = list[tuple[time, time]]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_HOLIDAYS = {
    2025: [(1, 1, 1), (1, 28, 31), (2, 1, 4), (4, 4, 6), (5, 1, 5), (5, 31, 31), (6, 1, 2), (10, 1, 8)],
    2026: [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)],
    2027: [(1, 1, 1), (5, 1, 2), (10, 1, 3)],  # not announced: the feasts of fixed date
}
HOLIDAYS = {date(y, m, d) for y, spans in _HOLIDAYS.items() for m, first, last in spans for d in range(first, last + 1)}
MAKE_UP = {
    *(date(2025, month, day) for month, day in [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]),
    *(date(2026, month, day) for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]),
}


class SlowCalendar:
    """`weekly`: times by weekday. Times are those of China, without a zone."""

    def __init__(self, weekly: dict[int, Times], exceptions: dict[date, Times]) -> None:
        self._weekly, self._exceptions = weekly, exceptions
        self._known: dict[date, set[int]] = {}

    def times_on(self, day: date) -> Times:
        if day in self._exceptions:
            return self._exceptions[day]
        own = self._weekly.get(day.isoweekday(), [])
        if day in MAKE_UP:
            return own or self._weekly[min(self._weekly)]
        return [] if day in HOLIDAYS else own

    def open_minutes(self, day: date) -> set[int]:
        """The minutes of the day, from midnight, that begin while the hall is open."""
        if day not in self._known:
            clock = [(number, time(number // 60, number % 60)) for number in range(24 * 60)]
            times = self.times_on(day)
            self._known[day] = {n for n, at in clock if any(opens <= at < closes for opens, closes in times)}
        return self._known[day]

    def is_open(self, at: datetime) -> bool:
        return at.hour * 60 + at.minute in self.open_minutes(at.date())

    def next_working_day(self, day: date) -> date:
        day += DAY
        while not self.open_minutes(day):
            day += DAY
        return day

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, time()) + MINUTE * (max(self.open_minutes(day)) + 1)

    def end_of_working_day_after(self, start: datetime, days: int) -> datetime:
        day = start.date()
        for _ in range(days):
            day = self.next_working_day(day)
        return self.closing(day)

    def end_of_day(self, start: datetime) -> datetime:
        """The end of the first open minute from `start` on that no other open one of its day follows."""
        at = start
        while not (self.is_open(at) and at + MINUTE == self.closing(at.date())):
            at += MINUTE
        return at + MINUTE

    def after(self, start: datetime, minutes: int) -> datetime:
        at = start
        if minutes == 0:
            while not (self.is_open(at) or self.is_open(at - MINUTE)):
                at += MINUTE
        while minutes:
            minutes -= self.is_open(at)
            at += MINUTE
        return at

    def minutes_between(self, start: datetime, end: datetime) -> int:
        count, at = 0, start
        while at < end:
            count += self.is_open(at)
            at += MINUTE
        return count
