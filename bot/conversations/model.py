"""Tables of conversations and turns, and the plain values that the handler works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from connectors.contract import Transaction
from knowledge.model import Disclosure


@dataclass(frozen=True)
class Deed:
    """A running deed. `id` is its Rasa conversation; `slots` hold personal data and are stored encrypted; `asked` is
    the question that waits for an answer, as the form's action gave it."""

    id: str
    transaction: Transaction
    form: str
    requested_slot: str | None
    slots: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] | None = None


@dataclass(frozen=True)
class Walk:
    """A scenario whose questions are being answered: the titles of the branches taken so far."""

    scenario: str
    taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """What carries over to the next turn of one sender."""

    item: str | None = None
    disclosures: tuple[Disclosure, ...] = ()
    situation: str | None = None
    scenario: Walk | None = None
    pending_question: str | None = None
    deed: Deed | None = None


class ConversationRow(Base):
    __tablename__ = "conversations"

    sender_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    item: Mapped[str | None] = mapped_column(String(48))
    disclosures: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    situation: Mapped[str | None] = mapped_column(String(40))
    scenario: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    pending_question: Mapped[str | None] = mapped_column(Text)
    deed: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TurnRow(Base):
    """`text` is empty for turns inside a form, whose words are personal data, and `reply` is sealed."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("sender_key", "message_id", name="uq_turns_message"),
        Index("ix_turns_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str | None] = mapped_column(String(128))
    text: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(40))
    item: Mapped[str | None] = mapped_column(String(48))
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    timings: Mapped[dict[str, Any]] = mapped_column(JSON)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
