"""Routes of emergencies for staff: who takes care, and what was done (S18)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audit.service import record
from bot.db.vault import Vault
from bot.emergencies import service
from bot.emergencies.model import EmergencyKind, EmergencyRow
from bot.outbox import alarms
from bot.outbox.alarm_routes import viewer_of
from bot.outbox.model import AlarmRow
from bot.parameters import AlarmLimit, Anybody, ThisDesk
from bot.staff.model import Staff
from knowledge.model import Strict


class Closing(Strict):
    """What was done."""

    done: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ShownEmergency(BaseModel):
    """An emergency as staff see it."""

    id: str
    kind: EmergencyKind
    title: str
    channel: str
    place: str | None
    text: str
    repeats: int
    created_at: datetime
    last_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    done: str | None


def routes() -> APIRouter:
    """GET /api/v1/staff/emergencies, POST …/{id}/acknowledge, POST …/{id}/close."""
    router = APIRouter(prefix="/api/v1/staff/emergencies")
    router.add_api_route("", list_emergencies, methods=["GET"])
    router.add_api_route("/{id_}/acknowledge", acknowledge_emergency, methods=["POST"])
    router.add_api_route("/{id_}/close", close_emergency, methods=["POST"])
    return router


def list_emergencies(
    desk: ThisDesk, _staff: Anybody, open_only: Annotated[bool, Query(alias="open")] = False, limit: AlarmLimit = 100
) -> dict[str, list[ShownEmergency]]:
    """The newest emergencies; with `open` those that are not closed. Everybody in the hall may have to help."""
    with desk.database.transaction() as session:
        rows = session.scalars(service.listed(open_only, limit)).all()
    return {"emergencies": [_shown(desk.vault, row) for row in rows]}


def acknowledge_emergency(id_: str, desk: ThisDesk, staff: Anybody) -> ShownEmergency:
    """Notes who takes care; the first counts. Its alarm is acknowledged with it."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row, first = service.acknowledge(session, id_, staff.id, now)
        if first:
            record(session, staff, "emergency.acknowledge", f"emergency:{id_}", now, kind=row.kind)
            _quiet(session, desk.vault, id_, staff, now)
    return _shown(desk.vault, row)


def close_emergency(id_: str, closing: Closing, desk: ThisDesk, staff: Anybody) -> ShownEmergency:
    """Notes what was done."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = service.close(session, desk.vault, id_, staff_id=staff.id, done=closing.done, now=now)
        record(session, staff, "emergency.close", f"emergency:{id_}", now, kind=row.kind)
        _quiet(session, desk.vault, id_, staff, now)
    return _shown(desk.vault, row)


def _quiet(session: Session, vault: Vault, id_: str, staff: Staff, now: datetime) -> None:
    """Acknowledges the emergency's alarms, so that one deed is enough; an alarm for others stays theirs."""
    keys = (f"emergency:{id_}", f"emergency:{id_}:place")
    viewer = viewer_of(staff)
    mine = select(AlarmRow.id).where(AlarmRow.key.in_(keys), alarms.visible_to(viewer))
    for alarm in session.scalars(mine).all():
        alarms.acknowledge(session, vault, alarm, viewer, now)


def _shown(vault: Vault, row: EmergencyRow) -> ShownEmergency:
    kind = EmergencyKind(row.kind)
    return ShownEmergency(
        id=row.id,
        kind=kind,
        title=service.TITLES[kind],
        channel=row.channel,
        place=row.place,
        text=vault.open(row.text),
        repeats=row.repeats,
        created_at=row.created_at,
        last_at=row.last_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        done=vault.open(row.done) if row.done is not None else None,
    )
