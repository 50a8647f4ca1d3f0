"""The table of senders (S26): who can be told something later, and by which channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class SenderRow(Base):
    """`address` is the sender's id on his channel, encrypted; `seen_at` is exact to a day."""

    __tablename__ = "senders"

    sender_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
