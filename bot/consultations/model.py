"""The ledger's table, and what a consultation is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class ConsultationState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True)
class NewConsultation:
    """What the citizen left. `deed_id` makes submitting idempotent: one deed, one consultation."""

    deed_id: str
    channel: str
    sender_key: str
    question: str
    name: str
    telephone: str


class ConsultationRow(Base):
    """`question`, `name` and `telephone` are encrypted."""

    __tablename__ = "consultations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    promised_by: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    telephone: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
