"""The table of emergencies, and what is recognised and told of one (S18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from bot.staff.model import StaffRow

PLACE_CHARACTERS = 60


class EmergencyKind(StrEnum):
    """What happens in the hall (S18, with what XC annex H adds)."""

    ILLNESS = "illness"
    INJURY = "injury"
    FIRE = "fire"
    GAS = "gas"
    LIFT = "lift"
    POWER = "power"
    DISORDER = "disorder"
    LOST = "lost"
    OTHER = "other"


class Strength(StrEnum):
    """Strong: the words suffice. Weak: the intent must say so too."""

    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True)
class Emergency:
    """What a message tells of; `place` is made of the rules' words for places only, never of other words."""

    kind: EmergencyKind
    strength: Strength
    place: str | None = None


@dataclass(frozen=True)
class Report:
    """An emergency with the message that told of it."""

    channel: str
    sender_key: str
    text: str
    found: Emergency


class EmergencyRow(Base):
    """One emergency as one sender told it. `text` (what he wrote, a line a message) and `done` (what staff did) are
    encrypted. `repeats` counts further messages about the same."""

    __tablename__ = "emergencies"
    __table_args__ = (
        CheckConstraint(
            "kind in ('illness', 'injury', 'fire', 'gas', 'lift', 'power', 'disorder', 'lost', 'other')",
            name="ck_emergencies_kind",
        ),
        CheckConstraint("(acknowledged_at is null) = (acknowledged_by is null)", name="ck_emergencies_acknowledged"),
        CheckConstraint(
            "closed_at is null or (closed_by is not null and done is not null)", name="ck_emergencies_closed"
        ),
        Index("ix_emergencies_sender", "sender_key", "kind", "created_at"),
        Index("ix_emergencies_open", "closed_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(String(PLACE_CHARACTERS))
    text: Mapped[str] = mapped_column(Text)
    repeats: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    done: Mapped[str | None] = mapped_column(Text)
