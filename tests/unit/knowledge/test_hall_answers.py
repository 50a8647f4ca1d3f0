"""Answers about the hall itself at fixed times."""

from datetime import UTC, date, datetime, time

import pytest

from knowledge.calendar import CHINA, DayException, HallCalendar
from knowledge.hall_answers import answer
from knowledge.model import Hall, Session
from tests.unit.helpers import labels, make_facility, make_hall

HALL = make_hall()


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


MONDAY = at(11, 23)


def told(
    computed: str, text: str = "", now: datetime = MONDAY, hall: Hall = HALL, exceptions: tuple[DayException, ...] = ()
) -> str:
    calendar = HallCalendar(hall, {exception.day: exception for exception in exceptions})
    return answer(make_facility(text=None, computed=computed), text, calendar, labels(), now)


def test_a_fixed_text_is_told_as_it_stands() -> None:
    assert answer(make_facility(), "厕所在哪", HallCalendar(HALL), labels(), at(11, 23)) == "每层都有。"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at(11, 23, 8, 30), "现在是08:30，大厅不在服务时间。下一次开门是今天09:00。", id="before opening"),
        pytest.param(
            at(11, 23, 9), "现在是09:00，大厅正在服务，到12:00为止。之后的服务时间是13:30—17:00。", id="just opened"
        ),
        pytest.param(at(11, 23, 12), "现在是12:00，大厅不在服务时间。下一次开门是今天13:30。", id="lunch begins"),
        pytest.param(at(11, 23, 12, 45), "现在是12:45，大厅不在服务时间。下一次开门是今天13:30。", id="lunch"),
        pytest.param(at(11, 23, 16, 59), "现在是16:59，大厅正在服务，到17:00为止。", id="the last minute"),
        pytest.param(
            at(11, 23, 19),
            "现在是19:00，大厅不在服务时间。下一次开门是明天（11月24日，周二）09:00。",
            id="evening",
        ),
        pytest.param(
            at(11, 20, 17, 30), "现在是17:30，大厅不在服务时间。下一次开门是11月23日，周一09:00。", id="Friday evening"
        ),
        pytest.param(
            at(9, 30, 18), "现在是18:00，大厅不在服务时间。下一次开门是10月8日，周四09:00。", id="before National Day"
        ),
        pytest.param(at(10, 1), "现在是10:00，大厅不在服务时间。下一次开门是10月8日，周四09:00。", id="National Day"),
        pytest.param(
            at(10, 9, 20),
            "现在是20:00，大厅不在服务时间。下一次开门是明天（10月10日，周六）09:00。",
            id="evening before the make-up Saturday",
        ),
        pytest.param(
            at(10, 10), "现在是10:00，大厅正在服务，到12:00为止。之后的服务时间是13:30—17:00。", id="make-up Saturday"
        ),
        pytest.param(
            datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
            "现在是09:30，大厅正在服务，到12:00为止。之后的服务时间是13:30—17:00。",
            id="the clock is that of China",
        ),
    ],
)
def test_whether_the_hall_is_open_now(now: datetime, expected: str) -> None:
    assert told("open_now", now=now) == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        pytest.param(
            "明天上班吗",
            at(11, 23),
            "明天（11月24日，周二）大厅对外服务，时间是09:00—12:00，13:30—17:00。",
            id="tomorrow",
        ),
        pytest.param(
            "这周六上班吗",
            at(11, 23),
            "11月28日，周六大厅不对外服务。之后最近的服务日是11月30日，周一，时间是09:00—12:00，13:30—17:00。",
            id="Saturday",
        ),
        pytest.param(
            "这周六上班吗",
            at(10, 9),
            "明天（10月10日，周六）大厅对外服务，时间是09:00—12:00，13:30—17:00。",
            id="make-up Saturday",
        ),
        pytest.param(
            "国庆节开门吗",
            at(9, 20),
            "10月1日，周四大厅不对外服务。之后最近的服务日是10月8日，周四，时间是09:00—12:00，13:30—17:00。",
            id="National Day",
        ),
        pytest.param(
            "今天还办公吗",
            at(11, 22),
            "今天（11月22日，周日）大厅不对外服务。"
            "之后最近的服务日是明天（11月23日，周一），时间是09:00—12:00，13:30—17:00。",
            id="today, a Sunday",
        ),
    ],
)
@pytest.mark.parametrize("computed", ["open_on_day", "holidays"])
def test_whether_the_hall_is_open_on_a_day(computed: str, text: str, now: datetime, expected: str) -> None:
    assert told(computed, text, now) == expected


UNKNOWN_YEAR = "这一年的放假安排还没有公布，遇到法定节假日请以大厅的通知为准。"


def test_an_open_day_of_a_year_without_announced_holidays_says_so() -> None:
    monday = datetime(2099, 11, 23, 10, tzinfo=CHINA)
    assert told("open_on_day", "明天上班吗", monday) == (
        "明天（11月24日，周二）大厅对外服务，时间是09:00—12:00，13:30—17:00。" + UNKNOWN_YEAR
    )
    assert UNKNOWN_YEAR not in told("open_on_day", "明天上班吗", at(11, 23))


def test_new_year_is_free_before_the_holidays_are_announced() -> None:
    new_years_eve = datetime(2098, 12, 31, 10, tzinfo=CHINA)
    assert told("open_on_day", "明天上班吗", new_years_eve).startswith("明天（1月1日，周四）大厅不对外服务。")


CLOSED_TUESDAY = DayException(date(2026, 11, 24), (), "消防演练")
SHORT_TUESDAY = DayException(
    date(2026, 11, 24), (Session(weekdays=(2,), opens=time(9), closes=time(11)),), "系统升级"
)  # fmt: skip
TUESDAY_CLOSED = "明天（11月24日，周二）大厅不对外服务。原因是消防演练。"


def test_an_exceptional_closure_is_told_with_its_reason_and_the_day_after() -> None:
    assert told("open_on_day", "明天开门吗", exceptions=(CLOSED_TUESDAY,)) == (
        TUESDAY_CLOSED + "之后最近的服务日是11月25日，周三，时间是09:00—12:00，13:30—17:00。"
    )


def test_changed_hours_of_a_day_are_told_with_their_reason() -> None:
    assert told("open_on_day", "明天开门吗", exceptions=(SHORT_TUESDAY,)) == (
        "明天（11月24日，周二）大厅对外服务，时间是09:00—11:00。这一天的服务时间有调整，原因是系统升级。"
    )


def test_a_day_that_staff_set_is_certain_in_a_year_without_announced_holidays() -> None:
    opened = DayException(date(2099, 11, 24), (Session(weekdays=(2,), opens=time(9), closes=time(11)),), "加班服务")
    said = told("open_on_day", "明天上班吗", datetime(2099, 11, 23, 10, tzinfo=CHINA), exceptions=(opened,))
    assert UNKNOWN_YEAR not in said and "原因是加班服务。" in said


@pytest.mark.parametrize(
    ("now", "exception", "expected"),
    [
        pytest.param(
            at(11, 24), CLOSED_TUESDAY,
            "现在是10:00，大厅不在服务时间。下一次开门是明天（11月25日，周三）09:00。今天大厅不对外服务，原因是消防演练。",
            id="closed today",
        ),
        pytest.param(
            at(11, 24), SHORT_TUESDAY,
            "现在是10:00，大厅正在服务，到11:00为止。今天的服务时间有调整，原因是系统升级。", id="shorter today",
        ),
        pytest.param(
            at(11, 24, 14), SHORT_TUESDAY,
            "现在是14:00，大厅不在服务时间。下一次开门是明天（11月25日，周三）09:00。"
            "今天的服务时间有调整，原因是系统升级。",
            id="closed earlier today",
        ),
        pytest.param(
            at(11, 23, 18), CLOSED_TUESDAY,
            "现在是18:00，大厅不在服务时间。下一次开门是11月25日，周三09:00。", id="closed tomorrow",
        ),
    ],
)  # fmt: skip
def test_whether_the_hall_is_open_now_heeds_the_days_that_staff_set(
    now: datetime, exception: DayException, expected: str
) -> None:
    assert told("open_now", now=now, exceptions=(exception,)) == expected


def test_a_reason_with_braces_is_told_as_it_stands() -> None:
    said = told("open_now", now=at(11, 24), exceptions=(DayException(date(2026, 11, 24), (), "{0}号楼{x}检修"),))
    assert said.endswith("原因是{0}号楼{x}检修。")


@pytest.mark.parametrize("computed", ["open_on_day", "holidays", "hours"])
def test_without_a_day_all_hours_are_told(computed: str) -> None:
    assert told(computed, "节假日怎么安排").splitlines() == [
        "周一至周五：09:00—12:00，13:30—17:00", "法定节假日不对外服务，调休的工作日照常服务。",
    ]  # fmt: skip


def test_hours_that_differ_by_weekday_are_told_apart() -> None:
    hours = [
        {"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"},
        {"weekdays": [6], "opens": "09:00", "closes": "12:00"},
    ]
    hall = make_hall(hours=hours)
    assert told("hours", hall=hall).splitlines()[:2] == ["周一至周五：09:00—17:00", "周六：09:00—12:00"]
    assert told("open_now", now=at(11, 21, 11), hall=hall) == "现在是11:00，大厅正在服务，到12:00为止。"
    apart = make_hall(hours=[{"weekdays": [1, 3], "opens": "09:00", "closes": "17:00"}])
    assert told("hours", hall=apart).startswith("周一、周三：")


def test_lunch_is_the_gap_between_the_sessions() -> None:
    assert told("lunch").startswith("中午12:00到13:30是午休时间")
    through = make_hall(hours=[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}])
    assert told("lunch", hall=through) == "中午不休息，大厅照常服务。"


def test_address_and_telephone_are_those_of_the_hall() -> None:
    assert told("address") == "示范大厅的地址是中心大道1号。"
    assert "0000-12345678" in told("telephone")


TWO_FLOORS = make_hall(
    departments=[
        {"id": "GA", "name": "公安局", "telephone": "1", "short_names": ["派出所"]},
        {"id": "SW", "name": "税务局", "telephone": "2"},
    ],
    zones=[
        {
            "id": "C",
            "name": "企业区",
            "floor": 2,
            "windows": [{"id": "C01", "name": "税务窗口", "departments": ["SW"]}],
        },
        {
            "id": "A",
            "name": "公安区",
            "floor": 1,
            "windows": [{"id": "A01", "name": "身份证窗口", "departments": ["GA"]}],
        },
    ],
)


def test_floors_are_told_from_below() -> None:
    assert told("floors", hall=TWO_FLOORS).splitlines() == [
        "1楼A区（公安区）：身份证窗口", "2楼C区（企业区）：税务窗口",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("税务局在几楼", ["税务局：2楼C区C01号税务窗口"]),
        ("税务的窗口在哪", ["税务局：2楼C区C01号税务窗口"]),
        ("派出所在哪边", ["公安局：1楼A区A01号身份证窗口"]),
        ("公安和税务在哪", ["公安局：1楼A区A01号身份证窗口", "税务局：2楼C区C01号税务窗口"]),
        ("海关在几楼", ["1楼A区（公安区）：身份证窗口", "2楼C区（企业区）：税务窗口"]),
    ],
)
def test_windows_of_a_department_by_its_name_or_a_short_one(text: str, expected: list[str]) -> None:
    assert told("window_of_department", text, hall=TWO_FLOORS).splitlines() == expected
