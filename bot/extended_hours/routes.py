"""S17: extended hours for staff: /api/v1/staff/extended-hours. Clerks see and do what is their department's.
Statistics, one request, assign and reveal are those of every kind of request: bot/requests/staff_routes.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from pydantic import AwareDatetime

from bot.db.vault import Vault
from bot.extended_hours import service
from bot.extended_hours.model import WAITING, ConsentBy, ExtendedHoursRow, ExtendedHoursState
from bot.extended_hours.rules import extended_hours_rules
from bot.parameters import Id, Reader, ThisDesk, Worker
from bot.requests import views
from bot.requests.request import Office
from bot.requests.staff_routes import RequestKind
from bot.requests.views import Chosen, Reason, RequestPage
from knowledge.model import Strict

PATH = "/api/v1/staff/extended-hours"


class Acceptance(Strict):
    """`at`: when he will be served; without it at the time proposed or wished for."""

    at: AwareDatetime | None = None


class Proposal(Reason):
    at: AwareDatetime


class Refusal(Reason):
    """The citizen's consent must be on record: how he gave it."""

    consent_by: ConsentBy | None = None


@dataclass(frozen=True)
class Detail:
    """One request as whoever answers it needs it; the contact stays masked."""

    summary: views.Summary
    matter: str
    why: str
    wished: str
    wished_at: datetime | None
    agreed_at: datetime | None
    reason: str
    consent_by: str | None
    consent_at: datetime | None


def _summary(vault: Vault, row: ExtendedHoursRow, now: datetime) -> views.Summary:
    return views.summary(vault, row, WAITING, now)


def _detail(vault: Vault, row: ExtendedHoursRow, now: datetime) -> Detail:
    return Detail(
        summary=_summary(vault, row, now),
        matter=vault.open_or_empty(row.matter),
        why=vault.open_or_empty(row.why),
        wished=row.wished,
        wished_at=row.wished_at,
        agreed_at=row.agreed_at,
        reason=vault.open_or_empty(row.reason),
        consent_by=row.consent_by,
        consent_at=row.consent_at,
    )


KIND = RequestKind(
    name="extended_hours",
    table=ExtendedHoursRow,
    waiting=WAITING,
    rules=extended_hours_rules,
    hand_on=service.assign,
    detail=Detail,
    detail_of=_detail,
    listed=_summary,
)


def routes() -> APIRouter:
    """All routes of extended hours."""
    router = APIRouter()
    router.add_api_route(PATH, list_requests, methods=["GET"])
    KIND.add_routes(router, PATH)
    for deed in (accept, propose, refuse):
        router.add_api_route(f"{PATH}/{{id}}/{deed.__name__}", deed, methods=["POST"])
    return router


def list_requests(
    desk: ThisDesk, staff: Reader, chosen: Chosen, state: ExtendedHoursState | None = None
) -> RequestPage:
    """One page, the soonest due first, masked."""
    return KIND.page(desk, staff, state, chosen)


def accept(id: Id, body: Acceptance, desk: ThisDesk, staff: Worker) -> Detail:
    """He will be served."""
    return KIND.deed("accept", desk, staff, id, lambda office, now: service.accept(office, id, body.at, now))


def propose(id: Id, body: Proposal, desk: ThisDesk, staff: Worker) -> Detail:
    """Another time."""

    def step(office: Office, now: datetime) -> ExtendedHoursRow:
        return service.propose(office, id, body.at, body.reason, now)

    return KIND.deed("propose", desk, staff, id, step, at=body.at.isoformat())


def refuse(id: Id, body: Refusal, desk: ThisDesk, staff: Worker) -> Detail:
    """Not possible; with a reason and the citizen's consent."""

    def step(office: Office, now: datetime) -> ExtendedHoursRow:
        return service.refuse(office, id, body.reason, body.consent_by, now)

    return KIND.deed("refuse", desk, staff, id, step, consent_by=body.consent_by)
