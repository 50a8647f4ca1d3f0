"""Days of the calendar are set and given back, by whoever comes last, and every library learns of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.db.database import Database
from bot.errors import Refused
from bot.hall_days import service
from bot.hall_days.service import Times
from bot.publishing import repository
from bot.publishing.library import Library
from bot.staff.model import Staff
from knowledge.calendar import CHINA
from tests.unit.bot.hall_days.conftest import NOW

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
MORNING: Times = [(time(9), time(11, 30))]


def set_day(database: Database, day: date, times: Times, reason: str = "演练", now: datetime = NOW) -> None:
    with database.transaction() as session:
        service.set_day(session, day, times, reason, "id-supervisor", now)


def clear_day(database: Database, day: date, now: datetime = NOW) -> None:
    with database.transaction() as session:
        service.clear_day(session, day, now)


def read(database: Database) -> dict[date, tuple[list[str], str]]:
    with database.transaction() as session:
        found = service.exceptions(session)
    assert all(exception.day == day for day, exception in found.items())
    return {d: ([f"{s.opens:%H:%M}-{s.closes:%H:%M}" for s in e.sessions], e.reason) for d, e in found.items()}


def revision(database: Database) -> int:
    with database.transaction() as session:
        return repository.current_revision(session)


@pytest.mark.usefixtures("supervisor")
def test_days_that_are_set_are_read_with_times_and_reason(database: Database) -> None:
    set_day(database, MONDAY, [(time(13, 30), time(17)), (time(9), time(12))], "延时服务")
    set_day(database, TUESDAY, [], "消防演练")
    assert read(database) == {MONDAY: (["09:00-12:00", "13:30-17:00"], "延时服务"), TUESDAY: ([], "消防演练")}


def test_who_set_a_day_last_counts(database: Database, supervisor: Staff) -> None:
    set_day(database, MONDAY, [], "停电")
    later = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    set_day(database, MONDAY, MORNING, "恢复供电", later)
    assert read(database) == {MONDAY: (["09:00-11:30"], "恢复供电")}
    with database.transaction() as session:
        (row,) = service.days_set(session, MONDAY, MONDAY)
    assert (row.set_by, row.set_at) == (supervisor.id, later)


@pytest.mark.usefixtures("supervisor")
def test_a_day_that_is_given_back_is_as_usual(database: Database) -> None:
    set_day(database, MONDAY, [])
    set_day(database, TUESDAY, [])
    clear_day(database, MONDAY)
    assert list(read(database)) == [TUESDAY]


@pytest.mark.usefixtures("supervisor")
def test_a_day_that_was_not_set_cannot_be_given_back_and_no_revision_is_taken(database: Database) -> None:
    set_day(database, TUESDAY, [])
    before = revision(database)
    with pytest.raises(Refused, match=r"hall_days\.not_set") as refused:
        clear_day(database, MONDAY)
    assert refused.value.status == 404
    assert revision(database) == before and list(read(database)) == [TUESDAY]


@pytest.mark.usefixtures("supervisor")
def test_each_change_takes_the_next_revision(database: Database) -> None:
    before = revision(database)
    set_day(database, MONDAY, [])
    set_day(database, MONDAY, MORNING)
    clear_day(database, MONDAY)
    assert revision(database) == before + 3


@pytest.mark.usefixtures("supervisor")
def test_today_can_be_set_and_days_before_it_cannot(database: Database) -> None:
    late = datetime(2026, 11, 23, 23, 59, tzinfo=CHINA)
    set_day(database, MONDAY, [], now=late)
    after_midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # the 24th in China
    for ask in (
        lambda: set_day(database, MONDAY, MORNING, now=after_midnight),
        lambda: clear_day(database, MONDAY, after_midnight),
    ):
        with pytest.raises(Refused, match=r"hall_days\.past") as refused:
            ask()
        assert refused.value.status == 409
    assert read(database) == {MONDAY: ([], "演练")}


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([(time(12), time(9))], id="backwards"),
        pytest.param([(time(9), time(9))], id="no time at all"),
        pytest.param([(time(9), time(12)), (time(11, 59), time(14))], id="overlapping"),
        pytest.param([(time(9), time(17)), (time(10), time(11))], id="one within the other"),
        pytest.param([(time(9), time(12)), (time(9), time(12))], id="twice the same"),
    ],
)
def test_times_that_make_no_sense_are_refused(database: Database, times: Times) -> None:
    with pytest.raises(Refused, match=r"hall_days\.bad_sessions"):
        set_day(database, MONDAY, times)
    assert read(database) == {}


@pytest.mark.usefixtures("supervisor")
def test_sessions_may_follow_each_other_at_once(database: Database) -> None:
    set_day(database, MONDAY, [(time(9), time(12)), (time(12), time(14))])
    assert read(database)[MONDAY][0] == ["09:00-12:00", "12:00-14:00"]


@pytest.mark.parametrize("reason", ["", "  \n", "。", "字" * 61])
def test_a_reason_must_be_there_and_short(database: Database, reason: str) -> None:
    with pytest.raises(Refused, match=r"hall_days\.bad_reason"):
        set_day(database, MONDAY, [], reason)
    assert read(database) == {}


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize(
    ("reason", "kept"), [(" 消防\n演练。 ", "消防 演练"), ("停电！", "停电"), ("字" * 60 + "。", "字" * 60)]
)
def test_a_reason_is_kept_in_one_line_without_a_full_stop(database: Database, reason: str, kept: str) -> None:
    set_day(database, MONDAY, [], reason)
    assert read(database)[MONDAY][1] == kept


def test_somebody_who_is_no_member_of_staff_sets_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        set_day(database, MONDAY, [])
    assert read(database) == {}


@pytest.mark.usefixtures("supervisor")
def test_the_database_itself_refuses_an_empty_reason(database: Database) -> None:
    set_day(database, MONDAY, [])
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("update hall_days set reason = ''"))


@pytest.mark.usefixtures("supervisor")
def test_days_set_are_read_from_the_first_to_the_last_by_day(database: Database) -> None:
    for number in (27, 25, 23, 24):
        set_day(database, date(2026, 11, number), [])
    with database.transaction() as session:
        found = [row.day.day for row in service.days_set(session, TUESDAY, date(2026, 11, 25))]
    assert found == [24, 25]


@pytest.mark.usefixtures("supervisor")
def test_all_who_set_the_same_new_day_at_once_succeed_in_turn(database: Database) -> None:
    before = revision(database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: set_day(database, MONDAY, [], f"原因{number}"), range(8)))
    assert revision(database) == before + 8
    (told,) = read(database).values()
    assert told[1].startswith("原因")


@pytest.mark.usefixtures("supervisor")
def test_setting_and_giving_back_at_once_never_lock_each_other_out(database: Database) -> None:
    def change(number: int) -> None:
        if number % 2:
            set_day(database, MONDAY, [], f"原因{number}")
            return
        try:
            clear_day(database, MONDAY)
        except Refused as refused:
            assert refused.wording == "hall_days.not_set"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(16)))
    assert set(read(database)) <= {MONDAY}


@pytest.mark.usefixtures("supervisor")
def test_a_library_learns_of_a_day_at_its_next_look_and_snapshots_in_hand_stay(
    database: Database, library: Library
) -> None:
    taken = library.current.calendar
    assert taken.is_working_day(MONDAY) and library.refresh() is False
    set_day(database, MONDAY, [], "停电")
    assert library.refresh() is True
    assert not library.current.calendar.is_working_day(MONDAY) and taken.is_working_day(MONDAY)
    told = library.current.calendar.exception_on(MONDAY)
    assert told is not None and told.reason == "停电"
    clear_day(database, MONDAY)
    assert library.refresh() is True
    assert library.current.calendar.is_working_day(MONDAY)
