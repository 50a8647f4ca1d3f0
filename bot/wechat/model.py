"""Tables of the WeChat official account: the account's access token, citizens, received messages, offers, nonces."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime

KNOWN_STATE = "state IN ('received', 'answered', 'late', 'done')"
REFRESH_IS_WHOLE = "(refreshing_by IS NULL) = (refreshing_until IS NULL)"
TOKEN_IS_WHOLE = "(token IS NULL) = (expires_at IS NULL) AND (token IS NULL) = (due_at IS NULL)"  # noqa: S105 no password
CLAIM_IS_WHOLE = "(claimed_by IS NULL) = (claimed_until IS NULL)"


class MessageState(StrEnum):
    """A message is received; answered when its reply is ready while WeChat still waits for it; late when WeChat's five
    seconds are over, so that the reply goes by customer-service message; done when nothing is left to do."""

    RECEIVED = "received"
    ANSWERED = "answered"
    LATE = "late"
    DONE = "done"


class TokenRow(Base):
    """The access token of an account, encrypted; None before the first. From `due_at` on a new one is to be fetched,
    until `expires_at` the old one is good. `refreshing_by` alone may fetch, until `refreshing_until`."""

    __tablename__ = "wechat_tokens"
    __table_args__ = (
        CheckConstraint(TOKEN_IS_WHOLE, name="ck_wechat_tokens_token"),
        CheckConstraint(REFRESH_IS_WHOLE, name="ck_wechat_tokens_refreshing"),
    )

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refreshing_by: Mapped[str | None] = mapped_column(String(32))
    refreshing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserRow(Base):
    """Who may be written to: `seen_at` is the exact time of the citizen's last message or tap, from which WeChat
    counts the 48 hours for customer-service messages."""

    __tablename__ = "wechat_users"

    sender_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    subscribed: Mapped[bool] = mapped_column(Boolean)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageRow(Base):
    """A message or event, once, whatever WeChat's repeats; `body` and `reply` are encrypted. `claimed_by` alone may
    answer it, until `claimed_until`; `tries` counts the claims."""

    __tablename__ = "wechat_messages"
    __table_args__ = (
        CheckConstraint(KNOWN_STATE, name="ck_wechat_messages_state"),
        CheckConstraint(CLAIM_IS_WHOLE, name="ck_wechat_messages_claim"),
        Index("ix_wechat_messages_sender", "sender_key", "received_at"),
        Index("ix_wechat_messages_state", "state", "received_at"),
    )

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    sender_key: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text, info={"personal": True})
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    reply: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer)


class OfferRow(Base):
    """The options a citizen was last offered, encrypted JSON, so that a digit alone can pick one."""

    __tablename__ = "wechat_offers"

    sender_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    options: Mapped[str] = mapped_column(Text, info={"personal": True})
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NonceRow(Base):
    """What was pushed already, against replays: `key` is the SHA-256 of timestamp|nonce|signature, hexadecimal."""

    __tablename__ = "wechat_nonces"
    __table_args__ = (Index("ix_wechat_nonces_seen", "seen_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
