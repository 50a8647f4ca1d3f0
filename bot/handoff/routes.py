"""Routes of threads for staff: the queue, taking, reading, answering, handing back, closing (S04, S24)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, StringConstraints

from bot.audit.service import record
from bot.desk import Desk
from bot.handoff import service
from bot.handoff.model import Author, Ending, ThreadMessageRow, ThreadRow, ThreadStatus
from bot.handoff.rules import handoff_rules
from bot.handoff.service import Earlier
from bot.parameters import LongLimit, ThisDesk
from bot.staff.access import allow
from bot.staff.model import Role, Staff
from knowledge.model import Strict

MOST_MESSAGES = 200
Person = Annotated[Staff, Depends(allow(Role.CLERK, Role.REVIEWER, Role.SUPERVISOR))]
After = Annotated[int, Query(ge=0)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", pattern=r"^[!-~]{1,128}$")]


class NewMessage(Strict):
    """What the person writes."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class ShownThread(BaseModel):
    """A thread without its words."""

    id: str
    state: ThreadStatus
    ending: Ending | None
    channel: str
    department: str | None
    item: str | None
    created_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    awaiting_since: datetime | None
    last_at: datetime
    last_number: int


class ShownMessage(BaseModel):
    """One message of a thread."""

    number: int
    at: datetime
    author: Author
    staff_id: str | None
    text: str


class ShownMessages(BaseModel):
    """`before`: the last turns with the bot; only with the first messages."""

    thread: ShownThread
    before: list[Earlier]
    messages: list[ShownMessage]


def routes() -> APIRouter:
    """GET /api/v1/staff/threads, POST …/{id}/take, GET and POST …/{id}/messages, POST …/{id}/hand-back, …/close."""
    router = APIRouter(prefix="/api/v1/staff/threads")
    router.add_api_route("", list_threads, methods=["GET"])
    router.add_api_route("/{id_}/take", take_thread, methods=["POST"])
    router.add_api_route("/{id_}/messages", read_messages, methods=["GET"])
    router.add_api_route("/{id_}/messages", send_message, methods=["POST"])
    router.add_api_route("/{id_}/hand-back", hand_back, methods=["POST"])
    router.add_api_route("/{id_}/close", close_thread, methods=["POST"])
    return router


def list_threads(desk: ThisDesk, staff: Person, limit: LongLimit = 100) -> dict[str, list[ShownThread]]:
    """The queue: what this member of staff may take, and what he has."""
    with desk.database.transaction() as session:
        return {"threads": [_thread(row) for row in service.queue(session, staff, limit)]}


def take_thread(id_: str, desk: ThisDesk, staff: Person) -> ShownThread:
    """Only one wins."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row, won = service.take(session, desk.vault, desk.wording, id_, staff=staff, now=now)
        if won:
            record(session, staff, "thread.take", f"thread:{id_}", now)
    return _thread(row)


def read_messages(id_: str, desk: ThisDesk, staff: Person, after: After = 0) -> ShownMessages:
    """The messages with a number above `after`. The first look is in the audit log, with who took it."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = service.readable(session, id_, staff)
        found = service.messages_after(session, id_, after, MOST_MESSAGES)
        before = [] if after else service.earlier_turns(session, row, handoff_rules(desk.rules).turns_before)
        if not after:
            record(session, staff, "thread.read", f"thread:{id_}", now)
    return ShownMessages(thread=_thread(row), before=before, messages=[_message(desk, message) for message in found])


def send_message(id_: str, new: NewMessage, desk: ThisDesk, staff: Person, key: Key = None) -> ShownMessage:
    """Sends a message to the citizen; the same Idempotency-Key twice sends one."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row, fresh = service.answer(session, desk.vault, id_, staff, text=new.text, key=key, now=now)
        if fresh:
            record(session, staff, "thread.message", f"thread:{id_}", now, number=row.number)
    return _message(desk, row)


def hand_back(id_: str, desk: ThisDesk, staff: Person) -> ShownThread:
    """The bot goes on with the citizen."""
    return _finish(id_, desk, staff, back=True)


def close_thread(id_: str, desk: ThisDesk, staff: Person) -> ShownThread:
    """The matter is settled."""
    return _finish(id_, desk, staff, back=False)


def _finish(id_: str, desk: Desk, staff: Staff, *, back: bool) -> ShownThread:
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = service.finish(session, desk.vault, desk.wording, id_, staff=staff, back=back, now=now)
        record(session, staff, "thread.hand_back" if back else "thread.close", f"thread:{id_}", now)
    return _thread(row)


def _thread(row: ThreadRow) -> ShownThread:
    return ShownThread.model_validate({name: getattr(row, name) for name in ShownThread.model_fields})


def _message(desk: Desk, row: ThreadMessageRow) -> ShownMessage:
    return ShownMessage(
        number=row.number, at=row.at, author=Author(row.author), staff_id=row.staff_id, text=desk.vault.open(row.text)
    )
