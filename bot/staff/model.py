"""Tables of accounts, sessions and running OIDC log-ins, and who a member of staff is to the other parts (S22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class Role(StrEnum):
    """What a member of staff may do; no role includes another."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Staff:
    """One member of staff. `department` and `window` are ids of hall.yaml."""

    id: str
    username: str
    name: str
    role: Role
    department: str | None
    window: str | None


class StaffRow(Base):
    """One account. Accounts are deactivated, never deleted, because the audit log names them. `failed_logins` counts
    the wrong passwords since the last right one; without `password_hash` the account can only log in by OIDC."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role in ('clerk', 'reviewer', 'supervisor', 'administrator')", name="ck_staff_role"),
        CheckConstraint("role <> 'clerk' or department is not null", name="ck_staff_clerk_has_department"),
        CheckConstraint("failed_logins >= 0", name="ck_staff_failed_logins"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    department: Mapped[str | None] = mapped_column(String(8))
    window: Mapped[str | None] = mapped_column(String(8))
    active: Mapped[bool] = mapped_column(Boolean)
    failed_logins: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """One log-in that lasts. The token itself is only in the browser's cookie."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        Index("ix_staff_sessions_staff", "staff_id"),
        Index("ix_staff_sessions_expires", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(32), ForeignKey("staff.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OidcStateRow(Base):
    """One log-in that is under way at the identity provider. `browser_hash` ties it to the browser that began it, so
    that nobody can be logged in to another's account by a link."""

    __tablename__ = "oidc_states"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


def staff_of(row: StaffRow) -> Staff:
    """The account as the other parts see it."""
    return Staff(row.id, row.username, row.name, Role(row.role), row.department, row.window)
