"""S13, S04: what staff do with a consultation: hand it on, answer it, close it. The database decides who was first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from bot.consultations import service
from bot.consultations.model import RUNNING, UNANSWERED, Answer, ConsultationRow, ConsultationState
from bot.consultations.rules import ConsultationRules
from bot.db.vault import Vault
from bot.errors import Refused
from bot.outbox.service import Outgoing, enqueue
from bot.staff.model import Staff, StaffRow
from bot.wording.wording import Wording
from knowledge.model import Hall


@dataclass(frozen=True)
class Ledger:
    """What the deeds of staff work with."""

    session: Session
    vault: Vault
    wording: Wording
    rules: ConsultationRules
    hall: Hall


def assign(ledger: Ledger, id_: str, owner: str, assigned_to: str | None, now: datetime) -> ConsultationRow:
    """Hands an unanswered consultation to a department, and perhaps to one of its clerks; a new owner is told. Raises
    Refused for a department the hall has not, an account that cannot answer for it, or what is answered already."""
    if owner not in {d.id for d in ledger.hall.departments}:
        raise Refused("consultation.unknown_department", 422, "unknown-department")
    if assigned_to is not None:
        account = ledger.session.get(StaffRow, assigned_to)
        if account is None or not account.active or account.department != owner:
            raise Refused("consultation.unknown_clerk", 422, "unknown-clerk")
    state = ConsultationState.ASSIGNED.value
    row = _change(ledger.session, id_, UNANSWERED, state=state, owner=owner, assigned_to=assigned_to)
    if row is None:
        raise _too_late(ledger.session, id_)
    service.tell_owner(ledger.session, ledger.vault, ledger.wording, row, now)
    return row


def answer(ledger: Ledger, staff: Staff, id_: str, given: Answer, now: datetime) -> ConsultationRow:
    """Stores the answer and sends it to the citizen. The same answer by the same clerk again changes nothing; raises
    Refused when somebody else answered first or the consultation is closed."""
    values = {
        "state": ConsultationState.ANSWERED.value,
        "answer": ledger.vault.seal(given.text),
        "sources": list(given.sources),
        "answered_by": staff.id,
        "answered_at": now,
    }
    row = _change(ledger.session, id_, UNANSWERED, **values)
    if row is None:
        before = service.found(ledger.session, id_)
        if before.answered_by == staff.id and before.answer and ledger.vault.open(before.answer) == given.text:
            return before
        raise _too_late(ledger.session, id_)
    text = said(ledger.wording, row.number, given, ledger.hall.telephone)
    _send(ledger, row, text, "answer", now)
    return row


def close(ledger: Ledger, id_: str, reason: str, now: datetime) -> ConsultationRow:
    """Ends a consultation; who has no answer yet is told why. Raises Refused when it has ended already."""
    values = {
        "state": ConsultationState.CLOSED.value,
        "ended_at": now,
        "close_reason": ledger.vault.seal(reason),
    }
    row = _change(ledger.session, id_, RUNNING, **values)
    if row is None:
        raise _too_late(ledger.session, id_)
    if row.answered_at is None:
        _send(ledger, row, ledger.wording.say("consultation.closed", number=row.number, text=reason), "closed", now)
    return row


def said(wording: Wording, number: str, given: Answer, telephone: str) -> str:
    """The answer as the citizen reads it: the text, what it rests on, where to ask on."""
    told = [wording.say("consultation.answer", number=number, text=given.text)]
    if given.sources:
        told.append(wording.say("consultation.sources", titles="、".join(given.sources)))
    return "\n".join([*told, wording.say("consultation.more", telephone=telephone)])


def _send(ledger: Ledger, row: ConsultationRow, text: str, what: str, now: datetime) -> None:
    """To the channel on which he asked, and to his telephone if nobody comes back to that channel."""
    key = f"consultation:{row.id}:{what}"
    if row.sender_key:
        message = Outgoing(key, text, sender_key=row.sender_key, kind="consultation")
        enqueue(ledger.session, ledger.vault, message, now)
    if row.telephone and row.channel in ledger.rules.by_telephone:
        number = ledger.vault.open(row.telephone)
        message = Outgoing(f"{key}-telephone", text, telephone=number, kind="consultation")
        enqueue(ledger.session, ledger.vault, message, now)


def _change(session: Session, id_: str, states: Sequence[ConsultationState], **values: Any) -> ConsultationRow | None:
    """The row as it is after the change; None when it is in none of `states` (any more)."""
    statement = (
        update(ConsultationRow)
        .where(ConsultationRow.id == id_, ConsultationRow.state.in_([s.value for s in states]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    if done.rowcount == 0:
        return None
    return session.get(ConsultationRow, id_, populate_existing=True)


def _too_late(session: Session, id_: str) -> Refused:
    """Why a change came to nothing; raises Refused itself when there is no such consultation."""
    row = service.found(session, id_)
    if row.state == ConsultationState.ANSWERED.value:
        return Refused("consultation.already_answered", 409, "already-answered")
    return Refused("consultation.ended", 409, "ended")
