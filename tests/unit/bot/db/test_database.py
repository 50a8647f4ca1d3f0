"""The schema that migrations make is that of the models; times come back as they were; transactions are whole."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

import bot.consultations.model
from bot.conversations.model import ConversationRow
from bot.db.database import Base, Database
from tests.unit.helpers import SENDER_KEY


def test_migrations_make_exactly_the_tables_of_the_models(tmp_database: Database) -> None:
    with tmp_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_tables_of_the_ledger_are_among_them(tmp_database: Database) -> None:
    assert bot.consultations.model.ConsultationRow.__tablename__ in inspect(tmp_database.engine).get_table_names()


def test_migrating_twice_does_nothing_more(tmp_database: Database) -> None:
    before = inspect(tmp_database.engine).get_table_names()
    tmp_database.migrate()
    assert inspect(tmp_database.engine).get_table_names() == before


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        datetime(2026, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(tmp_database: Database, moment: datetime) -> None:
    with tmp_database.transaction() as session:
        session.add(ConversationRow(sender_key=SENDER_KEY, updated_at=moment))
    with tmp_database.transaction() as session:
        (read,) = session.scalars(select(ConversationRow.updated_at))
    assert read == moment and read.utcoffset() == timedelta(0)


def test_a_transaction_that_fails_leaves_nothing(tmp_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), tmp_database.transaction() as session:
        session.add(ConversationRow(sender_key=SENDER_KEY, updated_at=datetime.now(UTC)))
        session.flush()
        raise ZeroDivisionError
    with tmp_database.transaction() as session:
        assert session.get(ConversationRow, SENDER_KEY) is None


def test_sqlite_waits_for_writers_and_keeps_what_was_committed(tmp_database: Database) -> None:
    with tmp_database.engine.connect() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'db.sqlite3'}")
    database.migrate()
    database.close()
    assert (tmp_path / "deep" / "er" / "db.sqlite3").is_file()


def test_an_error_of_the_database_shows_no_values(tmp_database: Database) -> None:
    row = {"sender_key": SENDER_KEY, "pending_question": "张三13800001111", "updated_at": datetime.now(UTC)}
    with pytest.raises(Exception, match="UNIQUE constraint") as caught:
        for _ in range(2):
            with tmp_database.transaction() as session:
                session.add(ConversationRow(**row))
    assert "13800001111" not in str(caught.value)
