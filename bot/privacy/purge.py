"""S24: deletes or empties what has been kept long enough, in small transactions, so that nobody waits for it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CursorResult,
    Select,
    String,
    Table,
    and_,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)  # fmt: skip
from sqlalchemy.orm import Session

from bot.audit.service import record
from bot.db.database import Base, Database
from bot.privacy.holdings import HOLDINGS, Holding, holding, table_of
from bot.privacy.retention import Retention, Then

log = logging.getLogger(__name__)

BATCH = 500
"""Rows in one transaction."""


def due(session: Session, rules: Mapping[str, Retention], now: datetime) -> dict[str, int]:
    """How many rows of each holding a purge would change."""
    return {
        h.name: session.scalar(select(func.count()).select_from(table_of(h)).where(_is_due(h, rules[h.name], now))) or 0
        for h in HOLDINGS
        if rules[h.name].then is not Then.KEEP
    }


def purge(database: Database, rules: Mapping[str, Retention], now: datetime, batch: int = BATCH) -> dict[str, int]:
    """Does it; gives the rows of each holding that were changed. Safe to stop and to run twice at once."""
    done: dict[str, int] = {}
    for h in HOLDINGS:
        rule = rules[h.name]
        if rule.then is Then.KEEP:
            continue
        done[h.name] = 0
        while True:
            with database.transaction() as session:
                chosen = first(session, h, _is_due(h, rule, now), batch)
                if not chosen:
                    break
                done[h.name] += apply(session, h, rule.then, of(h, chosen))
    changed = {name: count for name, count in done.items() if count}
    if changed:
        with database.transaction() as session:
            record(session, None, "privacy.purge", "retention", now, **changed)
        log.info("privacy_purged rows=%s", sum(changed.values()))
    return done


def apply(session: Session, h: Holding, then: Then, condition: ColumnElement[bool]) -> int:
    """Deletes or empties the rows that fit; gives how many."""
    table = table_of(h)
    if then is Then.DELETE:
        done = session.execute(delete(table).where(condition))
    else:
        done = session.execute(update(table).where(condition).values(dict(h.blank)))
    assert isinstance(done, CursorResult)
    return done.rowcount


def first(session: Session, h: Holding, condition: ColumnElement[bool], most: int) -> list[tuple[Any, ...]]:
    """The primary keys of at most so many rows that fit."""
    keys = table_of(h).primary_key.columns
    return [tuple(row) for row in session.execute(select(*keys).where(condition).limit(most))]


def of(h: Holding, keys: list[tuple[Any, ...]]) -> ColumnElement[bool]:
    """That a row is one of those."""
    columns = list(table_of(h).primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


def has_ended(h: Holding) -> ColumnElement[bool]:
    """That a row's matter is over: by its state, or that of the row it belongs to."""
    if h.parent and h.through:
        return table_of(h).c[h.through].in_(_keys_of(h.parent, has_ended(holding(h.parent))))
    if h.over:
        return table_of(h).c[h.over].is_not(None)
    if h.busy:
        name, column, states = h.busy
        other = Base.metadata.tables[name]
        (key,) = table_of(h).primary_key.columns
        return ~exists().where(other.c[column] == key, other.c.state.in_(states))
    return table_of(h).c.state.in_(h.states) if h.states else true()


def still_there(h: Holding, then: Then) -> ColumnElement[bool]:
    """That there is something left to empty."""
    if then is Then.DELETE:
        return true()
    return or_(*(_differs(table_of(h), name, value) for name, value in h.blank.items()))


def _is_due(h: Holding, rule: Retention, now: datetime) -> ColumnElement[bool]:
    return and_(has_ended(h), _ended_before(h, now - rule.time), still_there(h, rule.then))


def _ended_before(h: Holding, moment: datetime) -> ColumnElement[bool]:
    table = table_of(h)
    if not h.ended and h.parent and h.through:
        return table.c[h.through].in_(_keys_of(h.parent, _ended_before(holding(h.parent), moment)))
    columns = [table.c[name] for name in h.ended]
    return (func.coalesce(*columns) if len(columns) > 1 else columns[0]) < moment


def _keys_of(name: str, condition: ColumnElement[bool]) -> Select[Any]:
    """The primary keys of those rows of a holding that fit."""
    return select(*table_of(holding(name)).primary_key.columns).where(condition)


def _differs(table: Table, name: str, value: Any) -> ColumnElement[bool]:
    column = table.c[name]
    if value is None:
        return column.is_not(None)
    if isinstance(column.type, JSON):
        return cast(column, String).is_distinct_from(json.dumps(value))  # PostgreSQL cannot compare json
    return column.is_distinct_from(value)
