"""Log-ins that are under way at the identity provider: begun, and used once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.staff.model import OidcStateRow
from bot.staff.oidc import Started
from bot.staff.rules import StaffRules
from bot.staff.sessions import hash_of


def begin(session: Session, rules: StaffRules, now: datetime) -> Started:
    """New secrets for one log-in; those that are over are cleared away."""
    started = Started(*(secrets.token_urlsafe(32) for _ in range(4)))
    session.execute(delete(OidcStateRow).where(OidcStateRow.expires_at <= now))
    session.add(
        OidcStateRow(
            state_hash=hash_of(started.state),
            browser_hash=hash_of(started.browser),
            nonce=started.nonce,
            code_verifier=started.code_verifier,
            expires_at=now + timedelta(minutes=rules.oidc_minutes),
        )
    )
    return started


def use(session: Session, state: str, browser: str, now: datetime) -> tuple[str, str] | None:
    """Nonce and code verifier of a log-in that this browser began; None when it is over, used, or another's."""
    found = session.execute(
        delete(OidcStateRow)
        .where(OidcStateRow.state_hash == hash_of(state), OidcStateRow.browser_hash == hash_of(browser))
        .where(OidcStateRow.expires_at > now)
        .returning(OidcStateRow.nonce, OidcStateRow.code_verifier)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return (found.nonce, found.code_verifier) if found else None
