"""S13: the ledger for staff: /api/v1/staff/consultations. Clerks see and do what is their department's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from bot.audit.service import record
from bot.consultations import desk_work, faq, overview
from bot.consultations.desk_work import Ledger
from bot.consultations.faq import Proposal
from bot.consultations.model import Answer, ConsultationState
from bot.consultations.overview import Detail, Wanted
from bot.consultations.rules import consultation_rules
from bot.consultations.views import (
    AnswerBody,
    Assignment,
    Closing,
    ContactView,
    Draft,
    FaqProposal,
    Page,
    Reveal,
)  # fmt: skip
from bot.desk import Desk
from bot.parameters import Department, Id, Limit, PageNumber, ThisDesk, Worker
from bot.staff.access import allow
from bot.staff.model import Role, Staff
from connectors.contract import Channel

LedgerReader = Annotated[Staff, Depends(allow(Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR))]
Proposer = Annotated[Staff, Depends(allow(Role.CLERK, Role.REVIEWER, Role.SUPERVISOR))]


def routes() -> APIRouter:
    """All routes of the ledger."""
    router = APIRouter(prefix="/api/v1/staff/consultations")
    router.add_api_route("", list_consultations, methods=["GET"])
    router.add_api_route("/{id}", read_consultation, methods=["GET"])
    router.add_api_route("/{id}/assign", assign, methods=["POST"])
    router.add_api_route("/{id}/answer", answer, methods=["POST"])
    router.add_api_route("/{id}/close", close, methods=["POST"])
    router.add_api_route("/{id}/propose-faq", propose_faq, methods=["POST"])
    router.add_api_route("/{id}/reveal", reveal, methods=["POST"])
    return router


def list_consultations(
    *,
    desk: ThisDesk,
    staff: LedgerReader,
    state: ConsultationState | None = None,
    owner: Department | None = None,
    channel: Channel | None = None,
    overdue: bool = False,
    mine: bool = False,
    page: PageNumber = 1,
    limit: Limit = 50,
) -> Page:
    """One page, the soonest promise first, masked."""
    wanted = Wanted(state, owner, channel.value if channel else None, overdue, mine)
    with desk.database.transaction() as session:
        rows, total = overview.consultations(
            session, desk.vault, staff, wanted, datetime.now(UTC), page=page, limit=limit
        )
    return Page(consultations=rows, page=page, total=total)


def read_consultation(id: Id, desk: ThisDesk, staff: LedgerReader) -> Detail:
    """One consultation; the contact stays masked."""
    with desk.database.transaction() as session:
        return overview.detail(desk.vault, overview.visible(session, staff, id), datetime.now(UTC))


def assign(id: Id, body: Assignment, desk: ThisDesk, staff: Worker) -> Detail:
    """Hands it to a department, perhaps to one of its clerks."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as ledger:
        row = desk_work.assign(ledger, id, body.owner, body.assigned_to, now)
        told = {"owner": body.owner, "assigned_to": body.assigned_to}
        record(ledger.session, staff, "consultation.assign", f"consultation:{id}", now, **told)
        return overview.detail(desk.vault, row, now)


def answer(id: Id, body: AnswerBody, desk: ThisDesk, staff: Worker) -> Detail:
    """Answers it, and sends the answer to the citizen."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as ledger:
        row = desk_work.answer(ledger, staff, id, Answer(body.text, body.sources), now)
        if row.answered_at == now:  # not the same answer sent twice
            record(ledger.session, staff, "consultation.answer", f"consultation:{id}", now)
        return overview.detail(desk.vault, row, now)


def close(id: Id, body: Closing, desk: ThisDesk, staff: Worker) -> Detail:
    """Ends it; a citizen without an answer is told why."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as ledger:
        row = desk_work.close(ledger, id, body.reason, now)
        record(ledger.session, staff, "consultation.close", f"consultation:{id}", now)
        return overview.detail(desk.vault, row, now)


def propose_faq(id: Id, body: FaqProposal, desk: ThisDesk, staff: Proposer) -> Draft:
    """Drafts an FAQ entry, which answers nobody before it is reviewed."""
    now = datetime.now(UTC)
    proposal = Proposal(body.questions, body.answer, body.sources, body.owner)
    with _at_work(desk, staff, id) as ledger:
        faq_id = faq.propose(ledger, staff, id, proposal, now)
        record(ledger.session, staff, "consultation.propose_faq", f"consultation:{id}", now, faq_id=faq_id)
    return Draft(faq_id=faq_id)


def reveal(id: Id, body: Reveal, desk: ThisDesk, staff: Worker, response: Response) -> ContactView:
    """Name and telephone; who looked, and why, is in the audit log."""
    now = datetime.now(UTC)
    with _at_work(desk, staff, id) as ledger:
        contact = overview.contact(desk.vault, overview.visible(ledger.session, staff, id))
        record(ledger.session, staff, "consultation.reveal", f"consultation:{id}", now, reason=body.reason.value)
    response.headers["Cache-Control"] = "no-store"
    return ContactView(name=contact.name, telephone=contact.telephone)


@contextmanager
def _at_work(desk: Desk, staff: Staff, id_: str) -> Iterator[Ledger]:
    """The transaction of one deed; Refused for what this member of staff may not see."""
    rules, hall = consultation_rules(desk.rules), desk.hall
    with desk.database.transaction() as session:
        overview.visible(session, staff, id_)
        yield Ledger(session, desk.vault, desk.wording, rules, hall)
