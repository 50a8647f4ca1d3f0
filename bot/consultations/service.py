"""Takes consultations down."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.consultations.model import ConsultationRow, ConsultationState, NewConsultation
from bot.db.vault import Vault
from knowledge.calendar import CHINA, end_of_working_day_after
from knowledge.model import Hall

# No 0/O, 1/I: read out on the telephone without mistakes.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def open_consultation(
    session: Session, vault: Vault, hall: Hall, new: NewConsultation, now: datetime
) -> ConsultationRow:
    """The ledger row, with receipt number and promised time; the same deed twice gives the same row."""
    existing = session.scalar(select(ConsultationRow).where(ConsultationRow.deed_id == new.deed_id))
    if existing is not None:
        return existing
    row = ConsultationRow(
        id=uuid.uuid4().hex,
        number=_number(now),
        deed_id=new.deed_id,
        created_at=now,
        promised_by=end_of_working_day_after(hall, now, hall.consultation_reply_working_days),
        channel=new.channel,
        sender_key=new.sender_key,
        question=vault.seal(new.question),
        name=vault.seal(new.name),
        telephone=vault.seal(new.telephone),
        state=ConsultationState.OPEN,
    )
    session.add(row)
    return row


def _number(now: datetime) -> str:
    tail = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return f"ZX{now.astimezone(CHINA):%Y%m%d}{tail}"
