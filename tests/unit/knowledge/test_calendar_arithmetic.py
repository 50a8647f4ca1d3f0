"""All arithmetic of the calendar against the slow one: 2025 to 2027, with lunch, holidays, make-up days, closures and
exceptional openings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import CHINA, DayException, HallCalendar
from knowledge.model import Session
from tests.unit.helpers import make_hall
from tests.unit.knowledge.slow_calendar import DAY, HOLIDAYS, MAKE_UP, MINUTE, SlowCalendar, Times

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
LUNCH: Times = [(time(9), time(12)), (time(13, 30), time(17))]
NO_LUNCH: Times = [(time(8, 30), time(17, 15))]
MORNING: Times = [(time(9), time(12))]
WEEKS: list[dict[int, Times]] = [
    dict.fromkeys(range(1, 6), LUNCH),
    dict.fromkeys(range(1, 6), NO_LUNCH),
    dict.fromkeys(range(1, 6), LUNCH) | {6: MORNING},
    dict.fromkeys(range(2, 8), LUNCH),
    {1: LUNCH, 2: NO_LUNCH, 4: MORNING, 7: [(time(0), time(0, 1)), (time(23), time(23, 59))]},
]
EXCEPTIONS: list[Times] = [
    [], [], LUNCH, MORNING, NO_LUNCH, [(time(18), time(20, 45)), (time(7, 5), time(7, 6))],
    [(time(9), time(12)), (time(12), time(15))],
]  # fmt: skip
ZONES = [CHINA, UTC, ZoneInfo("America/New_York")]
TURNING_DAYS = sorted(HOLIDAYS | MAKE_UP)
CLOCKS = [time(0), time(8, 59), time(9), time(11, 59), time(12), time(13, 29), time(13, 30), time(16, 59), time(17)]


@dataclass(frozen=True)
class Case:
    """Both calendars and a start by China's clock; `zone` is where it is asked."""

    calendar: HallCalendar
    slow: SlowCalendar
    start: datetime
    zone: ZoneInfo

    def asked(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=CHINA).astimezone(self.zone)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    weekly = draw(st.sampled_from(WEEKS))
    day = draw(st.dates(FIRST, LAST) | st.sampled_from(TURNING_DAYS).map(lambda d: max(d - DAY, FIRST)))
    minute = st.builds(time, st.integers(0, 23), st.integers(0, 59))
    start = datetime.combine(day, draw(st.sampled_from(CLOCKS) | minute))
    near = st.integers(-4, 9).map(lambda n: day + n * DAY)
    exceptions = draw(st.dictionaries(near, st.sampled_from(EXCEPTIONS), max_size=8))
    hours = [{"weekdays": [n], "opens": o, "closes": c} for n, times in weekly.items() for o, c in times]
    hall = make_hall(hours=hours)
    calendar = HallCalendar(hall, {d: DayException(d, sessions(d, times), "演练") for d, times in exceptions.items()})
    return Case(calendar, SlowCalendar(weekly, exceptions), start, draw(st.sampled_from(ZONES)))


def sessions(day: date, times: Times) -> tuple[Session, ...]:
    return tuple(Session(weekdays=(day.isoweekday(),), opens=opens, closes=closes) for opens, closes in times)


def local(moment: datetime) -> datetime:
    assert moment.tzinfo is CHINA
    return moment.replace(tzinfo=None)


@given(cases())
def test_sessions_and_working_days(case: Case) -> None:
    for number in range(-4, 10):
        day = case.start.date() + number * DAY
        assert [(s.opens, s.closes) for s in case.calendar.sessions_on(day)] == sorted(case.slow.times_on(day))
        assert case.calendar.is_working_day(day) is bool(case.slow.open_minutes(day))
        assert case.calendar.next_working_day(day) == case.slow.next_working_day(day)


@given(cases(), st.integers(1, 25))
def test_the_end_of_a_working_day_after(case: Case, days: int) -> None:
    found = case.calendar.end_of_working_day_after(case.asked(case.start), days)
    assert local(found) == case.slow.end_of_working_day_after(case.start, days)


@given(cases())
def test_the_end_of_the_day(case: Case) -> None:
    assert local(case.calendar.end_of_day(case.asked(case.start))) == case.slow.end_of_day(case.start)


@given(cases(), st.integers(0, 1500) | st.sampled_from([0, 180, 210, 390, 780]))
def test_after_working_time(case: Case, minutes: int) -> None:
    found = case.calendar.after_working_time(case.asked(case.start), MINUTE * minutes)
    assert local(found) == case.slow.after(case.start, minutes)


@given(cases(), st.integers(0, 12 * 24 * 60))
def test_working_time_between(case: Case, minutes: int) -> None:
    end = case.start + MINUTE * minutes
    expected = MINUTE * case.slow.minutes_between(case.start, end)
    assert case.calendar.working_time_between(case.asked(case.start), case.asked(end)) == expected
    assert case.calendar.working_time_between(case.asked(end), case.asked(case.start)) == -expected


SPANS = st.timedeltas(timedelta(0), timedelta(days=2))


@given(cases(), st.timedeltas(timedelta(0), MINUTE), SPANS, SPANS)
def test_working_time_adds_up_to_the_microsecond(case: Case, odd: timedelta, one: timedelta, two: timedelta) -> None:
    start, calendar = case.asked(case.start + odd), case.calendar
    first, both = calendar.after_working_time(start, one), calendar.after_working_time(start, one + two)
    assert calendar.after_working_time(first, two) == both >= first
    assert calendar.working_time_between(start, first) == one
    assert calendar.working_time_between(start, both) == one + two
    assert calendar.working_time_between(first, both) == two
