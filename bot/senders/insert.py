"""An INSERT that does nothing when the row is there already, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.database import Base


def insert_missing(session: Session, table: type[Base], row: Mapping[str, Any]) -> bool:
    """Whether the row was new. The database decides by its unique constraints; a concurrent insert is waited for."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    target = inspect(table).local_table
    assert isinstance(target, Table)
    statement = insert(target).values(**row).on_conflict_do_nothing()
    # RETURNING, because not every driver counts the rows of such an INSERT.
    return session.connection().execute(statement.returning(*target.primary_key)).first() is not None
