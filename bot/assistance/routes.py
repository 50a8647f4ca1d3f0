"""S14: help and agency for staff (/api/v1/staff/assistance), and the mandate's sample for everybody. Statistics, one
request, assign and reveal are those of every kind of request: bot/requests/staff_routes.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter

from bot.assistance import service
from bot.assistance.model import WAITING, AssistanceRow, AssistanceState
from bot.assistance.rules import assistance_rules
from bot.db.vault import Vault
from bot.desk import Desk
from bot.parameters import Id, Reader, ThisDesk, Worker
from bot.requests import views
from bot.requests.staff_routes import RequestKind
from bot.requests.views import Chosen, Contact, Reason, RequestPage
from bot.staff.model import Staff

PATH = "/api/v1/staff/assistance"


@dataclass(frozen=True)
class Detail:
    """One request as whoever does it needs it; the contact stays masked."""

    summary: views.Summary
    kind: str
    special_group: str
    matter: str
    wished: str
    wished_at: datetime | None
    has_address: bool
    reason: str


def _detail(vault: Vault, row: AssistanceRow, now: datetime) -> Detail:
    return Detail(
        summary=views.summary(vault, row, WAITING, now),
        kind=row.kind,
        special_group=row.special_group,
        matter=vault.open_or_empty(row.matter),
        wished=row.wished or "",
        wished_at=row.wished_at,
        has_address=row.address is not None,
        reason=vault.open_or_empty(row.reason),
    )


def _contact(vault: Vault, row: AssistanceRow) -> Contact:
    return replace(views.contact(vault, row), address=vault.open_or_empty(row.address))


KIND = RequestKind(
    name="assistance",
    table=AssistanceRow,
    waiting=WAITING,
    rules=assistance_rules,
    hand_on=service.assign,
    detail=Detail,
    detail_of=_detail,
    listed=_detail,
    contact=_contact,
)


def routes() -> APIRouter:
    """All routes of help and agency."""
    router = APIRouter()
    router.add_api_route("/api/v1/assistance/mandate", mandate, methods=["GET"])
    router.add_api_route(PATH, list_requests, methods=["GET"])
    KIND.add_routes(router, PATH)
    for deed in (visit, start, done, refuse):
        router.add_api_route(f"{PATH}/{{id}}/{deed.__name__}", deed, methods=["POST"])
    return router


def mandate(desk: ThisDesk) -> dict[str, str]:
    """What a written mandate must name, and a sample."""
    told = assistance_rules(desk.rules).mandate
    return {"names": told.names, "template": told.template}


def list_requests(desk: ThisDesk, staff: Reader, chosen: Chosen, state: AssistanceState | None = None) -> RequestPage:
    """One page, the soonest due first, masked."""
    return KIND.page(desk, staff, state, chosen)


def visit(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """The clerk is on his way."""
    return _start(id, desk, staff, AssistanceState.VISITING)


def start(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """The clerk is at work."""
    return _start(id, desk, staff, AssistanceState.IN_PROGRESS)


def done(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """It is done."""
    return KIND.deed("done", desk, staff, id, lambda office, now: service.finish(office, id, now))


def refuse(id: Id, body: Reason, desk: ThisDesk, staff: Worker) -> Detail:
    """It cannot be done; the citizen reads the reason."""
    return KIND.deed("refuse", desk, staff, id, lambda office, now: service.refuse(office, id, body.reason, now))


def _start(id_: str, desk: Desk, staff: Staff, state: AssistanceState) -> Detail:
    rules = assistance_rules(desk.rules)
    return KIND.deed(state.value, desk, staff, id_, lambda office, now: service.start(office, rules, id_, state, now))
