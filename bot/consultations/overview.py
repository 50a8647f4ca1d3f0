"""S13: the ledger as staff see it: lists with masks only, one consultation with its question, the contact by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.consultations.model import UNANSWERED, ConsultationRow, ConsultationState
from bot.consultations.service import found
from bot.db.vault import Vault
from bot.errors import Refused
from bot.privacy.masks import mask_name, mask_numbers, mask_telephone
from bot.staff.access import may_see_department
from bot.staff.model import Staff

GIST_CHARACTERS = 30
"""How much of a question a list shows."""


@dataclass(frozen=True)
class Wanted:
    """Which consultations are looked for; None means all. `mine` keeps to those assigned to whoever looks."""

    state: ConsultationState | None = None
    owner: str | None = None
    channel: str | None = None
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Summary:
    """One consultation in a list; `gist` is the beginning of the question without long numbers."""

    id: str
    number: str
    state: str
    channel: str
    owner: str | None
    item: str | None
    gist: str
    name: str
    telephone: str
    created_at: datetime
    promised_by: datetime
    overdue: bool
    assigned_to: str | None


@dataclass(frozen=True)
class Detail:
    """One consultation as whoever answers it needs it; the contact stays masked."""

    summary: Summary
    question: str
    answer: str | None
    sources: tuple[str, ...]
    answered_by: str | None
    answered_at: datetime | None
    ended_at: datetime | None
    close_reason: str | None
    faq_id: str | None


@dataclass(frozen=True)
class Contact:
    name: str
    telephone: str


def consultations(
    session: Session, vault: Vault, staff: Staff, wanted: Wanted, now: datetime, *, page: int, limit: int
) -> tuple[list[Summary], int]:
    """One page (from 1), the soonest promise first, of what this member of staff may see, and how many there are."""
    conditions = _conditions(staff, wanted, now)
    total = session.scalar(select(func.count()).select_from(ConsultationRow).where(*conditions)) or 0
    statement = select(ConsultationRow).where(*conditions).order_by(ConsultationRow.promised_by, ConsultationRow.id)
    rows = session.scalars(statement.limit(limit).offset((page - 1) * limit))
    return [_summary(vault, row, now) for row in rows], total


def visible(session: Session, staff: Staff, id_: str) -> ConsultationRow:
    """The row; raises Refused when there is none or it is another department's, which must look alike."""
    row = found(session, id_)
    if not may_see_department(staff, row.owner):
        raise Refused("consultation.not_found", 404, "not-found")
    return row


def detail(vault: Vault, row: ConsultationRow, now: datetime) -> Detail:
    """The whole of one consultation but its contact."""
    return Detail(
        summary=_summary(vault, row, now),
        question=vault.open_or_empty(row.question),
        answer=vault.open(row.answer) if row.answer else None,
        sources=tuple(row.sources or ()),
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        close_reason=vault.open(row.close_reason) if row.close_reason else None,
        faq_id=row.faq_id,
    )


def contact(vault: Vault, row: ConsultationRow) -> Contact:
    """Name and telephone in plain text; raises Refused when they are not kept any more."""
    if row.name is None or row.telephone is None:
        raise Refused("consultation.no_contact", 410, "gone")
    return Contact(vault.open(row.name), vault.open(row.telephone))


def _conditions(staff: Staff, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    late = (ConsultationRow.state.in_(UNANSWERED), ConsultationRow.promised_by < now)
    chosen = [
        ConsultationRow.state == wanted.state.value if wanted.state else None,
        ConsultationRow.owner == wanted.owner if wanted.owner else None,
        ConsultationRow.channel == wanted.channel if wanted.channel else None,
        ConsultationRow.assigned_to == staff.id if wanted.mine else None,
        None if may_see_department(staff, None) else ConsultationRow.owner == (staff.department or ""),
    ]
    return [*(c for c in chosen if c is not None), *(late if wanted.overdue else ())]


def _summary(vault: Vault, row: ConsultationRow, now: datetime) -> Summary:
    question = mask_numbers(vault.open_or_empty(row.question))
    return Summary(
        id=row.id,
        number=row.number,
        state=row.state,
        channel=row.channel,
        owner=row.owner,
        item=row.item,
        gist=question if len(question) <= GIST_CHARACTERS else f"{question[:GIST_CHARACTERS]}…",
        name=mask_name(vault.open_or_empty(row.name)),
        telephone=mask_telephone(vault.open_or_empty(row.telephone)),
        created_at=row.created_at,
        promised_by=row.promised_by,
        overdue=row.state in UNANSWERED and row.promised_by < now,
        assigned_to=row.assigned_to,
    )
