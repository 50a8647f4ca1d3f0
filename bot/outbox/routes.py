"""Routes of messages: staff see what could not be sent and retry it; a citizen's page asks what is new for him."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bot.audit.service import record
from bot.outbox import overview
from bot.outbox.inbox import InboxMessage, take_unread_messages
from bot.outbox.model import OutboxState
from bot.outbox.overview import Overview
from bot.parameters import InCharge, LongLimit, ThisDesk
from knowledge.model import Strict


class Asking(Strict):
    """Who asks for his messages. The sender id is the page's own secret: a short one, which could be guessed, is
    refused, and so is WeChat, whose ids others know."""

    channel: Literal["web", "kiosk", "sidebar"]
    sender: Annotated[str, Field(min_length=16, max_length=128)]


def routes() -> APIRouter:
    """GET /api/v1/staff/outbox, POST /api/v1/staff/outbox/{id}/retry, POST /api/v1/inbox."""
    router = APIRouter()
    router.add_api_route("/api/v1/staff/outbox", list_outbox, methods=["GET"])
    router.add_api_route("/api/v1/staff/outbox/{id_}/retry", retry_message, methods=["POST"])
    router.add_api_route("/api/v1/inbox", read_inbox, methods=["POST"])
    return router


def list_outbox(
    desk: ThisDesk, _staff: InCharge, state: OutboxState | None = None, limit: LongLimit = 50
) -> dict[str, list[Overview]]:
    """The newest messages, masked and without their texts."""
    with desk.database.transaction() as session:
        return {"messages": overview.overview(session, desk.vault, state, limit)}


def retry_message(id_: str, desk: ThisDesk, staff: InCharge) -> Overview:
    """Sends a dead message again, from the first attempt."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        shown = overview.retry(session, desk.vault, id_, now)
        record(session, staff, "outbox.retry", f"outbox:{id_}", now, kind=shown.kind, last_error=shown.last_error)
    return shown


def read_inbox(asking: Asking, desk: ThisDesk) -> dict[str, list[InboxMessage]]:
    """What the citizen has not seen yet; the answer marks it shown."""
    key = desk.vault.sender_key(asking.channel, asking.sender)
    with desk.database.transaction() as session:
        return {"messages": take_unread_messages(session, desk.vault, key, datetime.now(UTC))}
