"""The table of the audit log, and how its entries are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class AuditRow(Base):
    """One deed. Triggers of migration 0004 refuse to change or delete it; a migration that rebuilds this table on
    SQLite (batch_alter_table) has to make them again."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_action", "action", "number"),
        Index("ix_audit_log_subject", "subject", "number"),
        Index("ix_audit_log_staff", "staff_id", "number"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True)
class AuditEntry:
    """One deed as it is shown; without staff it was the command line, a job, or somebody who is not logged in."""

    number: int
    at: datetime
    action: str
    subject: str
    details: dict[str, Any]
    staff_id: str | None
    username: str | None
    name: str | None


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for; None means all."""

    action: str | None = None
    subject: str | None = None
    staff_id: str | None = None
