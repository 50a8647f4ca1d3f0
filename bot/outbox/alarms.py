"""Alarms to staff: written with the deed or by the worker, seen within a second, acknowledged by name (S18, S19)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, or_, select, true, update
from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.errors import Refused
from bot.outbox.model import AlarmRow
from bot.outbox.transport import Recipient
from bot.senders.insert import insert_missing

HALL = "hall"
SUPERVISORS = "supervisors"


@dataclass(frozen=True)
class Viewer:
    """What of a staff member decides which alarms he sees; `sees_all`: supervisors and administrators."""

    id: str
    department: str | None
    sees_all: bool


@dataclass(frozen=True)
class Alarm:
    """An alarm as staff see it."""

    id: str
    audience: str
    kind: str
    text: str
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


def raise_alarm(session: Session, vault: Vault, key: str, audience: str, kind: str, text: str, now: datetime) -> None:
    """Shows staff an alarm as soon as the deed's transaction ends; the same key twice does nothing."""
    row = {
        "id": uuid.uuid4().hex,
        "key": key,
        "audience": audience,
        "kind": kind,
        "text": vault.seal(text),
        "created_at": now,
    }
    insert_missing(session, AlarmRow, row)


class AlarmTransport:
    """Messages of the outbox whose audience is staff."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database, self._vault, self._clock = database, vault, clock

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        with self._database.transaction() as session:
            raise_alarm(session, self._vault, key, recipient.id, recipient.about, text, self._clock())


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """What is for the hall everybody sees, what is for a department its members, and some see all."""
    if viewer.sees_all:
        return true()
    own = [AlarmRow.audience == viewer.department] if viewer.department not in {None, SUPERVISORS} else []
    return or_(AlarmRow.audience == HALL, *own)


def alarms_for(session: Session, vault: Vault, viewer: Viewer, *, unacknowledged: bool, limit: int) -> list[Alarm]:
    """The newest alarms that the viewer may see, newest first."""
    statement = select(AlarmRow).where(visible_to(viewer))
    if unacknowledged:
        statement = statement.where(AlarmRow.acknowledged_at.is_(None))
    newest = statement.order_by(AlarmRow.created_at.desc(), AlarmRow.id).limit(limit)
    return [_shown(vault, row) for row in session.scalars(newest)]


def open_ids(session: Session, viewer: Viewer) -> set[str]:
    """The ids of what nobody has acknowledged yet."""
    statement = select(AlarmRow.id).where(visible_to(viewer), AlarmRow.acknowledged_at.is_(None))
    return set(session.scalars(statement))


def alarms_by_id(session: Session, vault: Vault, ids: set[str]) -> list[Alarm]:
    """These alarms, oldest first."""
    if not ids:
        return []
    statement = select(AlarmRow).where(AlarmRow.id.in_(ids)).order_by(AlarmRow.created_at, AlarmRow.id)
    return [_shown(vault, row) for row in session.scalars(statement)]


def acknowledge(session: Session, vault: Vault, id_: str, viewer: Viewer, now: datetime) -> tuple[Alarm, bool]:
    """The alarm, and whether this viewer was the first to acknowledge it; a second one changes nothing. Raises
    Refused for an alarm that the viewer may not see, as if there were none."""
    statement = (
        update(AlarmRow)
        .where(AlarmRow.id == id_, visible_to(viewer), AlarmRow.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=viewer.id)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    row = session.scalar(select(AlarmRow).where(AlarmRow.id == id_, visible_to(viewer)))
    if row is None:
        raise Refused("outbox.no_alarm", 404, "not-found")
    return _shown(vault, row), done.rowcount == 1


def _shown(vault: Vault, row: AlarmRow) -> Alarm:
    return Alarm(
        row.id, row.audience, row.kind, vault.open(row.text), row.created_at, row.acknowledged_at, row.acknowledged_by
    )
