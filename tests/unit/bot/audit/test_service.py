"""The audit log: appended to, read in pages, and never changed."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from bot.audit.model import Wanted
from bot.audit.service import entries, record
from bot.db.database import MIGRATIONS, Database
from bot.staff.model import staff_of
from tests.unit.bot.staff.helpers import NOW, account, put

EVERYTHING = Wanted()


def filled(database: Database) -> str:
    row = account("wang")
    put(database, row)
    with database.transaction() as session:
        record(session, staff_of(row), "case.opened", "case:1", NOW, deadline="2026-11-30")
        record(session, None, "staff.login_failed", "staff:unknown", NOW + timedelta(seconds=1))
        record(session, staff_of(row), "case.closed", "case:1", NOW + timedelta(seconds=2))
    return row.id


def numbers_of(
    database: Database, wanted: Wanted = EVERYTHING, limit: int = 10, before: int | None = None
) -> list[int]:
    with database.transaction() as session:
        return [entry.number for entry in entries(session, wanted, limit, before)]


def test_an_entry_comes_back_with_who_did_it(database: Database) -> None:
    id_ = filled(database)
    with database.transaction() as session:
        found = entries(session, Wanted(), 10)
    assert [(e.action, e.subject, e.staff_id, e.username) for e in found] == [
        ("case.closed", "case:1", id_, "wang"), ("staff.login_failed", "staff:unknown", None, None),
        ("case.opened", "case:1", id_, "wang"),
    ]  # fmt: skip
    assert found[2].at == NOW and found[2].details == {"deadline": "2026-11-30"} and found[0].details == {}


def test_entries_are_found_by_action_subject_and_staff(database: Database) -> None:
    id_ = filled(database)
    assert numbers_of(database, Wanted(action="case.closed")) == [3]
    assert numbers_of(database, Wanted(subject="case:1")) == [3, 1]
    assert numbers_of(database, Wanted(staff_id=id_, action="case.opened")) == [1]
    assert numbers_of(database, Wanted(staff_id="0" * 32)) == []


def test_pages_follow_each_other_though_something_is_added(database: Database) -> None:
    filled(database)
    assert numbers_of(database, limit=2) == [3, 2]
    with database.transaction() as session:
        record(session, None, "later", "x", NOW)
    assert numbers_of(database, limit=2, before=2) == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set action = 'nothing' where number = 1",
        "delete from audit_log where number = 1",
        "delete from audit_log",
    ],
)
def test_the_database_refuses_to_change_or_delete(database: Database, statement: str) -> None:
    filled(database)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement))
    assert numbers_of(database) == [3, 2, 1]


def test_no_way_round_of_the_dialect_is_open(database: Database) -> None:
    filled(database)
    replace = "insert or replace into audit_log (number, at, action, subject, details) values (1, '', 'x', 'x', '{}')"
    statement = replace if database.engine.dialect.name == "sqlite" else "truncate audit_log"
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement))
    with database.transaction() as session:
        assert [e.action for e in entries(session, Wanted(), 1, 2)] == ["case.opened"]


def test_the_migration_can_be_taken_back_and_done_again(database: Database) -> None:
    filled(database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    assert not {"audit_log", "staff", "staff_sessions", "oidc_states"} & set(inspect(database.engine).get_table_names())
    database.migrate()
    filled(database)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text("delete from audit_log"))
