"""The options that a citizen was offered last, so that a digit alone picks one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.senders.insert import insert_missing
from bot.wechat.model import OfferRow

OFFER_LASTS = timedelta(minutes=30)


def offer(session: Session, vault: Vault, sender_key: str, options: Sequence[tuple[str, str]], now: datetime) -> None:
    """What a digit alone picks from now on; nothing for a reply without options."""
    if not options:
        session.execute(delete(OfferRow).where(OfferRow.sender_key == sender_key))
        return
    values = {"options": vault.seal_json([list(o) for o in options]), "offered_at": now}
    # Not deleted and inserted: of two processes at once the second would lose its own and leave the first's.
    if not insert_missing(session, OfferRow, {"sender_key": sender_key, **values}):
        session.execute(update(OfferRow).where(OfferRow.sender_key == sender_key).values(**values))


def offered(session: Session, vault: Vault, sender_key: str, now: datetime) -> list[tuple[str, str]]:
    """The options that the citizen was offered last, (title, payload)."""
    row = session.get(OfferRow, sender_key)
    if row is None or now - row.offered_at > OFFER_LASTS:
        return []
    try:
        return [(title, payload) for title, payload in vault.open_json(row.options)]
    except InvalidToken:  # sealed with another key: as good as none
        return []
