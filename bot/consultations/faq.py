"""S13: an answered consultation becomes the draft of an FAQ entry, without anything personal in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import CursorResult, update

from bot.consultations import service
from bot.consultations.desk_work import Ledger
from bot.consultations.model import ConsultationRow
from bot.errors import Refused
from bot.privacy.finding import personal_in
from bot.publishing import service as publishing
from bot.publishing.model import Author, PublicationKind
from bot.staff.model import Staff
from knowledge.calendar import CHINA
from knowledge.model import FaqEntry
from knowledge.model.faq import FaqSource, ReviewState


@dataclass(frozen=True)
class Proposal:
    """What staff propose: the question in general words, and the answer to it. `owner` only if the consultation has
    none."""

    questions: tuple[str, ...]
    answer: str
    sources: tuple[str, ...] = ()
    owner: str | None = None


def propose(ledger: Ledger, staff: Staff, id_: str, proposal: Proposal, now: datetime) -> str:
    """The id of the draft, which answers nobody before it is reviewed; a second proposal gives the first one's. Raises
    Refused for a consultation without an answer, and for a text with something personal in it."""
    row = service.found(ledger.session, id_)
    if row.faq_id:
        return row.faq_id
    if row.answered_at is None:
        raise Refused("consultation.not_answered", 409, "not-answered")
    owner = row.owner or proposal.owner
    if owner not in {d.id for d in ledger.hall.departments}:
        raise Refused("consultation.unknown_department", 422, "unknown-department")
    _refuse_personal(ledger, row, proposal)
    entry = _entry(row, proposal, owner or "", now)
    if not _is_first(ledger, id_, entry.id):
        return entry.id
    author = Author(staff.username, f"consultation {row.number}")
    publishing.publish(ledger.session, PublicationKind.FAQ, {entry.id: entry}, author, now)
    return entry.id


def _refuse_personal(ledger: Ledger, row: ConsultationRow, proposal: Proposal) -> None:
    hall = ledger.hall
    public = (hall.telephone, *(d.telephone for d in hall.departments))
    names = (ledger.vault.open(row.name),) if row.name else ()
    for text in (*proposal.questions, proposal.answer, *proposal.sources):
        if personal_in(text, names, public):
            raise Refused("consultation.personal", 422, "personal-data")


def _entry(row: ConsultationRow, proposal: Proposal, owner: str, now: datetime) -> FaqEntry:
    try:
        return FaqEntry(
            id=f"FAQ-{row.number}",
            questions=proposal.questions,
            answer=proposal.answer,
            owner=owner,
            items=(row.item,) if row.item else (),
            sources=tuple(FaqSource(title=title) for title in proposal.sources or row.sources or ()),
            valid_from=now.astimezone(CHINA).date(),
            review=ReviewState.DRAFT,
        )
    except ValidationError as error:
        raise Refused("consultation.bad_proposal", 422, "bad-proposal") from error


def _is_first(ledger: Ledger, id_: str, faq_id: str) -> bool:
    statement = (
        update(ConsultationRow)
        .where(ConsultationRow.id == id_, ConsultationRow.faq_id.is_(None))
        .values(faq_id=faq_id)
        .execution_options(synchronize_session=False)
    )
    done = ledger.session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount == 1
