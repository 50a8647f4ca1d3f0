"""Routes of alarms: list, acknowledge, and a stream that shows a new one within a second (S18)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bot.audit.service import record
from bot.desk import Desk
from bot.outbox.alarms import Alarm, Viewer, acknowledge, alarms_by_id, alarms_for, open_ids
from bot.parameters import AlarmLimit, Anybody, ThisDesk
from bot.staff.model import Role, Staff

LOOK_SECONDS = 0.5
STREAM_SECONDS = 300.0
"""How long one stream lives: the page then opens the next by itself, and with it its log-in is checked anew."""
RECONNECT_MS = 1000


def routes() -> APIRouter:
    """GET /api/v1/staff/alarms, POST /api/v1/staff/alarms/{id}/acknowledge, GET /api/v1/staff/alarms/events."""
    router = APIRouter(prefix="/api/v1/staff/alarms")
    router.add_api_route("", list_alarms, methods=["GET"])
    router.add_api_route("/events", stream_alarms, methods=["GET"], response_class=EventSourceResponse)
    router.add_api_route("/{id_}/acknowledge", acknowledge_alarm, methods=["POST"])
    return router


def viewer_of(staff: Staff) -> Viewer:
    """What of the account decides which alarms it sees."""
    return Viewer(staff.id, staff.department, staff.role in {Role.SUPERVISOR, Role.ADMINISTRATOR})


def list_alarms(
    desk: ThisDesk, staff: Anybody, unacknowledged: bool = False, limit: AlarmLimit = 100
) -> dict[str, list[Alarm]]:
    """The newest alarms that this staff member may see."""
    with desk.database.transaction() as session:
        found = alarms_for(session, desk.vault, viewer_of(staff), unacknowledged=unacknowledged, limit=limit)
    return {"alarms": found}


def acknowledge_alarm(id_: str, desk: ThisDesk, staff: Anybody) -> Alarm:
    """Notes who takes care of it; the first counts, and whoever comes later sees who that was."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        alarm, first = acknowledge(session, desk.vault, id_, viewer_of(staff), now)
        if first:
            record(session, staff, "alarm.acknowledge", f"alarm:{id_}", now, kind=alarm.kind, audience=alarm.audience)
    return alarm


async def stream_alarms(request: Request, desk: ThisDesk, staff: Anybody) -> AsyncIterator[ServerSentEvent]:
    """First every open alarm, then new ones as `alarm`, and those that somebody took as `acknowledged`. Heartbeats
    are FastAPI's. Ends when the page goes, when the app stops (`app.state.stopping`), or after STREAM_SECONDS."""
    viewer, known = viewer_of(staff), set[str]()
    stopping: asyncio.Event | None = getattr(request.app.state, "stopping", None)
    yield ServerSentEvent(comment="alarms", retry=RECONNECT_MS)
    until = time.monotonic() + STREAM_SECONDS
    while time.monotonic() < until and not (stopping and stopping.is_set()):
        fresh, gone = await asyncio.to_thread(_look, desk, viewer, known)
        for alarm in fresh:
            yield ServerSentEvent(event="alarm", id=alarm.id, data=alarm)
        for id_ in sorted(gone):
            yield ServerSentEvent(event="acknowledged", id=id_, data={"id": id_})
        known = (known | {alarm.id for alarm in fresh}) - gone
        await asyncio.sleep(LOOK_SECONDS)


def _look(desk: Desk, viewer: Viewer, known: set[str]) -> tuple[list[Alarm], set[str]]:
    """Alarms that are open and not known yet, and the ids of known ones that are not open any more. Compares sets,
    not times: a transaction that began earlier may end later."""
    with desk.database.transaction() as session:
        now_open = open_ids(session, viewer)
        return alarms_by_id(session, desk.vault, now_open - known), known - now_open
