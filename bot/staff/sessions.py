"""Sessions of staff, kept in the database: whoever is deactivated is out at the next request."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.staff.model import SessionRow, Staff, StaffRow, staff_of
from bot.staff.rules import StaffRules

TOUCH_AFTER = timedelta(minutes=1)
"""That a session is in use is written down this often at most, so that reading a page is no write."""


@dataclass(frozen=True)
class Opened:
    """A session just begun; the only place where its token is known."""

    staff: Staff
    token: str
    csrf_token: str


@dataclass(frozen=True)
class SignedIn:
    """The session that a request belongs to."""

    staff: Staff
    token_hash: str
    csrf_token: str
    seen_at: datetime


def hash_of(token: str) -> str:
    """64 hexadecimal digits that stand for a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, rules: StaffRules, staff: Staff, now: datetime) -> Opened:
    """A new session; sessions that are over are cleared away on this occasion."""
    opened = Opened(staff, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    session.add(
        SessionRow(
            token_hash=hash_of(opened.token),
            staff_id=staff.id,
            csrf_token=opened.csrf_token,
            created_at=now,
            seen_at=now,
            expires_at=now + rules.longest,
        )
    )
    return opened


def find(session: Session, rules: StaffRules, token: str, now: datetime) -> SignedIn | None:
    """The session of that token, if it is not over and the account is active."""
    statement = (
        select(SessionRow, StaffRow)
        .join(StaffRow, StaffRow.id == SessionRow.staff_id)
        .where(SessionRow.token_hash == hash_of(token), StaffRow.active)
        .where(SessionRow.expires_at > now, SessionRow.seen_at > now - rules.idle)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    row, account = found
    return SignedIn(staff_of(account), row.token_hash, row.csrf_token, row.seen_at)


def touch(session: Session, signed_in: SignedIn, now: datetime) -> None:
    """Writes down that the session is in use."""
    of_it = (SessionRow.token_hash == signed_in.token_hash, SessionRow.seen_at < now)
    session.execute(update(SessionRow).where(*of_it).values(seen_at=now))


def end(session: Session, token_hash: str) -> None:
    """Ends one session."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def end_all(session: Session, staff_id: str) -> None:
    """Ends every session of an account."""
    session.execute(delete(SessionRow).where(SessionRow.staff_id == staff_id))
