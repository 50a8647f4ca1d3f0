"""Accounts: what may be added and changed, and that there is always an administrator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.audit.model import AuditEntry, Wanted
from bot.audit.service import entries
from bot.db.database import Database
from bot.errors import Refused
from bot.staff import service, sessions
from bot.staff.model import Role, SessionRow, Staff, StaffRow, staff_of
from bot.staff.service import NewAccount
from tests.unit.bot.staff.helpers import HALL, NOW, RULES, account, hash_of_password, put

LATER = NOW + timedelta(hours=1)


def administrator(database: Database, name: str = "admin") -> Staff:
    row = account(name, Role.ADMINISTRATOR, department=None)
    put(database, row)
    return staff_of(row)


def add(database: Database, new: NewAccount, by: Staff | None = None) -> StaffRow:
    with database.transaction() as session:
        return service.add(session, HALL, by, new, NOW)


def change(database: Database, id_: str, by: Staff | None = None, **values: Any) -> StaffRow:
    with database.transaction() as session:
        return service.change(session, HALL, by, id_, values, now=LATER)


def read(database: Database, id_: str) -> StaffRow:
    with database.transaction() as session:
        return session.scalars(select(StaffRow).where(StaffRow.id == id_)).one()


def log(database: Database) -> list[AuditEntry]:
    with database.transaction() as session:
        return list(reversed(entries(session, Wanted(), 100)))


def refusal(caught: pytest.ExceptionInfo[Refused]) -> tuple[str, int]:
    return caught.value.wording, caught.value.status


def test_an_account_is_added_under_one_spelling_of_its_name(database: Database) -> None:
    by = administrator(database)
    row = add(database, NewAccount(" Wang.A ", "王女士", Role.CLERK, "GA", "A01", hash_of_password()), by)
    found = read(database, row.id)
    assert (found.username, found.name, found.role, found.department, found.window) == (
        "wang.a", "王女士", "clerk", "GA", "A01",
    )  # fmt: skip
    assert (found.active, found.failed_logins, found.created_at, found.changed_at) == (True, 0, NOW, NOW)
    (entry,) = log(database)
    assert (entry.action, entry.subject, entry.staff_id) == ("staff.added", f"staff:{row.id}", by.id)
    assert entry.details == {"role": "clerk", "department": "GA"}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (NewAccount("a", "甲", Role.REVIEWER), ("staff.bad_username", 422)),
        (NewAccount("wang a", "甲", Role.REVIEWER), ("staff.bad_username", 422)),
        (NewAccount("wang\0", "甲", Role.REVIEWER), ("staff.bad_username", 422)),
        (NewAccount("WANG", "甲", Role.REVIEWER), ("staff.username_taken", 409)),
        (NewAccount("li", "甲", Role.CLERK), ("staff.needs_department", 422)),
        (NewAccount("li", "甲", Role.CLERK, "XX"), ("staff.unknown_department", 422)),
        (NewAccount("li", "甲", Role.CLERK, "GA", "Z99"), ("staff.unknown_window", 422)),
    ],
)
def test_what_is_no_good_is_not_added(database: Database, new: NewAccount, expected: tuple[str, int]) -> None:
    put(database, account("wang"))
    with pytest.raises(Refused) as caught:
        add(database, new)
    assert refusal(caught) == expected and log(database) == []
    with database.transaction() as session:
        assert [row.username for row in service.accounts(session)] == ["wang"]


def test_the_same_name_at_once_is_given_once(database: Database) -> None:
    def try_add(number: int) -> bool:
        try:
            return bool(add(database, NewAccount("wang", f"甲{number}", Role.REVIEWER)))
        except Refused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_add, range(4))) == 1


@pytest.mark.parametrize("broken", ["role = 'king'", "role = 'clerk', department = null", "failed_logins = -1"])
def test_the_database_holds_the_rules_too(database: Database, broken: str) -> None:
    put(database, account("wang"))
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(f"update staff set {broken}"))


def test_what_changes_is_logged_without_personal_data(database: Database) -> None:
    by = administrator(database)
    row = account("wang")
    put(database, row)
    change(database, row.id, by, name="李女士", department="SC", window=None, oidc_subject="sub-1")
    found = read(database, row.id)
    assert (found.name, found.department, found.oidc_subject, found.changed_at) == ("李女士", "SC", "sub-1", LATER)
    (entry,) = log(database)
    assert (entry.action, entry.staff_id) == ("staff.changed", by.id)
    assert entry.details == {"name": None, "department": ["GA", "SC"], "oidc_subject": None}


def test_what_stays_the_same_is_no_change(database: Database) -> None:
    row = account("wang")
    put(database, row)
    change(database, row.id, department="GA", active=True)
    assert log(database) == [] and read(database, row.id).changed_at == NOW


@pytest.mark.parametrize(
    ("values", "wording"),
    [
        ({"department": None}, "staff.needs_department"),
        ({"department": "XX"}, "staff.unknown_department"),
        ({"window": "Z99"}, "staff.unknown_window"),
        ({"oidc_subject": "taken"}, "staff.identity_taken"),
    ],
)
def test_a_change_that_is_no_good_changes_nothing(database: Database, values: dict[str, Any], wording: str) -> None:
    row = account("wang")
    put(database, row, account("li", oidc_subject="taken"))
    with pytest.raises(Refused) as caught:
        change(database, row.id, name="另一个", **values)
    assert caught.value.wording == wording
    found = read(database, row.id)
    assert (found.name, found.department, found.window, found.oidc_subject) == (row.name, "GA", None, None)
    assert log(database) == []


def test_deactivation_ends_the_sessions_and_activation_is_logged(database: Database) -> None:
    row = account("wang")
    put(database, row)
    with database.transaction() as session:
        sessions.start(session, RULES, staff_of(row), NOW)
    change(database, row.id, active=False)
    with database.transaction() as session:
        assert session.scalars(select(SessionRow)).all() == []
    change(database, row.id, active=True)
    assert [e.action for e in log(database)] == ["staff.deactivated", "staff.activated"]


@pytest.mark.parametrize("values", [{"active": False}, {"role": "supervisor"}, {"role": "clerk", "department": "GA"}])
def test_the_last_administrator_stays(database: Database, values: dict[str, Any]) -> None:
    by = administrator(database)
    put(database, account("old", Role.ADMINISTRATOR, active=False))
    with pytest.raises(Refused) as caught:
        change(database, by.id, by, **values)
    assert refusal(caught) == ("staff.last_administrator", 409)
    assert (read(database, by.id).active, read(database, by.id).role) == (True, "administrator")
    change(database, by.id, by, name="改名")
    administrator(database, "second")
    change(database, by.id, by, **values)


def test_two_administrators_cannot_degrade_each_other_at_once(database: Database) -> None:
    for _ in range(5):
        with database.engine.begin() as connection:
            connection.execute(text("update staff set active = false"))
        pair = [administrator(database, f"admin-{n}-{_}") for n in range(2)]

        def degrade(id_: str) -> bool:
            try:
                return bool(change(database, id_, active=False))
            except Refused:
                return False

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(degrade, [staff.id for staff in pair])) == 1


def test_a_new_password_unlocks_and_ends_the_sessions(database: Database) -> None:
    by = administrator(database)
    row = account("wang", failed_logins=3, locked_until=LATER)
    put(database, row)
    with database.transaction() as session:
        sessions.start(session, RULES, staff_of(row), NOW)
    with database.transaction() as session:
        service.set_password(session, by, row.id, "new hash", LATER)
    found = read(database, row.id)
    assert (found.password_hash, found.failed_logins, found.locked_until) == ("new hash", 0, None)
    with database.transaction() as session:
        assert session.scalars(select(SessionRow)).all() == []
    assert [(e.action, e.staff_id, e.details) for e in log(database)] == [("staff.password_set", by.id, {})]


def test_unlocking_is_logged(database: Database) -> None:
    row = account("wang", failed_logins=1, locked_until=LATER)
    put(database, row)
    with database.transaction() as session:
        assert service.unlock(session, None, row.id, NOW).locked_until is None
    assert read(database, row.id).failed_logins == 0
    assert [(e.action, e.staff_id) for e in log(database)] == [("staff.unlocked", None)]


def test_an_account_that_is_not_there_is_refused_everywhere(database: Database) -> None:
    with database.transaction() as session:
        for call in (
            lambda: service.by_id(session, "0" * 32), lambda: service.by_username(session, "nobody"),
            lambda: service.by_username(session, "\0"), lambda: service.unlock(session, None, "0" * 32, NOW),
            lambda: service.set_password(session, None, "0" * 32, "hash", NOW),
            lambda: service.change(session, HALL, None, "0" * 32, {"name": "甲"}, now=NOW),
        ):  # fmt: skip
            with pytest.raises(Refused) as caught:
                call()
            assert refusal(caught) == ("staff.unknown_account", 404)


def test_an_identity_finds_its_active_account(database: Database) -> None:
    put(database, account("wang", oidc_subject="sub-1"), account("li", oidc_subject="sub-2", active=False))
    with database.transaction() as session:
        found = service.by_identity(session, "sub-1")
        assert found and found.username == "wang"
        assert service.by_identity(session, "sub-2") is None and service.by_identity(session, "") is None
