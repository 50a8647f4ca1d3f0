"""The day that a message speaks of."""

from datetime import date, datetime

import pytest

from knowledge.calendar import CHINA
from knowledge.days import day_in

FRIDAY = datetime(2026, 10, 9, 15, 0, tzinfo=CHINA)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=CHINA)
MONDAY = datetime(2026, 11, 23, 0, 5, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        (FRIDAY, "这周六上班吗", (2026, 10, 10)),
        (FRIDAY, "星期六能办事吗", (2026, 10, 10)),
        (FRIDAY, "下周一上班吗", (2026, 10, 12)),
        (FRIDAY, "明天开门吗", (2026, 10, 10)),
        (FRIDAY, "后天办不办公", (2026, 10, 11)),
        (FRIDAY, "今天还办公吗", (2026, 10, 9)),
        (FRIDAY, "10月12号上班吗", (2026, 10, 12)),
        (SUNDAY, "下周一上班吗", (2026, 11, 23)),
        (MONDAY, "明天开门吗", (2026, 11, 24)),
        (MONDAY, "今天还办公吗", (2026, 11, 23)),
        (MONDAY, "周末上班吗", (2026, 11, 29)),
        (MONDAY, "早上八点开门吗", (2026, 11, 23)),
    ],
)
def test_days_are_seen_from_now(now: datetime, text: str, day: tuple[int, int, int]) -> None:
    assert day_in(text, now) == date(*day)


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        pytest.param(FRIDAY, "国庆节那几天开门吗", (2027, 10, 1), id="a feast"),
        pytest.param(SUNDAY, "元旦当天上班吗", (2027, 1, 1), id="a feast of next year anyway"),
        pytest.param(SUNDAY, "中秋节上班吗", (2027, 9, 15), id="a feast of the moon"),
        pytest.param(SUNDAY, "春节放几天假", (2027, 2, 6), id="spring festival"),
        pytest.param(SUNDAY, "1月2号窗口开吗", (2027, 1, 2), id="a date"),
        pytest.param(FRIDAY, "5号开门吗", (2026, 11, 5), id="a day of the month"),
        pytest.param(SUNDAY, "十二号开门吗", (2026, 12, 12), id="a day of the month in words"),
        pytest.param(SUNDAY, "周六上班吗", (2026, 11, 28), id="a weekday"),
        pytest.param(SUNDAY, "周一上班吗", (2026, 11, 23), id="the weekday of tomorrow"),
        pytest.param(SUNDAY, "礼拜六上班吗", (2026, 11, 28), id="a weekday, said otherwise"),
    ],
)
def test_what_is_over_is_the_next_of_its_kind(now: datetime, text: str, day: tuple[int, int, int]) -> None:
    assert day_in(text, now) == date(*day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天开门吗", (2026, 11, 21)), ("上周六开门吗", (2026, 11, 14)), ("这周六开门吗", (2026, 11, 21)),
        ("今年国庆放假吗", (2026, 10, 1)), ("去年国庆节上班吗", (2025, 10, 1)),
    ],
)  # fmt: skip
def test_what_is_said_of_the_past_stays_there(text: str, day: tuple[int, int, int]) -> None:
    assert day_in(text, SUNDAY) == date(*day)


@pytest.mark.parametrize("text", ["", "节假日怎么安排", "几点上班", "大厅在哪里", "调休哪天要上班", "???", "13月45号"])
def test_no_day_is_named(text: str) -> None:
    assert day_in(text, SUNDAY) is None


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    day_in("明天开门吗", SUNDAY)
    assert capsys.readouterr().out == ""
