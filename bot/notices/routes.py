"""Staff issue notices, list them, print them and send them (S03, S25)."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from bot.audit.service import record
from bot.deeds.fields import telephone_in
from bot.desk import Desk
from bot.errors import Refused
from bot.notices import downloads, service
from bot.notices.address import base_url
from bot.notices.model import Details, Missing, NewNotice, NoticeKind, NoticeRow
from bot.notices.pages import pdf_response
from bot.notices.rules import notice_rules
from bot.notices.service import Listed
from bot.outbox.service import Outgoing, enqueue
from bot.parameters import IdempotencyKey, LongLimit, ThisDesk, Worker
from bot.staff.access import may_see_department
from bot.staff.model import Staff
from knowledge.model import Strict

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class MissingMaterial(Strict):
    name: Text
    requirement: Optional = ""


class NoticeIn(Strict):
    """Which fields a kind needs: see `bot.notices.model.Details` and docs/notices-and-progress.md."""

    kind: NoticeKind
    item: Annotated[str, StringConstraints(max_length=48)]
    recipient: Name = ""
    situation: Annotated[str, StringConstraints(max_length=40)] | None = None
    applied_on: date | None = None
    reasons: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    legal_basis: Optional = ""
    missing: Annotated[tuple[MissingMaterial, ...], Field(max_length=60)] = ()
    due_on: date | None = None
    limit_days: Annotated[int, Field(ge=1, le=365)] | None = None
    collect_at: Optional = ""
    received: Annotated[tuple[Text, ...], Field(max_length=60)] = ()

    def details(self) -> Details:
        told = self.model_dump(exclude={"kind", "item", "recipient", "situation", "missing"})
        return Details(**told, missing=tuple(Missing(m.name, m.requirement) for m in self.missing))


class SendIn(Strict):
    """To whom: a telephone, or nobody named, which means the citizen who asked for the notice in a dialogue."""

    telephone: Annotated[str, StringConstraints(max_length=32)] | None = None


def routes() -> APIRouter:
    """POST and GET /api/v1/staff/notices, GET …/{id}/pdf, POST …/{id}/send."""
    router = APIRouter(prefix="/api/v1/staff/notices")
    router.add_api_route("", issue_notice, methods=["POST"], status_code=201)
    router.add_api_route("", list_notices, methods=["GET"])
    router.add_api_route("/{id_}/pdf", read_pdf, methods=["GET"], response_class=Response)
    router.add_api_route("/{id_}/send", send_notice, methods=["POST"], status_code=202)
    return router


def issue_notice(told: NoticeIn, request: Request, desk: ThisDesk, staff: Worker, key: IdempotencyKey = None) -> Listed:
    """Issues a notice about an item of the clerk's department; the same Idempotency-Key gives the first one again."""
    now, base = datetime.now(UTC), desk.library.current
    guide = base.guides.get(told.item)
    if guide is not None and not may_see_department(staff, guide.department):
        raise Refused("notice.other_department", 403, "not-allowed")
    new = NewNotice(
        kind=told.kind,
        item=told.item,
        recipient=told.recipient,
        verify_base=base_url(desk, request),
        situation=told.situation,
        details=told.details(),
        deed_id=desk.vault.lookup("notice-key", f"{staff.id}\0{key}")[:32] if key else None,
        created_by=staff.id,
        clerk=staff.name,
    )
    with desk.database.transaction() as session:
        row = service.issue(session, desk.vault, base, notice_rules(desk.rules), new, now)
        if row.created_at == now:
            record(session, staff, "notice.issue", f"notice:{row.id}", now, kind=row.kind, number=row.number)
    return service.shown(desk.vault, row)


def list_notices(
    desk: ThisDesk, staff: Worker, kind: NoticeKind | None = None, limit: LongLimit = 50
) -> dict[str, list[Listed]]:
    """The newest, recipients masked; clerks see those of their department."""
    department = None if may_see_department(staff, None) else staff.department
    with desk.database.transaction() as session:
        return {"notices": service.listed(session, desk.vault, department, kind, limit)}


def read_pdf(id_: str, desk: ThisDesk, staff: Worker) -> Response:
    """The document with the recipient's full name, so it is audited."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = _own(service.notice(session, id_), staff)
        record(session, staff, "notice.read", f"notice:{row.id}", now, number=row.number)
    return pdf_response(*downloads.file(desk.database, desk.vault, id_))


def send_notice(id_: str, told: SendIn, request: Request, desk: ThisDesk, staff: Worker) -> dict[str, str]:
    """Sends the download address by message."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = _own(service.notice(session, id_), staff)
        telephone = telephone_in(told.telephone) if told.telephone else None
        if told.telephone and telephone is None:
            raise Refused("form.bad_telephone", 422, "wrong-field")
        if telephone is None and row.sender_key is None:
            raise Refused("notice.nobody_to_send_to", 422, "wrong-field")
        token = downloads.new_token(session, notice_rules(desk.rules), row.id, now)
        enqueue(session, desk.vault, _message(desk, row, f"{base_url(desk, request)}/d/{token}", telephone), now)
        by = "telephone" if telephone else "sender"
        record(session, staff, "notice.send", f"notice:{row.id}", now, number=row.number, by=by)
    return {"sent_by": by}


def _message(desk: Desk, row: NoticeRow, address: str, telephone: str | None) -> Outgoing:
    """Each sending is a message of its own."""
    rules = notice_rules(desk.rules)
    text = desk.wording.say(
        "notice.message",
        kind=rules.kinds[NoticeKind(row.kind)].title,
        number=row.number,
        address=address,
        days=rules.download_days,
    )
    sender = None if telephone else row.sender_key
    return Outgoing(f"notice:{row.id}:{uuid.uuid4().hex}", text, sender_key=sender, telephone=telephone, kind="notice")


def _own(row: NoticeRow, staff: Staff) -> NoticeRow:
    """Raises Refused (404) for another department's notice, as for one that does not exist."""
    if not may_see_department(staff, row.department):
        raise Refused("notice.not_found", 404, "not-found")
    return row
