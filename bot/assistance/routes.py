"""S14: help and agency for staff (/api/v1/staff/assistance), and the mandate's sample for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response

from bot.assistance import service
from bot.assistance.model import WAITING, AssistanceRow, AssistanceState
from bot.assistance.rules import AssistanceRules, assistance_rules
from bot.audit.service import record
from bot.db.vault import Vault
from bot.desk import Desk
from bot.requests import views
from bot.requests.request import Office, office_of, opened, visible
from bot.requests.views import (
    Assignment,
    Contact,
    Department,
    FirstDay,
    Id,
    LastDay,
    Limit,
    PageNumber,
    Reader,
    Reason,
    RequestPage,
    Reveal,
    Statistics,
    ThisDesk,
    Worker,
)  # fmt: skip
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


def routes() -> APIRouter:
    """All routes of help and agency."""
    router = APIRouter()
    router.add_api_route("/api/v1/assistance/mandate", mandate, methods=["GET"])
    router.add_api_route(PATH, list_requests, methods=["GET"])
    router.add_api_route(f"{PATH}/statistics", statistics, methods=["GET"])
    router.add_api_route(f"{PATH}/{{id}}", read_request, methods=["GET"])
    deeds: dict[str, Callable[..., Any]] = {
        "assign": assign, "visit": visit, "start": start, "done": done, "refuse": refuse, "reveal": reveal,
    }  # fmt: skip
    for name, deed in deeds.items():
        router.add_api_route(f"{PATH}/{{id}}/{name}", deed, methods=["POST"])
    return router


def mandate(desk: ThisDesk) -> dict[str, str]:
    """What a written mandate must name, and a sample."""
    told = assistance_rules(desk.rules).mandate
    return {"names": told.names, "template": told.template}


def list_requests(
    desk: ThisDesk, staff: Reader, state: AssistanceState | None = None, department: Department | None = None,
    overdue: bool = False, page: PageNumber = 1, limit: Limit = 50,
) -> RequestPage:  # fmt: skip
    """One page, the soonest due first, masked."""
    now = datetime.now(UTC)
    chosen = views.wanted(AssistanceRow, state, department, overdue, WAITING, now)
    with desk.database.transaction() as session:
        rows, total = views.one_page(session, AssistanceRow, staff, chosen, page, limit)
    return RequestPage(requests=[_detail(desk.vault, row, now) for row in rows], page=page, total=total)


def read_request(id: Id, desk: ThisDesk, staff: Reader) -> Detail:
    """One request; the contact stays masked."""
    with desk.database.transaction() as session:
        return _detail(desk.vault, visible(session, AssistanceRow, staff, id), datetime.now(UTC))


def statistics(desk: ThisDesk, staff: Reader, first: FirstDay, last: LastDay) -> Statistics:
    """How many requests of these days are in which state, and how many waited too long."""
    now = datetime.now(UTC)
    span = views.span_of(first, last)
    with desk.database.transaction() as session:
        return Statistics(counts=views.counts(session, AssistanceRow, staff, span, WAITING, now))


def assign(id: Id, body: Assignment, desk: ThisDesk, staff: Worker) -> Detail:
    """Hands it to a department, perhaps to one clerk."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as (office, _rules):
        row = service.assign(office, id, body.department, body.assigned_to, now)
        return _done(office, staff, row, "assign", now, **body.model_dump())


def visit(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """The clerk is on his way."""
    return _start(id, desk, staff, AssistanceState.VISITING)


def start(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """The clerk is at work."""
    return _start(id, desk, staff, AssistanceState.IN_PROGRESS)


def done(id: Id, desk: ThisDesk, staff: Worker) -> Detail:
    """It is done."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as (office, _rules):
        return _done(office, staff, service.finish(office, id, now), "done", now)


def refuse(id: Id, body: Reason, desk: ThisDesk, staff: Worker) -> Detail:
    """It cannot be done; the citizen reads the reason."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as (office, _rules):
        return _done(office, staff, service.refuse(office, id, body.reason, now), "refuse", now)


def reveal(id: Id, body: Reveal, desk: ThisDesk, staff: Worker, response: Response) -> Contact:
    """Name, telephone and address; who looked, and why, is in the audit log."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as (office, _rules):
        row = visible(office.session, AssistanceRow, staff, id)
        found = views.contact(desk.vault, row)
        record(office.session, staff, "assistance.reveal", f"assistance:{id}", now, reason=body.reason.value)
    response.headers["Cache-Control"] = "no-store"
    return Contact(found.name, found.telephone, opened(desk.vault, row.address))


def _start(id_: str, desk: Desk, staff: Staff, state: AssistanceState) -> Detail:
    now = datetime.now(UTC)
    with _at_work(desk, staff, id_) as (office, rules):
        return _done(office, staff, service.start(office, rules, id_, state, now), state.value, now)


def _done(office: Office, staff: Staff, row: AssistanceRow, deed: str, now: datetime, **details: Any) -> Detail:
    record(office.session, staff, f"assistance.{deed}", f"assistance:{row.id}", now, **details)
    return _detail(office.vault, row, now)


@contextmanager
def _at_work(desk: Desk, staff: Staff, id_: str) -> Iterator[tuple[Office, AssistanceRules]]:
    """The transaction of one deed; Refused for what this member of staff may not see."""
    rules = assistance_rules(desk.rules)
    with office_of(desk, rules.by_telephone) as office:
        visible(office.session, AssistanceRow, staff, id_)
        yield office, rules


def _detail(vault: Vault, row: AssistanceRow, now: datetime) -> Detail:
    return Detail(
        summary=views.summary(vault, row, WAITING, now),
        kind=row.kind,
        special_group=row.special_group,
        matter=opened(vault, row.matter),
        wished=row.wished or "",
        wished_at=row.wished_at,
        has_address=row.address is not None,
        reason=opened(vault, row.reason),
    )
