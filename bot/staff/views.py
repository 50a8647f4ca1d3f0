"""What the routes of staff take and give."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from bot.audit.model import AuditEntry
from bot.staff.model import Role, Staff, StaffRow
from bot.staff.passwords import MAX_CHARACTERS
from knowledge.model import Strict

# No control characters: PostgreSQL keeps no NUL, and nobody types them.
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_PRINTABLE)]
Place = Annotated[str, StringConstraints(max_length=8, pattern=r"^[A-Z0-9]+$")]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_PRINTABLE)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CHARACTERS)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class LogIn(Strict):
    username: Username
    password: Password


class PasswordChange(Strict):
    old: Password
    new: Password


class PasswordSet(Strict):
    password: Password


class AccountNew(Strict):
    username: Username
    name: Line
    role: Role
    department: Place | None = None
    window: Place | None = None
    password: Password | None = None


class AccountChange(Strict):
    """Only what is sent is changed; null takes a department, window or identity away."""

    name: Line = Field(default="-")
    role: Role = Role.CLERK
    department: Place | None = None
    window: Place | None = None
    active: bool = True
    oidc_subject: Subject | None = None

    def values(self) -> dict[str, Any]:
        """What was sent, by field."""
        return self.model_dump(include=self.model_fields_set) | (
            {"role": self.role.value} if "role" in self.model_fields_set else {}
        )


class StaffView(BaseModel):
    id: str
    username: str
    name: str
    role: Role
    department: str | None
    window: str | None


class SessionView(BaseModel):
    """Who is logged in, and the token that his unsafe requests carry in the header X-CSRF-Token."""

    staff: StaffView
    csrf_token: str


class AccountView(StaffView):
    active: bool
    has_password: bool
    oidc_subject: str | None
    locked_until: datetime | None
    created_at: datetime
    changed_at: datetime


class AuditStaffView(BaseModel):
    id: str
    username: str | None
    name: str | None


class AuditEntryView(BaseModel):
    number: int
    at: datetime
    staff: AuditStaffView | None
    action: str
    subject: str
    details: dict[str, Any]


class AuditPage(BaseModel):
    """`next` is the `before` of the next page; None on the last one."""

    entries: list[AuditEntryView]
    next: int | None


def session_view(staff: Staff, csrf_token: str) -> SessionView:
    """A session as the page sees it."""
    return SessionView(staff=StaffView(**asdict(staff)), csrf_token=csrf_token)


def account_view(row: StaffRow, now: datetime) -> AccountView:
    """An account as administrators see it, without its hash; a lock that is over is none."""
    names = ("id", "username", "name", "role", "department", "window", "active", "oidc_subject")
    locked = row.locked_until if row.locked_until and row.locked_until > now else None
    return AccountView(
        **{name: getattr(row, name) for name in names},
        has_password=row.password_hash is not None,
        locked_until=locked,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def audit_page(entries: list[AuditEntry], limit: int) -> AuditPage:
    """One page; `entries` holds one more than `limit` where another page follows."""
    shown = [
        AuditEntryView(
            number=e.number,
            at=e.at,
            staff=AuditStaffView(id=e.staff_id, username=e.username, name=e.name) if e.staff_id else None,
            action=e.action,
            subject=e.subject,
            details=e.details,
        )
        for e in entries[:limit]
    ]
    return AuditPage(entries=shown, next=shown[-1].number if len(entries) > limit else None)
