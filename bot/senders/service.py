"""Remembers the address of who does a deed, so that he can be told of it later (S12, S13, S26)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.senders.insert import insert_missing
from bot.senders.model import SenderRow

FRESH = timedelta(days=1)
"""How old `seen_at` may grow before it is written again: this is on the way of every message of a deed."""


def remember(session: Session, vault: Vault, channel: str, sender: str, now: datetime) -> None:
    """Keeps the sender's address; writes only when he is unknown or was last seen more than a day ago."""
    key = vault.sender_key(channel, sender)
    seen_at = session.scalar(select(SenderRow.seen_at).where(SenderRow.sender_key == key))
    if seen_at is None:
        row = {"sender_key": key, "channel": channel, "address": vault.seal(sender), "seen_at": now}
        insert_missing(session, SenderRow, row)
    elif now - seen_at > FRESH:
        session.execute(update(SenderRow).where(SenderRow.sender_key == key).values(seen_at=now))


def address_of(session: Session, vault: Vault, sender_key: str) -> tuple[str, str] | None:
    """Channel and address of a sender, or None for one who never did a deed."""
    row = session.execute(
        select(SenderRow.channel, SenderRow.address).where(SenderRow.sender_key == sender_key)
    ).one_or_none()
    return (row.channel, vault.open(row.address)) if row else None
