"""S17: extended hours for staff: /api/v1/staff/extended-hours. Clerks see and do what is their department's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime

from bot.audit.service import record
from bot.db.vault import Vault
from bot.desk import Desk
from bot.extended_hours import service
from bot.extended_hours.model import WAITING, ConsentBy, ExtendedHoursRow, ExtendedHoursState
from bot.extended_hours.rules import extended_hours_rules
from bot.requests import views
from bot.requests.request import Office, office_of, opened, visible
from bot.requests.views import (
    Assignment,
    Body,
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

PATH = "/api/v1/staff/extended-hours"


class Acceptance(Body):
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


def routes() -> APIRouter:
    """All routes of extended hours."""
    router = APIRouter(prefix=PATH)
    router.add_api_route("", list_requests, methods=["GET"])
    router.add_api_route("/statistics", statistics, methods=["GET"])
    router.add_api_route("/{id}", read_request, methods=["GET"])
    deeds: dict[str, Callable[..., Any]] = {
        "assign": assign,
        "accept": accept,
        "propose": propose,
        "refuse": refuse,
        "reveal": reveal,
    }
    for name, deed in deeds.items():
        router.add_api_route(f"/{{id}}/{name}", deed, methods=["POST"])
    return router


def list_requests(
    desk: ThisDesk, staff: Reader, state: ExtendedHoursState | None = None, department: Department | None = None,
    overdue: bool = False, page: PageNumber = 1, limit: Limit = 50,
) -> RequestPage:  # fmt: skip
    """One page, the soonest due first, masked."""
    now = datetime.now(UTC)
    chosen = views.wanted(ExtendedHoursRow, state, department, overdue, WAITING, now)
    with desk.database.transaction() as session:
        rows, total = views.one_page(session, ExtendedHoursRow, staff, chosen, page, limit)
    summaries = [views.summary(desk.vault, row, WAITING, now) for row in rows]
    return RequestPage(requests=summaries, page=page, total=total)


def read_request(id: Id, desk: ThisDesk, staff: Reader) -> Detail:
    """One request; the contact stays masked."""
    with desk.database.transaction() as session:
        return _detail(desk.vault, visible(session, ExtendedHoursRow, staff, id), datetime.now(UTC))


def statistics(desk: ThisDesk, staff: Reader, first: FirstDay, last: LastDay) -> Statistics:
    """How many requests of these days are in which state, and how many were not answered in time."""
    now = datetime.now(UTC)
    span = views.span_of(first, last)
    with desk.database.transaction() as session:
        return Statistics(counts=views.counts(session, ExtendedHoursRow, staff, span, WAITING, now))


def assign(id: Id, body: Assignment, desk: ThisDesk, staff: Worker) -> Detail:
    """Hands it to a department, perhaps to one clerk."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as office:
        row = service.assign(office, id, body.department, body.assigned_to, now)
        return _done(office, staff, row, "assign", now, **body.model_dump())


def accept(id: Id, body: Acceptance, desk: ThisDesk, staff: Worker) -> Detail:
    """He will be served."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as office:
        return _done(office, staff, service.accept(office, id, body.at, now), "accept", now)


def propose(id: Id, body: Proposal, desk: ThisDesk, staff: Worker) -> Detail:
    """Another time."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as office:
        row = service.propose(office, id, body.at, body.reason, now)
        return _done(office, staff, row, "propose", now, at=body.at.isoformat())


def refuse(id: Id, body: Refusal, desk: ThisDesk, staff: Worker) -> Detail:
    """Not possible; with a reason and the citizen's consent."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as office:
        row = service.refuse(office, id, body.reason, body.consent_by, now)
        return _done(office, staff, row, "refuse", now, consent_by=row.consent_by)


def reveal(id: Id, body: Reveal, desk: ThisDesk, staff: Worker, response: Response) -> Contact:
    """Name and telephone; who looked, and why, is in the audit log."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as office:
        found = views.contact(desk.vault, visible(office.session, ExtendedHoursRow, staff, id))
        record(office.session, staff, "extended_hours.reveal", f"extended_hours:{id}", now, reason=body.reason.value)
    response.headers["Cache-Control"] = "no-store"
    return found


def _done(office: Office, staff: Staff, row: ExtendedHoursRow, deed: str, now: datetime, **details: Any) -> Detail:
    record(office.session, staff, f"extended_hours.{deed}", f"extended_hours:{row.id}", now, **details)
    return _detail(office.vault, row, now)


@contextmanager
def _at_work(desk: Desk, staff: Staff, id_: str) -> Iterator[Office]:
    """The transaction of one deed; Refused for what this member of staff may not see."""
    with office_of(desk, extended_hours_rules(desk.rules).by_telephone) as office:
        visible(office.session, ExtendedHoursRow, staff, id_)
        yield office


def _detail(vault: Vault, row: ExtendedHoursRow, now: datetime) -> Detail:
    return Detail(
        summary=views.summary(vault, row, WAITING, now),
        matter=opened(vault, row.matter),
        why=opened(vault, row.why),
        wished=row.wished,
        wished_at=row.wished_at,
        agreed_at=row.agreed_at,
        reason=opened(vault, row.reason),
        consent_by=row.consent_by,
        consent_at=row.consent_at,
    )
