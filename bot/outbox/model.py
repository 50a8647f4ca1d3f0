"""Tables of the outbox, of the inbox of channels that cannot be pushed to, and of alarms to staff (S12, S18, S26)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime

ONE_RECIPIENT = (
    "(recipient = 'sender' AND sender_key IS NOT NULL AND telephone IS NULL AND audience IS NULL) OR "
    "(recipient = 'telephone' AND telephone IS NOT NULL AND sender_key IS NULL AND audience IS NULL) OR "
    "(recipient = 'audience' AND audience IS NOT NULL AND sender_key IS NULL AND telephone IS NULL)"
)
KNOWN_STATE = "state IN ('waiting', 'sent', 'dead', 'withdrawn', 'expired')"


class RecipientKind(StrEnum):
    SENDER = "sender"
    TELEPHONE = "telephone"
    AUDIENCE = "audience"


class OutboxState(StrEnum):
    """A message waits until it is sent, dead (given up, to be seen by staff), withdrawn or expired."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class OutboxRow(Base):
    """`telephone` and `text` are encrypted. `claimed_by` names the claim that may speak for the row until
    `claimed_until`; `attempts` counts deliveries that were begun; `last_error` is a short code."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(ONE_RECIPIENT, name="ck_outbox_one_recipient"),
        CheckConstraint(KNOWN_STATE, name="ck_outbox_state"),
        Index("ix_outbox_due", "state", "recipient", "next_try_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str | None] = mapped_column(String(64))
    telephone: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(40))


class InboxRow(Base):
    """A message that waits for the citizen to look; `text` is encrypted."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_unread", "sender_key", "shown_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    sender_key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlarmRow(Base):
    """Something that staff must see; `text` is encrypted. `acknowledged_by` is the id of a staff account."""

    __tablename__ = "alarms"
    __table_args__ = (Index("ix_alarms_open", "acknowledged_at", "created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    audience: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(32))
