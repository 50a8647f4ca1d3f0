"""Accounts: added, changed, given a new password, unlocked. Whoever does it is written into the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.audit.service import record
from bot.errors import Refused
from bot.staff import sessions
from bot.staff.login import username_of
from bot.staff.model import Role, Staff, StaffRow, staff_of
from knowledge.model import Hall

CHANGEABLE = ("name", "role", "department", "window", "active", "oidc_subject")
_TOLD = {"role", "department", "window", "active"}
"""Whose old and new values stand in the audit log; of the others only that they changed, as they are personal data."""


@dataclass(frozen=True)
class NewAccount:
    """An account to add. Without `password_hash` it can only log in by OIDC, once it is linked."""

    username: str
    name: str
    role: Role
    department: str | None = None
    window: str | None = None
    password_hash: str | None = None


def accounts(session: Session) -> list[StaffRow]:
    """Every account, by user name."""
    return list(session.scalars(select(StaffRow).order_by(StaffRow.username)))


def by_username(session: Session, username: str) -> StaffRow:
    """The account of that user name; raises Refused."""
    name = username_of(username)
    row = session.scalar(select(StaffRow).where(StaffRow.username == name)) if name else None
    if row is None:
        raise Refused("staff.unknown_account", 404, "unknown-account")
    return row


def by_id(session: Session, id_: str) -> StaffRow:
    """The account of that id; raises Refused."""
    row = session.get(StaffRow, id_)
    if row is None:
        raise Refused("staff.unknown_account", 404, "unknown-account")
    return row


def add(session: Session, hall: Hall, by: Staff | None, new: NewAccount, now: datetime) -> StaffRow:
    """The new account; raises Refused when the user name is no good or taken, or the hall lacks what it names."""
    username = username_of(new.username)
    if username is None:
        raise Refused("staff.bad_username", 422, "bad-username")
    row = StaffRow(
        id=uuid.uuid4().hex,
        username=username,
        name=new.name,
        password_hash=new.password_hash,
        role=new.role.value,
        department=new.department,
        window=new.window,
        active=True,
        failed_logins=0,
        created_at=now,
        changed_at=now,
    )
    _check_place(hall, row)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused("staff.username_taken", 409, "username-taken") from error
    record(session, by, "staff.added", f"staff:{row.id}", now, role=row.role, department=row.department)
    return row


def change(
    session: Session, hall: Hall, by: Staff | None, id_: str, values: Mapping[str, Any], *, now: datetime
) -> StaffRow:
    """Sets those of CHANGEABLE that are in `values`. Raises Refused when there is no such account, the hall lacks what
    it names, the identity belongs to another account, or no active administrator would remain."""
    administrators = _hold_administrators(session)
    row = _account(session, id_)
    was_administrator = row.active and row.role == Role.ADMINISTRATOR
    changed = {key: (getattr(row, key), values[key]) for key in CHANGEABLE if key in values}
    changed = {key: pair for key, pair in changed.items() if pair[0] != pair[1]}
    if not changed:
        return row
    for key, (_, value) in changed.items():
        setattr(row, key, value)
    _check_place(hall, row)
    if was_administrator and administrators == 1 and not (row.active and row.role == Role.ADMINISTRATOR):
        raise Refused("staff.last_administrator", 409, "last-administrator")
    row.changed_at = now
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused("staff.identity_taken", 409, "identity-taken") from error
    if not row.active:
        sessions.end_all(session, id_)
    details = {key: [old, new] if key in _TOLD else None for key, (old, new) in changed.items()}
    record(session, by, _action(changed), f"staff:{id_}", now, **details)
    return row


def set_password(session: Session, by: Staff | None, id_: str, password_hash: str, now: datetime) -> StaffRow:
    """Another's new password; ends his sessions and unlocks the account. Raises Refused for an unknown account."""
    values = {"password_hash": password_hash, "failed_logins": 0, "locked_until": None, "changed_at": now}
    row = _update(session, id_, values)
    sessions.end_all(session, id_)
    record(session, by, "staff.password_set", f"staff:{id_}", now)
    return row


def unlock(session: Session, by: Staff | None, id_: str, now: datetime) -> StaffRow:
    """Lets a locked account try again at once. Raises Refused for an unknown account."""
    row = _update(session, id_, {"failed_logins": 0, "locked_until": None})
    record(session, by, "staff.unlocked", f"staff:{id_}", now)
    return row


def by_identity(session: Session, subject: str) -> Staff | None:
    """The active account that is linked to that identity of the provider."""
    row = session.scalar(select(StaffRow).where(StaffRow.oidc_subject == subject, StaffRow.active))
    return staff_of(row) if row else None


def _hold_administrators(session: Session) -> int:
    """How many active administrators there are; changes of accounts wait for each other from here on, so that two
    administrators cannot degrade each other at once."""
    administrators = (StaffRow.role == Role.ADMINISTRATOR.value, StaffRow.active)
    statement = update(StaffRow).where(*administrators).values(active=StaffRow.active).returning(StaffRow.id)
    return len(session.execute(statement.execution_options(synchronize_session=False)).all())


def _account(session: Session, id_: str) -> StaffRow:
    statement = select(StaffRow).where(StaffRow.id == id_).execution_options(populate_existing=True)
    row = session.scalar(statement.with_for_update())
    if row is None:
        raise Refused("staff.unknown_account", 404, "unknown-account")
    return row


def _update(session: Session, id_: str, values: Mapping[str, Any]) -> StaffRow:
    statement = update(StaffRow).where(StaffRow.id == id_).values(values).returning(StaffRow)
    row = session.scalar(statement.execution_options(synchronize_session=False, populate_existing=True))
    if row is None:
        raise Refused("staff.unknown_account", 404, "unknown-account")
    return row


def _check_place(hall: Hall, row: StaffRow) -> None:
    if row.role == Role.CLERK and row.department is None:
        raise Refused("staff.needs_department", 422, "needs-department")
    if row.department is not None and row.department not in {d.id for d in hall.departments}:
        raise Refused("staff.unknown_department", 422, "unknown-department")
    if row.window is not None and row.window not in {w.id for zone in hall.zones for w in zone.windows}:
        raise Refused("staff.unknown_window", 422, "unknown-window")


def _action(changed: Mapping[str, tuple[Any, Any]]) -> str:
    if "active" not in changed:
        return "staff.changed"
    return "staff.activated" if changed["active"][1] else "staff.deactivated"
