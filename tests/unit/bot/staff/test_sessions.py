"""Sessions: found by their token only, and over in time."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.db.database import Database
from bot.staff import sessions
from bot.staff.model import SessionRow, Staff, StaffRow, staff_of
from bot.staff.sessions import Opened
from tests.unit.bot.staff.helpers import NOW, RULES, account, put

SECOND = timedelta(seconds=1)


def begun(database: Database, name: str = "wang", now: datetime = NOW) -> Opened:
    row = account(name)
    put(database, row)
    return again(database, staff_of(row), now)


def again(database: Database, staff: Staff, now: datetime = NOW) -> Opened:
    with database.transaction() as session:
        return sessions.start(session, RULES, staff, now)


def lives(database: Database, token: str, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return sessions.find(session, RULES, token, now) is not None


def test_only_a_hash_of_the_token_is_kept(database: Database) -> None:
    opened = begun(database)
    with database.transaction() as session:
        (row,) = session.scalars(select(SessionRow))
    assert row.token_hash == sessions.hash_of(opened.token) and opened.token not in vars(row).values()
    assert lives(database, opened.token)
    assert not lives(database, row.token_hash) and not lives(database, "") and not lives(database, "wrong")


def test_tokens_are_never_the_same(database: Database) -> None:
    first = begun(database)
    second = again(database, first.staff)
    assert len({first.token, first.csrf_token, second.token, second.csrf_token}) == 4


def test_an_idle_session_ends(database: Database) -> None:
    token = begun(database).token
    assert lives(database, token, NOW + RULES.idle - SECOND)
    assert not lives(database, token, NOW + RULES.idle)


def test_a_used_session_lasts_but_not_for_ever(database: Database) -> None:
    token, now = begun(database).token, NOW
    while now + RULES.idle / 2 < NOW + RULES.longest:
        now += RULES.idle / 2
        with database.transaction() as session:
            found = sessions.find(session, RULES, token, now)
            assert found
            sessions.touch(session, found, now)
    assert not lives(database, token, NOW + RULES.longest)


def test_an_inactive_account_has_no_sessions(database: Database) -> None:
    token = begun(database).token
    with database.transaction() as session:
        session.execute(update(StaffRow).values(active=False))
    assert not lives(database, token)


def test_a_new_role_counts_at_once(database: Database) -> None:
    token = begun(database).token
    with database.transaction() as session:
        session.execute(update(StaffRow).values(role="reviewer"))
    with database.transaction() as session:
        found = sessions.find(session, RULES, token, NOW)
    assert found and found.staff.role == "reviewer"


def test_one_session_ends_or_all_of_an_account(database: Database) -> None:
    first, other = begun(database), begun(database, "li")
    second, third = again(database, first.staff), again(database, first.staff)
    with database.transaction() as session:
        sessions.end(session, sessions.hash_of(first.token))
    assert [lives(database, o.token) for o in (first, second, third)] == [False, True, True]
    with database.transaction() as session:
        sessions.end_all(session, first.staff.id)
    assert [lives(database, o.token) for o in (second, third, other)] == [False, False, True]


def test_sessions_that_are_over_are_cleared_away(database: Database) -> None:
    first = begun(database)
    again(database, first.staff, NOW + RULES.longest)
    with database.transaction() as session:
        assert len(session.scalars(select(SessionRow)).all()) == 1
