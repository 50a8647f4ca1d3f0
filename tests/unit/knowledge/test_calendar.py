"""Working days: weekends, national holidays, make-up days, and what happens in unknown years."""

import logging
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import CHINA, DayException, HallCalendar, _warn_once, holidays_known
from knowledge.model import Hall, Session
from tests.unit.helpers import make_hall
from tests.unit.knowledge.slow_calendar import HOLIDAYS, MAKE_UP

HALL = make_hall()
CALENDAR = HallCalendar(HALL)


def china(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_is_as_the_state_council_announced_it(year: int) -> None:
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        expected = day in MAKE_UP or (day.isoweekday() <= 5 and day not in HOLIDAYS)
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day) is expected, day


def test_an_unknown_year_counts_weekdays_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    _warn_once.cache_clear()
    calendar = HallCalendar(HALL)
    with caplog.at_level(logging.WARNING):
        working = [calendar.is_working_day(date(2099, 10, day)) for day in range(1, 8)]  # 1 October 2099 is a Thursday
    assert working == [False, False, False, False, True, True, True]  # 1-3 are the holiday, 3 and 4 the weekend
    assert "holidays_unknown year=2099" in caplog.text


@pytest.mark.parametrize(
    ("month", "day"), [pytest.param(1, 1, id="New Year"), pytest.param(5, 1, id="May Day"), (10, 1)]
)
def test_feasts_of_fixed_date_are_free_in_unknown_years(month: int, day: int) -> None:
    assert date(2099, month, day).isoweekday() <= 5 and not CALENDAR.is_working_day(date(2099, month, day))
    assert CALENDAR.sessions_on(date(2099, month, day)) == []


def test_a_hall_open_at_the_weekend_is_closed_on_feasts_of_fixed_date_too() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5, 6], "opens": "09:00", "closes": "17:00"}])
    calendar = HallCalendar(hall)
    assert not calendar.is_working_day(date(2099, 10, 3)) and calendar.is_working_day(date(2099, 10, 10))


def test_whether_the_holidays_of_a_year_are_known() -> None:
    assert holidays_known(date(2026, 10, 1)) and not holidays_known(date(2099, 10, 1))


def test_a_hall_open_on_saturdays_works_on_saturdays() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5, 6], "opens": "09:00", "closes": "17:00"}])
    assert HallCalendar(hall).is_working_day(date(2026, 11, 21))


def test_a_hall_closed_on_mondays_does_not_work_on_mondays() -> None:
    hall = make_hall(hours=[{"weekdays": [2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}])
    assert not HallCalendar(hall).is_working_day(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        pytest.param(china(2026, 11, 23), 2, china(2026, 11, 25, 17), id="within the week"),
        pytest.param(china(2026, 11, 20), 2, china(2026, 11, 24, 17), id="over the weekend"),
        pytest.param(china(2026, 11, 21), 1, china(2026, 11, 23, 17), id="asked on Saturday"),
        pytest.param(china(2026, 9, 29), 2, china(2026, 10, 8, 17), id="over National Day"),
        pytest.param(china(2026, 10, 9), 1, china(2026, 10, 10, 17), id="the make-up Saturday counts"),
        pytest.param(china(2026, 11, 23, 23, 59), 1, china(2026, 11, 24, 17), id="late in the evening"),
        pytest.param(china(2026, 11, 23), 0, china(2026, 11, 23, 17), id="the same day"),
    ],
)
def test_the_promised_time_is_the_close_of_a_later_working_day(start: datetime, days: int, end: datetime) -> None:
    assert CALENDAR.end_of_working_day_after(start, days) == end


def test_the_day_is_counted_in_china_whatever_the_zone_of_the_start() -> None:
    start = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight on Monday the 23rd in China
    assert CALENDAR.end_of_working_day_after(start, 1) == china(2026, 11, 24, 17)


def test_the_hall_closes_when_its_last_session_does() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "18:30"}])
    assert HallCalendar(hall).end_of_working_day_after(china(2026, 11, 23), 1).time() == time(18, 30)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        pytest.param((11, 23), (11, 24), id="within the week"),
        pytest.param((11, 20), (11, 23), id="Friday"),
        pytest.param((9, 30), (10, 8), id="before National Day"),
        pytest.param((10, 9), (10, 10), id="before the make-up Saturday"),
    ],
)
def test_the_next_working_day_is_a_later_one(day: tuple[int, int], following: tuple[int, int]) -> None:
    assert CALENDAR.next_working_day(date(2026, *day)) == date(2026, *following)


def opening(day: date, hall: Hall = HALL) -> list[str]:
    return [f"{s.opens:%H:%M}" for s in HallCalendar(hall).sessions_on(day)]


def test_sessions_come_by_time_and_only_on_working_days() -> None:
    assert opening(date(2026, 11, 23)) == ["09:00", "13:30"]
    assert opening(date(2026, 11, 22)) == opening(date(2026, 10, 1)) == []
    backwards = make_hall(hours=HALL.model_dump(mode="json")["hours"][::-1])
    assert opening(date(2026, 11, 23), backwards) == ["09:00", "13:30"]


def test_a_make_up_saturday_has_the_hours_of_monday() -> None:
    assert opening(date(2026, 10, 10)) == ["09:00", "13:30"]


def test_a_make_up_saturday_of_a_hall_that_opens_on_saturdays_has_saturdays_hours() -> None:
    saturday = {"weekdays": [6], "opens": "10:00", "closes": "12:00"}
    hall = make_hall(hours=[*HALL.model_dump(mode="json")["hours"], saturday])
    assert opening(date(2026, 10, 10), hall) == ["10:00"]


def test_a_hall_that_never_opens_on_mondays_opens_on_make_up_days_as_on_its_first_weekday() -> None:
    hall = make_hall(hours=[{"weekdays": [2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}])
    assert opening(date(2026, 10, 10), hall) == ["09:00"]


def open_on(day: date, *times: tuple[int, int]) -> DayException:
    """That day opens at the whole hours given, or not at all."""
    sessions = (
        Session(weekdays=(day.isoweekday(),), opens=time(opens), closes=time(closes)) for opens, closes in times
    )
    return DayException(day, tuple(sessions), "演练")


def with_exceptions(*exceptions: DayException) -> HallCalendar:
    return HallCalendar(HALL, {exception.day: exception for exception in exceptions})


@pytest.mark.parametrize(
    ("day", "times", "expected"),
    [
        pytest.param(date(2026, 11, 23), [], [], id="closed on a Monday"),
        pytest.param(date(2026, 10, 10), [], [], id="closed on a make-up Saturday"),
        pytest.param(date(2026, 11, 22), [(9, 12)], ["09:00"], id="open on a Sunday"),
        pytest.param(date(2026, 10, 1), [(14, 16), (9, 11)], ["09:00", "14:00"], id="open on National Day, by time"),
        pytest.param(date(2026, 11, 23), [(10, 11)], ["10:00"], id="another time on a Monday"),
        pytest.param(date(2099, 10, 1), [(9, 12)], ["09:00"], id="in a year without announced holidays"),
    ],
)
def test_what_staff_set_goes_before_everything(day: date, times: list[tuple[int, int]], expected: list[str]) -> None:
    calendar = with_exceptions(open_on(day, *times))
    assert [f"{s.opens:%H:%M}" for s in calendar.sessions_on(day)] == expected
    assert calendar.is_working_day(day) is bool(expected)
    told = calendar.exception_on(day)
    assert told is not None and told.reason == "演练"
    assert calendar.exception_on(day + timedelta(days=1)) is None
    assert calendar.sessions_on(day + timedelta(days=1)) == CALENDAR.sessions_on(day + timedelta(days=1))


def test_the_end_of_a_working_day_is_that_of_its_own_last_session() -> None:
    short = with_exceptions(open_on(date(2026, 11, 24), (9, 11)))
    assert short.end_of_working_day_after(china(2026, 11, 23), 1) == china(2026, 11, 24, 11)
    assert short.end_of_working_day_after(china(2026, 11, 23), 2) == china(2026, 11, 25, 17)
    closed = with_exceptions(open_on(date(2026, 11, 24)), open_on(date(2026, 11, 28), (10, 12)))
    assert closed.end_of_working_day_after(china(2026, 11, 23), 1) == china(2026, 11, 25, 17)
    assert closed.end_of_working_day_after(china(2026, 11, 27), 1) == china(2026, 11, 28, 12)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        pytest.param(china(2026, 11, 23, 9), 60, china(2026, 11, 23, 10), id="within a session"),
        pytest.param(china(2026, 11, 23, 11, 30), 60, china(2026, 11, 23, 14), id="over lunch"),
        pytest.param(china(2026, 11, 23, 11, 30), 30, china(2026, 11, 23, 12), id="exactly at a closing time"),
        pytest.param(china(2026, 11, 23, 12, 30), 30, china(2026, 11, 23, 14), id="from lunch"),
        pytest.param(china(2026, 11, 23, 7), 30, china(2026, 11, 23, 9, 30), id="from before opening"),
        pytest.param(china(2026, 11, 20, 16, 30), 60, china(2026, 11, 23, 9, 30), id="over the weekend"),
        pytest.param(china(2026, 9, 30, 17), 30, china(2026, 10, 8, 9, 30), id="over National Day"),
        pytest.param(china(2026, 11, 23, 9), 2 * 390, china(2026, 11, 24, 17), id="two whole days"),
        pytest.param(china(2026, 11, 23, 7), 0, china(2026, 11, 23, 9), id="no time, closed"),
        pytest.param(china(2026, 11, 23, 10), 0, china(2026, 11, 23, 10), id="no time, open"),
        pytest.param(china(2026, 11, 23, 17), 0, china(2026, 11, 23, 17), id="no time at a closing time"),
    ],
)
def test_working_time_is_opening_time(start: datetime, minutes: int, end: datetime) -> None:
    assert CALENDAR.after_working_time(start, timedelta(minutes=minutes)) == end
    assert CALENDAR.working_time_between(start, end) == timedelta(minutes=minutes)
    assert CALENDAR.working_time_between(end, start) == -timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(china(2026, 11, 23, 7), china(2026, 11, 23, 17), id="before opening"),
        pytest.param(china(2026, 11, 23, 12, 30), china(2026, 11, 23, 17), id="lunch"),
        pytest.param(china(2026, 11, 23, 16, 59), china(2026, 11, 23, 17), id="the last minute"),
        pytest.param(china(2026, 11, 23, 17), china(2026, 11, 24, 17), id="just closed"),
        pytest.param(china(2026, 11, 21), china(2026, 11, 23, 17), id="Saturday"),
        pytest.param(china(2026, 9, 30, 18), china(2026, 10, 8, 17), id="before National Day"),
    ],
)
def test_the_end_of_the_day_is_that_of_the_next_one_when_the_hall_has_closed(start: datetime, end: datetime) -> None:
    assert CALENDAR.end_of_day(start) == end
    assert CALENDAR.end_of_working_day_after(start, 0) == end


def test_what_makes_no_sense_is_refused() -> None:
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001 the wrong thing is meant
    for ask in (
        lambda: CALENDAR.after_working_time(china(2026, 11, 23), timedelta(minutes=-1)),
        lambda: CALENDAR.end_of_working_day_after(china(2026, 11, 23), -1),
        lambda: CALENDAR.end_of_day(naive),
        lambda: CALENDAR.end_of_working_day_after(naive, 1),
        lambda: CALENDAR.after_working_time(naive, timedelta(0)),
        lambda: CALENDAR.working_time_between(china(2026, 11, 23), naive),
        lambda: with_exceptions(open_on(date(2026, 11, 23), (9, 12), (11, 14))),
        lambda: HallCalendar(make_hall(hours=[*HALL.model_dump()["hours"], *HALL.model_dump()["hours"]])),
    ):
        with pytest.raises(ValueError):
            ask()


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    return st.builds(datetime.combine, st.dates(first, last), st.times(timezones=st.sampled_from([UTC, CHINA])))


def slowly(start: datetime, days: int) -> datetime:
    """The reference: lists all days of a long stretch and takes the n-th that chinese_calendar calls a workday."""
    first = start.astimezone(CHINA).date()
    later = [first + timedelta(days=n) for n in range(1, 20 + 4 * days)]
    workdays = [day for day in later if chinese_calendar.is_workday(day)]
    return datetime.combine(workdays[days - 1], time(17), CHINA)


@given(
    moments(date(2020, 1, 1), date(2026, 9, 30)),
    st.integers(min_value=1, max_value=15),
)
def test_any_promise_agrees_with_the_slow_reference(start: datetime, days: int) -> None:
    assert CALENDAR.end_of_working_day_after(start, days) == slowly(start, days)


@given(st.dates(date(2005, 1, 1), date(2026, 12, 31)))
def test_any_day_of_a_weekday_hall_agrees_with_the_national_calendar(day: date) -> None:
    assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day)


@given(
    moments(date(2020, 1, 1), date(2025, 12, 31)),
    st.integers(min_value=1, max_value=10),
)
def test_more_days_are_never_earlier(start: datetime, days: int) -> None:
    assert CALENDAR.end_of_working_day_after(start, days) < CALENDAR.end_of_working_day_after(start, days + 1)
