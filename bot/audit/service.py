"""Writes and reads the audit log, in a session that the caller commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audit.model import AuditEntry, AuditRow, Wanted
from bot.staff.model import Staff, StaffRow


def record(session: Session, staff: Staff | None, action: str, subject: str, now: datetime, **details: Any) -> None:
    """Appends what `staff` (None: nobody who is logged in) did to `subject`, such as `staff:<id>`. `details` are
    values that JSON can hold, never personal data."""
    staff_id = staff.id if staff else None
    session.add(AuditRow(at=now, staff_id=staff_id, action=action, subject=subject, details=details))


def entries(session: Session, wanted: Wanted, limit: int, before: int | None = None) -> list[AuditEntry]:
    """At most `limit` entries, newest first, those with a number below `before`: what is added in between moves no
    page."""
    statement = select(AuditRow, StaffRow.username, StaffRow.name).outerjoin(StaffRow, StaffRow.id == AuditRow.staff_id)
    if wanted.action is not None:
        statement = statement.where(AuditRow.action == wanted.action)
    if wanted.subject is not None:
        statement = statement.where(AuditRow.subject == wanted.subject)
    if wanted.staff_id is not None:
        statement = statement.where(AuditRow.staff_id == wanted.staff_id)
    if before is not None:
        statement = statement.where(AuditRow.number < before)
    found = session.execute(statement.order_by(AuditRow.number.desc()).limit(limit))
    return [
        AuditEntry(row.number, row.at, row.action, row.subject, row.details, row.staff_id, username, name)
        for row, username, name in found
    ]
