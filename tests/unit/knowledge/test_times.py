"""When citizens say that they would like to come."""

from datetime import date, datetime, time, timedelta

import pytest

from knowledge.calendar import CHINA
from knowledge.times import TimeWish, time_wish

SUNDAY = datetime(2026, 11, 22, 16, 0, tzinfo=CHINA)
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=CHINA)
LAST_DAY = datetime(2026, 11, 30, 15, 0, tzinfo=CHINA)
NEW_YEARS_EVE = datetime(2026, 12, 31, 9, 0, tzinfo=CHINA)


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("now", "text", "first", "last"),
    [
        (SUNDAY, "今天", day(11, 22), day(11, 22)),
        (SUNDAY, "明天", day(11, 23), day(11, 23)),
        (SUNDAY, "后天", day(11, 24), day(11, 24)),
        (SUNDAY, "大后天", day(11, 25), day(11, 25)),
        (SUNDAY, "明后天", day(11, 23), day(11, 24)),
        (SUNDAY, "明天或者后天", day(11, 23), day(11, 24)),
        (SUNDAY, "这两天", day(11, 22), day(11, 23)),
        (SUNDAY, "下周二", day(11, 24), day(11, 24)),
        (WEDNESDAY, "下周二", day(12, 1), day(12, 1)),
        (SUNDAY, "下星期三", day(11, 25), day(11, 25)),
        (SUNDAY, "下个礼拜四", day(11, 26), day(11, 26)),
        (SUNDAY, "周三", day(11, 25), day(11, 25)),
        (WEDNESDAY, "周三", day(11, 25), day(11, 25)),
        (WEDNESDAY, "周二", day(12, 1), day(12, 1)),
        (WEDNESDAY, "星期五", day(11, 27), day(11, 27)),
        (WEDNESDAY, "这周五", day(11, 27), day(11, 27)),
        (WEDNESDAY, "本周五", day(11, 27), day(11, 27)),
        (SUNDAY, "这周五", day(11, 20), day(11, 20)),
        (WEDNESDAY, "下下周一", day(12, 7), day(12, 7)),
        (WEDNESDAY, "周一到周三", day(11, 30), day(12, 2)),
        (WEDNESDAY, "后天或明天", day(11, 26), day(11, 27)),
        (WEDNESDAY, "周四或周五", day(11, 26), day(11, 27)),
        (WEDNESDAY, "星期天", day(11, 29), day(11, 29)),
        (WEDNESDAY, "周末", day(11, 28), day(11, 29)),
        (WEDNESDAY, "这周末", day(11, 28), day(11, 29)),
        (WEDNESDAY, "下周末", day(12, 5), day(12, 6)),
        (SUNDAY, "周末", day(11, 28), day(11, 29)),
        (SUNDAY, "这周末", day(11, 22), day(11, 22)),
        (SUNDAY, "下周末", day(11, 28), day(11, 29)),
        (SUNDAY, "下周", day(11, 23), day(11, 29)),
        (WEDNESDAY, "下周", day(11, 30), day(12, 6)),
        (WEDNESDAY, "这周", day(11, 25), day(11, 29)),
        (WEDNESDAY, "上周", day(11, 16), day(11, 22)),
        (WEDNESDAY, "月底", day(11, 25), day(11, 30)),
        (SUNDAY, "月底", day(11, 25), day(11, 30)),
        (LAST_DAY, "月底", day(11, 30), day(11, 30)),
        (WEDNESDAY, "月初", day(12, 1), day(12, 10)),
        (WEDNESDAY, "下月初", day(12, 1), day(12, 10)),
        (WEDNESDAY, "下个月中旬", day(12, 11), day(12, 20)),
        (WEDNESDAY, "12月底", day(12, 25), day(12, 31)),
        (WEDNESDAY, "一月初", day(1, 1, 2027), day(1, 10, 2027)),
        (WEDNESDAY, "28号", day(11, 28), day(11, 28)),
        (WEDNESDAY, "25号", day(11, 25), day(11, 25)),
        (WEDNESDAY, "二十八号", day(11, 28), day(11, 28)),
        (WEDNESDAY, "3号", day(12, 3), day(12, 3)),
        (WEDNESDAY, "31号", day(12, 31), day(12, 31)),
        (WEDNESDAY, "下个月5号", day(12, 5), day(12, 5)),
        (WEDNESDAY, "12月3日", day(12, 3), day(12, 3)),
        (WEDNESDAY, "十二月三号", day(12, 3), day(12, 3)),
        (WEDNESDAY, "1月5号", day(1, 5, 2027), day(1, 5, 2027)),
        (WEDNESDAY, "12/3", day(12, 3), day(12, 3)),
        (WEDNESDAY, "12-3", day(12, 3), day(12, 3)),
        (WEDNESDAY, "2026-12-03", day(12, 3), day(12, 3)),
        (WEDNESDAY, "2026年12月3日", day(12, 3), day(12, 3)),
        (WEDNESDAY, "三天后", day(11, 28), day(11, 28)),
        (NEW_YEARS_EVE, "明天", day(1, 1, 2027), day(1, 1, 2027)),
        (NEW_YEARS_EVE, "月底", day(12, 31), day(12, 31)),
        (NEW_YEARS_EVE, "元旦", day(1, 1, 2027), day(1, 1, 2027)),
        (WEDNESDAY, "昨天", day(11, 24), day(11, 24)),
        (WEDNESDAY, "上周二", day(11, 17), day(11, 17)),
    ],
)
def test_the_days(now: datetime, text: str, first: date, last: date) -> None:
    assert time_wish(text, now) == TimeWish(first, last)


@pytest.mark.parametrize(
    ("text", "clock", "about"),
    [
        ("三点", time(15), False),
        ("3点", time(15), False),
        ("下午三点", time(15), False),
        ("三点左右", time(15), True),
        ("大概三点", time(15), True),
        ("差不多3点吧", time(15), True),
        ("下午两点半", time(14, 30), False),
        ("两点半", time(14, 30), False),
        ("9点半", time(9, 30), False),
        ("九点", time(9), False),
        ("早上九点", time(9), False),
        ("上午十点一刻", time(10, 15), False),
        ("三点三刻", time(15, 45), False),
        ("下午三点四十五", time(15, 45), False),
        ("10:30", time(10, 30), False),
        ("10：30", time(10, 30), False),
        ("14:00", time(14), False),
        ("03:00", time(3), False),
        ("十一点", time(11), False),
        ("十二点半", time(12, 30), False),
        ("中午一点", time(13), False),
        ("晚上8点", time(20), False),
        ("9点05分", time(9, 5), False),
        ("九点零五分", time(9, 5), False),
        ("16时", time(16), False),
        ("四点钟", time(16), False),
    ],
)
def test_the_clock(text: str, clock: time, about: bool) -> None:
    assert time_wish(text, WEDNESDAY) == TimeWish(clock=clock, about=about)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("上午", time(0), time(12)),
        ("下午", time(12), time(18)),
        ("中午", time(11), time(14)),
        ("一早", time(0), time(10)),
        ("早上", time(0), time(10)),
        ("晚上", time(18), None),
        ("下午3点到5点", time(15), time(17)),
        ("9点到11点", time(9), time(11)),
        ("9:00-10:30", time(9), time(10, 30)),
        ("三点以后", time(15), None),
        ("10点之前", None, time(10)),
    ],
)
def test_the_part_of_the_day(text: str, begins: time | None, ends: time | None) -> None:
    assert time_wish(text, WEDNESDAY) == TimeWish(begins=begins, ends=ends)


@pytest.mark.parametrize(
    ("now", "text", "wish"),
    [
        (SUNDAY, "明天下午三点左右", TimeWish(day(11, 23), day(11, 23), clock=time(15), about=True)),
        (SUNDAY, "后天一早", TimeWish(day(11, 24), day(11, 24), time(0), time(10))),
        (SUNDAY, "下周二上午", TimeWish(day(11, 24), day(11, 24), time(0), time(12))),
        (SUNDAY, "明早", TimeWish(day(11, 23), day(11, 23), time(0), time(10))),
        (SUNDAY, "明早九点", TimeWish(day(11, 23), day(11, 23), clock=time(9))),
        (SUNDAY, "明晚", TimeWish(day(11, 23), day(11, 23), time(18), None)),
        (SUNDAY, "我想明天上午10点来办身份证", TimeWish(day(11, 23), day(11, 23), clock=time(10))),
        (SUNDAY, "12月3日上午10点", TimeWish(day(12, 3), day(12, 3), clock=time(10))),
        (SUNDAY, "12月3日 9:30", TimeWish(day(12, 3), day(12, 3), clock=time(9, 30))),
        (SUNDAY, "2026-12-03 09:30", TimeWish(day(12, 3), day(12, 3), clock=time(9, 30))),
        (SUNDAY, "12/3 10:30", TimeWish(day(12, 3), day(12, 3), clock=time(10, 30))),
        (SUNDAY, "周五下午3点以后", TimeWish(day(11, 27), day(11, 27), begins=time(15))),
        (SUNDAY, "28号下午四点半可以吗", TimeWish(day(11, 28), day(11, 28), clock=time(16, 30))),
        (SUNDAY, "11月24日（周二）09:30", TimeWish(day(11, 24), day(11, 24), clock=time(9, 30))),
        (WEDNESDAY, "周三上午9点", TimeWish(day(12, 2), day(12, 2), clock=time(9))),
        (WEDNESDAY, "周三下午", TimeWish(day(11, 25), day(11, 25), time(12), time(18))),
        (WEDNESDAY, "两个小时后", TimeWish(day(11, 25), day(11, 25), clock=time(12), about=True)),
        (WEDNESDAY, "半小时后", TimeWish(day(11, 25), day(11, 25), clock=time(10, 30), about=True)),
        (WEDNESDAY, "越快越好", TimeWish(soonest=True)),
        (WEDNESDAY, "随便", TimeWish(soonest=True)),
        (WEDNESDAY, "明天随便什么时候都行", TimeWish(day(11, 26), day(11, 26), soonest=True)),
        (WEDNESDAY, "改到后天吧，明天没空", TimeWish(day(11, 26), day(11, 26))),
    ],
)
def test_both_together(now: datetime, text: str, wish: TimeWish) -> None:
    assert time_wish(text, now) == wish


@pytest.mark.parametrize(
    "text",
    ["", "身份证丢了补办要多久", "王女士", "13800001111", "我要预约", "早点办完", "有一点问题", "3号窗口", "第二个",
     "快一点",
     "周先生", "2", "办3年的", "YY20261122ABCDEF", "需要多长时间", "晚点再说", "110"],
)  # fmt: skip
def test_what_names_no_time(text: str) -> None:
    assert time_wish(text, WEDNESDAY) is None


@pytest.mark.parametrize(
    ("text", "over"),
    [("昨天", True), ("上周二", True), ("今天上午9点", True), ("今天下午4点", False), ("今天", False), ("9点", False),
     ("明天上午9点", False), ("2026-11-24", True), ("2026年12月1日", False)],
)  # fmt: skip
def test_what_is_over(text: str, over: bool) -> None:
    wish = time_wish(text, WEDNESDAY)
    assert wish is not None and wish.over(WEDNESDAY) is over


def test_what_fits() -> None:
    wish = TimeWish(day(11, 26), day(11, 27), time(9), time(12))
    nine = datetime(2026, 11, 26, 9, 0, tzinfo=CHINA)
    assert wish.fits(nine) and wish.fits(nine + timedelta(days=1, hours=2, minutes=30))
    assert not wish.fits(nine + timedelta(hours=3)) and not wish.fits(nine - timedelta(minutes=1))
    assert not wish.fits(nine + timedelta(days=2)) and TimeWish().fits(nine)


def test_the_moment_to_seek_from() -> None:
    now = WEDNESDAY
    assert TimeWish().moment(now) == now
    assert TimeWish(clock=time(9)).moment(now) == now
    assert TimeWish(clock=time(15)).moment(now) == datetime(2026, 11, 25, 15, 0, tzinfo=CHINA)
    assert TimeWish(day(11, 26), day(11, 27)).moment(now) == datetime(2026, 11, 26, tzinfo=CHINA)
    assert TimeWish(day(11, 20), day(11, 20)).moment(now) == now
