"""Working days: weekends, national holidays, make-up days, and what happens in unknown years."""

import logging
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import (
    CHINA,
    end_of_working_day_after,
    holidays_known,
    is_working_day,
    next_working_day,
    sessions_on,
)
from knowledge.model import Hall
from tests.unit.helpers import make_hall

HALL = make_hall()
HOLIDAYS_2026 = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
MAKE_UP_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


def china(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


def test_the_year_2026_is_as_the_state_council_announced_it() -> None:
    free = {date(2026, month, day) for month, first, last in HOLIDAYS_2026 for day in range(first, last + 1)}
    extra = {date(2026, month, day) for month, day in MAKE_UP_2026}
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        expected = day in extra or (day.isoweekday() <= 5 and day not in free)
        assert is_working_day(HALL, day) is expected, day


def test_an_unknown_year_counts_weekdays_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        working = [is_working_day(HALL, date(2099, 10, day)) for day in range(1, 8)]  # 1 October 2099 is a Thursday
    assert working == [False, False, False, False, True, True, True]  # 1-3 are the holiday, 3 and 4 the weekend
    assert "holidays_unknown year=2099" in caplog.text


@pytest.mark.parametrize(
    ("month", "day"), [pytest.param(1, 1, id="New Year"), pytest.param(5, 1, id="May Day"), (10, 1)]
)
def test_feasts_of_fixed_date_are_free_in_unknown_years(month: int, day: int) -> None:
    assert date(2099, month, day).isoweekday() <= 5 and not is_working_day(HALL, date(2099, month, day))
    assert sessions_on(HALL, date(2099, month, day)) == []


def test_a_hall_open_at_the_weekend_is_closed_on_feasts_of_fixed_date_too() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5, 6], "opens": "09:00", "closes": "17:00"}])
    assert not is_working_day(hall, date(2099, 10, 3)) and is_working_day(hall, date(2099, 10, 10))


def test_whether_the_holidays_of_a_year_are_known() -> None:
    assert holidays_known(date(2026, 10, 1)) and not holidays_known(date(2099, 10, 1))


def test_a_hall_open_on_saturdays_works_on_saturdays() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5, 6], "opens": "09:00", "closes": "17:00"}])
    assert is_working_day(hall, date(2026, 11, 21))


def test_a_hall_closed_on_mondays_does_not_work_on_mondays() -> None:
    hall = make_hall(hours=[{"weekdays": [2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}])
    assert not is_working_day(hall, date(2026, 11, 23))


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
    assert end_of_working_day_after(HALL, start, days) == end


def test_the_day_is_counted_in_china_whatever_the_zone_of_the_start() -> None:
    start = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight on Monday the 23rd in China
    assert end_of_working_day_after(HALL, start, 1) == china(2026, 11, 24, 17)


def test_the_hall_closes_when_its_last_session_does() -> None:
    hall = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "18:30"}])
    assert end_of_working_day_after(hall, china(2026, 11, 23), 1).time() == time(18, 30)


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
    assert next_working_day(HALL, date(2026, *day)) == date(2026, *following)


def opening(day: date, hall: Hall = HALL) -> list[str]:
    return [f"{s.opens:%H:%M}" for s in sessions_on(hall, day)]


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
    assert end_of_working_day_after(HALL, start, days) == slowly(start, days)


@given(st.dates(date(2005, 1, 1), date(2026, 12, 31)))
def test_any_day_of_a_weekday_hall_agrees_with_the_national_calendar(day: date) -> None:
    assert is_working_day(HALL, day) is chinese_calendar.is_workday(day)


@given(
    moments(date(2020, 1, 1), date(2025, 12, 31)),
    st.integers(min_value=1, max_value=10),
)
def test_more_days_are_never_earlier(start: datetime, days: int) -> None:
    assert end_of_working_day_after(HALL, start, days) < end_of_working_day_after(HALL, start, days + 1)
