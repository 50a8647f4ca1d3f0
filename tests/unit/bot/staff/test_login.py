"""Log-in by password: counted, locked, unlocked by time, and never fooled by what happens at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.db.database import Database
from bot.staff import login, passwords, sessions
from bot.staff.login import Proof
from bot.staff.model import Role, SessionRow, StaffRow
from bot.staff.sessions import Opened
from tests.unit.bot.staff.helpers import NEW_PASSWORD, NOW, PASSWORD, RULES, account, put

LATER = NOW + RULES.locked


def prove(database: Database, password: str = PASSWORD, now: datetime = NOW, name: str = "wang") -> Proof | None:
    return login.prove(database, RULES, name, password, now)


def open_session(database: Database, proof: Proof | None) -> Opened | None:
    assert proof
    with database.transaction() as session:
        return login.log_in(session, RULES, proof, NOW)


def actions(database: Database) -> list[str]:
    """Oldest first."""
    with database.transaction() as session:
        return [e.action for e in reversed(entries(session, Wanted(), 100))]


def stored(database: Database, name: str = "wang") -> StaffRow:
    with database.transaction() as session:
        return session.scalars(select(StaffRow).where(StaffRow.username == name)).one()


@pytest.mark.parametrize("typed", ["wang", "WANG", " Wang ", "ｗａｎｇ"])
def test_the_right_password_opens_a_session(database: Database, typed: str) -> None:
    put(database, account("wang", Role.SUPERVISOR, window="A01"))
    opened = open_session(database, prove(database, name=typed))
    assert opened and (opened.staff.username, opened.staff.role, opened.staff.window) == ("wang", "supervisor", "A01")
    with database.transaction() as session:
        found = sessions.find(session, RULES, opened.token, NOW)
    assert found and found.staff == opened.staff and found.csrf_token == opened.csrf_token
    assert actions(database) == ["staff.logged_in"]


@pytest.mark.parametrize("name", ["nobody", "", "x", "a b c", "wang\0", "x" * 64, "' or 1=1 --"])
def test_an_unknown_name_is_refused_without_being_kept(database: Database, name: str) -> None:
    put(database, account("wang"))
    assert prove(database, name=name) is None
    with database.transaction() as session:
        (entry,) = entries(session, Wanted(), 10)
    assert (entry.subject, entry.staff_id, entry.details) == ("staff:unknown", None, {"method": "password"})


def test_a_wrong_name_costs_a_hash_as_a_wrong_password_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, account("wang"), account("left", active=False), account("outside", password_hash=None))
    checked: list[bool] = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda known, typed: bool(checked.append(True)) or real(known, typed))
    for name in ("wang", "nobody", "x", "left", "outside"):
        assert prove(database, "wrong password", name=name) is None
    assert len(checked) == 5


def test_no_password_lets_an_inactive_account_in_or_one_without_a_password(database: Database) -> None:
    put(database, account("left", active=False), account("outside", password_hash=None))
    assert prove(database, name="left") is None and prove(database, name="outside") is None
    assert prove(database, "", name="outside") is None


def test_too_many_failures_lock_for_a_time(database: Database) -> None:
    put(database, account("wang"))
    for _ in range(RULES.failed_logins):
        assert prove(database, "wrong password") is None
    assert stored(database).locked_until == LATER
    assert prove(database) is None
    assert prove(database, now=LATER - timedelta(seconds=1)) is None
    assert actions(database).count("staff.locked_out") == 1
    assert open_session(database, prove(database, now=LATER))
    assert (stored(database).locked_until, stored(database).failed_logins) == (None, 0)


def test_after_the_lock_there_are_as_many_tries_as_before(database: Database) -> None:
    put(database, account("wang"))
    for now in (NOW, LATER):
        for _ in range(RULES.failed_logins):
            assert prove(database, "wrong password", now) is None
    assert actions(database).count("staff.locked_out") == 2
    assert stored(database).locked_until == LATER + RULES.locked


def test_the_last_try_may_be_the_right_one(database: Database) -> None:
    put(database, account("wang"))
    for _ in range(RULES.failed_logins - 1):
        prove(database, "wrong password")
    assert stored(database).failed_logins == RULES.failed_logins - 1
    assert open_session(database, prove(database))
    assert (stored(database).locked_until, stored(database).failed_logins) == (None, 0)
    assert "staff.locked_out" not in actions(database)


def test_failures_of_one_do_not_lock_another(database: Database) -> None:
    put(database, account("wang"), account("li"))
    for _ in range(RULES.failed_logins):
        prove(database, "wrong password")
    assert prove(database, name="li")


def test_guesses_at_once_get_no_more_tries(database: Database) -> None:
    put(database, account("wang"))

    def guess(number: int) -> bool:
        with database.transaction() as session:
            return login.begin(session, RULES, "wang", NOW).password_hash is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == RULES.failed_logins


def test_a_hash_of_other_parameters_is_renewed_at_log_in(database: Database) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    put(database, account("wang", password_hash=old))
    assert open_session(database, prove(database))
    fresh = stored(database).password_hash
    assert fresh != old and passwords.matches(fresh, PASSWORD)


@pytest.mark.parametrize("change", [{"active": False}, {"password_hash": "another"}])
def test_what_changed_while_the_hash_was_computed_counts(database: Database, change: dict[str, object]) -> None:
    put(database, account("wang"))
    proof = prove(database)
    with database.transaction() as session:
        session.execute(update(StaffRow).values(**change))
    assert open_session(database, proof) is None
    with database.transaction() as session:
        assert session.scalars(select(SessionRow)).all() == []


def test_a_new_password_ends_every_session_and_opens_one(database: Database) -> None:
    put(database, account("wang"), account("li"))
    before = open_session(database, prove(database))
    other = open_session(database, prove(database, name="li"))
    proof = prove(database)
    assert proof and before and other
    with database.transaction() as session:
        opened = login.change_password(session, RULES, proof, passwords.hashed(NEW_PASSWORD), NOW)
    assert opened
    with database.transaction() as session:
        alive = [bool(sessions.find(session, RULES, o.token, NOW)) for o in (before, opened, other)]
    assert alive == [False, True, True]
    assert prove(database) is None and prove(database, NEW_PASSWORD)
    assert "staff.password_changed" in actions(database)
