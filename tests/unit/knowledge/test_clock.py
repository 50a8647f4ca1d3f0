"""How times are told to citizens and clerks."""

from datetime import UTC, date, datetime

import pytest

from knowledge.clock import spoken, spoken_day


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "11月23日17:00"),
        (datetime(2026, 11, 23, 16, 5, tzinfo=UTC), "11月24日00:05"),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "1月1日04:00"),
    ],
)
def test_a_moment_is_told_in_chinas_time(moment: datetime, told: str) -> None:
    assert spoken(moment) == told


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 23), "11月23日（周一）"),
        (date(2026, 11, 24), "11月24日（周二）"),
        (date(2026, 11, 29), "11月29日（周日）"),
        (date(2027, 1, 2), "1月2日（周六）"),
    ],
)
def test_a_day_is_told_with_its_weekday(day: date, told: str) -> None:
    assert spoken_day(day) == told
