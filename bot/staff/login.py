"""Log-in by password: counted before it is checked, so that guesses sent at once are counted too, and never holding a
transaction while a hash is computed."""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, literal, null, or_, select, update
from sqlalchemy.orm import Session

from bot.audit.service import record
from bot.db.database import Database, UtcDateTime
from bot.staff import passwords, sessions
from bot.staff.model import Staff, StaffRow, staff_of
from bot.staff.rules import StaffRules
from bot.staff.sessions import Opened

log = logging.getLogger(__name__)
_USERNAME = re.compile(r"[\w.-]{2,32}")


@dataclass(frozen=True)
class Attempt:
    """One try. `password_hash` is None where no password can be right: unknown, locked, inactive. `last` tells that
    the account stays locked unless this one is right."""

    staff_id: str | None
    password_hash: str | None
    last: bool = False


@dataclass(frozen=True)
class Proof:
    """That somebody knows the password of an account. `fresh_hash` is the one to keep from now on."""

    staff_id: str
    password_hash: str
    fresh_hash: str


def username_of(text: str) -> str | None:
    """The user name as it is kept: one spelling, capitals do not matter; None if it can be none."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain if _USERNAME.fullmatch(plain) else None


def prove(database: Database, rules: StaffRules, username: str, password: str, now: datetime) -> Proof | None:
    """The proof, or None, without telling what was wrong. Opens its own transactions: one to count the attempt, and
    one to write down that it failed."""
    with database.transaction() as session:
        attempt = begin(session, rules, username, now)
    if passwords.matches(attempt.password_hash, password):
        assert attempt.staff_id and attempt.password_hash
        fresh = passwords.renewed(attempt.password_hash, password)
        return Proof(attempt.staff_id, attempt.password_hash, fresh)
    with database.transaction() as session:
        failed(session, attempt, now)
    return None


def begin(session: Session, rules: StaffRules, username: str, now: datetime) -> Attempt:
    """Counts an attempt, if the account may have one: the last allowed one locks it, and `accept` unlocks it again."""
    name = username_of(username)
    if name is None:
        return Attempt(None, None)
    full = StaffRow.failed_logins + 1 >= rules.failed_logins
    until = literal(now + rules.locked, UtcDateTime)
    counted = session.execute(
        update(StaffRow)
        .where(StaffRow.username == name, StaffRow.active, StaffRow.password_hash.is_not(None))
        .where(or_(StaffRow.locked_until.is_(None), StaffRow.locked_until <= now))
        .values(
            failed_logins=case((full, 0), else_=StaffRow.failed_logins + 1),
            locked_until=case((full, until), else_=null()),
        )
        .returning(StaffRow.id, StaffRow.password_hash, StaffRow.locked_until)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if counted is not None:
        return Attempt(counted.id, counted.password_hash, counted.locked_until is not None)
    return Attempt(session.scalar(select(StaffRow.id).where(StaffRow.username == name)), None)


def failed(session: Session, attempt: Attempt, now: datetime) -> None:
    """Writes a failed attempt into the audit log, without the user name that was typed: it may be a password."""
    subject = f"staff:{attempt.staff_id or 'unknown'}"
    record(session, None, "staff.login_failed", subject, now, method="password")
    if attempt.last:
        record(session, None, "staff.locked_out", subject, now)
    log.info("staff_login_failed known=%s locked=%s", attempt.staff_id is not None, attempt.last)


def accept(session: Session, proof: Proof, **values: Any) -> Staff | None:
    """The member of staff, with the count of failures set back and `values` written; None if the account was
    deactivated or got another password while the hash was computed."""
    changed = {"failed_logins": 0, "locked_until": None, "password_hash": proof.fresh_hash} | values
    row = session.scalar(
        update(StaffRow)
        .where(StaffRow.id == proof.staff_id, StaffRow.active, StaffRow.password_hash == proof.password_hash)
        .values(changed)
        .returning(StaffRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return staff_of(row) if row else None


def log_in(session: Session, rules: StaffRules, proof: Proof, now: datetime) -> Opened | None:
    """A new session; None as in `accept`."""
    staff = accept(session, proof)
    if staff is None:
        return None
    record(session, staff, "staff.logged_in", f"staff:{staff.id}", now, method="password")
    return sessions.start(session, rules, staff, now)


def change_password(session: Session, rules: StaffRules, proof: Proof, new_hash: str, now: datetime) -> Opened | None:
    """Sets one's own new password: every session ends, and a new one begins; None as in `accept`."""
    staff = accept(session, proof, password_hash=new_hash, changed_at=now)
    if staff is None:
        return None
    sessions.end_all(session, staff.id)
    record(session, staff, "staff.password_changed", f"staff:{staff.id}", now)
    return sessions.start(session, rules, staff, now)
