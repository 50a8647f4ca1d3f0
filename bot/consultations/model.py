"""S13: the ledger's table, its states, and what a consultation is made from and shown as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class ConsultationState(StrEnum):
    """open → assigned → answered → delivered | closed. `delivered`: the citizen has the answer. `closed`: ended by
    staff with a reason, or because the answer was not fetched in time."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    DELIVERED = "delivered"
    CLOSED = "closed"


UNANSWERED = (ConsultationState.OPEN, ConsultationState.ASSIGNED)
RUNNING = (*UNANSWERED, ConsultationState.ANSWERED)
"""Those that have not ended."""
PERSONAL = {"personal": True}


@dataclass(frozen=True)
class NewConsultation:
    """What the citizen left. `deed_id` makes submitting idempotent: one deed, one consultation. `telephone` is in
    international form; `owner` is a department of the hall, None while nobody is known; `item` the nearest one."""

    deed_id: str
    channel: str
    sender_key: str
    question: str
    name: str
    telephone: str
    owner: str | None = None
    item: str | None = None


@dataclass(frozen=True)
class Answer:
    """What staff answer; `sources` are titles of laws, notices or guides."""

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How a consultation stands, for the citizen who asks; `answer` is there once it is answered, `reason` once it was
    closed without one."""

    number: str
    state: ConsultationState
    owner: str | None
    promised_by: datetime
    answer: str | None
    sources: tuple[str, ...]
    reason: str | None


class ConsultationRow(Base):
    """`question`, `name`, `telephone`, `answer` and `close_reason` are encrypted; personal columns are empty once their
    time is over (bot/privacy). `owner` None: nobody's yet, supervisors hand it on. `ended_at` is when it was delivered
    or closed, `overdue_at` when staff were alarmed that the promise is broken, `faq_id` the draft made from it."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'assigned', 'answered', 'delivered', 'closed')", name="ck_consultations_state"
        ),
        CheckConstraint("(state IN ('delivered', 'closed')) = (ended_at IS NOT NULL)", name="ck_consultations_ended"),
        CheckConstraint(
            "state NOT IN ('answered', 'delivered') OR answered_at IS NOT NULL", name="ck_consultations_answered"
        ),
        Index("ix_consultations_due", "state", "promised_by"),
        Index("ix_consultations_owner", "owner", "state", "promised_by"),
        Index("ix_consultations_telephone", "telephone_lookup"),
        Index("ix_consultations_sender", "sender_key"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    promised_by: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    question: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    name: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone_lookup: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None] = mapped_column(String(8))
    item: Mapped[str | None] = mapped_column(String(48))
    assigned_to: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("staff.id", name="fk_consultations_assigned_to")
    )
    answer: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    sources: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    answered_by: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("staff.id", name="fk_consultations_answered_by")
    )
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    faq_id: Mapped[str | None] = mapped_column(String(48))
