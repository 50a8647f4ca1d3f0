"""Taking cases down: deadlines, idempotency, what is kept and how."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.cases.model import CaseEventRow, CaseRow
from bot.cases.rules import CaseKind
from bot.db.database import Database
from knowledge.calendar import CHINA
from tests.unit.bot.cases.helpers import COMPLAINT, REQUEST, TELEPHONE, VAULT, Cases
from tests.unit.helpers import SENDER_KEY


def test_a_complaint_is_promised_for_the_next_working_day_and_goes_to_supervision(cases: Cases) -> None:
    row = cases.open()
    assert re.fullmatch(r"TS20261123[2-9A-HJ-NP-Z]{6}", row.number)
    assert (row.state, row.grading, row.assignee_department) == ("received", "simple", "supervisors")
    assert row.due_at == datetime(2026, 11, 24, 17, 0, tzinfo=CHINA)
    assert row.hand_over_by == datetime(2026, 11, 23, 17, 0, tzinfo=CHINA)
    assert row.created_at < row.nearly_due_at < row.due_at
    [(audience, told)] = cases.alarms("case_new")
    assert audience == "supervisors" and row.number in told and "王小美" not in told


def test_a_fallback_request_is_promised_in_five_working_days(cases: Cases) -> None:
    row = cases.open(REQUEST)
    assert row.number.startswith("BS") and row.grading == "complex"
    assert row.due_at == datetime(2026, 11, 30, 17, 0, tzinfo=CHINA)


def test_a_case_of_friday_evening_is_handed_over_on_monday(cases: Cases) -> None:
    row = cases.open(now=datetime(2026, 11, 27, 19, 0, tzinfo=CHINA))
    assert row.hand_over_by == datetime(2026, 11, 30, 17, 0, tzinfo=CHINA)


def test_the_same_deed_twice_is_one_case(cases: Cases) -> None:
    first, again = cases.open(), cases.open(replace(COMPLAINT, facts="别的"))
    assert (first.id, first.number) == (again.id, again.number) and VAULT.open(again.facts) == COMPLAINT.facts
    with cases.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CaseEventRow)) == 1
    assert len(cases.alarms("case_new")) == 1


def test_the_same_deed_at_once_is_one_case(cases: Cases) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = {row.number for row in pool.map(lambda _: cases.open(), range(12))}
    assert len(numbers) == 1
    with cases.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 1


def test_nothing_personal_can_be_read_in_the_database(cases: Cases) -> None:
    cases.open()
    with cases.database.engine.connect() as connection:
        tables = ("cases", "case_events", "alarms", "outbox")
        raw = "".join(repr(connection.execute(text(f"select * from {table}")).all()) for table in tables)
    assert "TS2026" in raw and not any(private in raw for private in ("王小美", "13800001111", "尽快办", "一个月没有"))


def test_an_anonymous_case_keeps_nobody(cases: Cases) -> None:
    row = cases.open(replace(COMPLAINT, anonymous=True))
    assert row.anonymous and (row.name, row.telephone, row.telephone_lookup, row.sender_key) == (None,) * 4
    named = cases.open(replace(COMPLAINT, deed_id="deed9"))
    assert VAULT.open(named.telephone or "") == TELEPHONE and named.sender_key == SENDER_KEY


@pytest.mark.parametrize(
    "broken",
    [
        "update cases set anonymous = true", "update cases set state = 'lost'", "update cases set round = 0",
        "update cases set kind = 'fallback_request'", "update cases set telephone_lookup = null",
        "update cases set grading = 'hard'",
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(cases: Cases, broken: str) -> None:
    cases.open()
    with pytest.raises(IntegrityError), cases.database.transaction() as session:
        session.execute(text(broken))


@pytest.mark.parametrize(
    "forbidden",
    [
        "update case_events set action = 'close'", "delete from case_events",
        "insert or replace into case_events select * from case_events", "truncate case_events",
    ],
)  # fmt: skip
def test_the_history_can_only_be_added_to(cases: Cases, forbidden: str) -> None:
    cases.open()
    postgresql = cases.database.engine.dialect.name == "postgresql"
    if ("replace" in forbidden and postgresql) or ("truncate" in forbidden and not postgresql):
        pytest.skip("the other database's statement")
    with pytest.raises(DBAPIError), cases.database.transaction() as session:
        session.execute(text(forbidden))
    with cases.database.transaction() as session:
        assert session.scalar(select(CaseEventRow.action)) == "receive"


def test_the_migration_can_be_undone(tmp_database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    from bot.db.database import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with tmp_database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
        command.upgrade(config, "0007")
    assert Cases(tmp_database).open(replace(COMPLAINT, kind=CaseKind.COMPLAINT)).number.startswith("TS")
