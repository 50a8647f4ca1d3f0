"""Messages for channels that nothing can be pushed to: they wait until the citizen's page looks (S26)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.model import InboxRow
from bot.outbox.transport import Recipient
from bot.senders.insert import insert_missing


@dataclass(frozen=True)
class InboxMessage:
    text: str
    sent_at: datetime


class InboxTransport:
    """Puts a message into the inbox of its sender; the same key twice puts it there once."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database, self._vault, self._clock = database, vault, clock

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        row = {
            "id": uuid.uuid4().hex,
            "key": key,
            "sender_key": recipient.id,
            "text": self._vault.seal(text),
            "created_at": self._clock(),
        }
        with self._database.transaction() as session:
            insert_missing(session, InboxRow, row)


def take_unread_messages(session: Session, vault: Vault, sender_key: str, now: datetime) -> list[InboxMessage]:
    """What the sender has not been shown yet, oldest first, and marks it shown; of two callers at once only one
    gets a message."""
    unread = (InboxRow.sender_key == sender_key, InboxRow.shown_at.is_(None))
    if session.scalar(select(InboxRow.id).where(*unread).limit(1)) is None:
        return []  # pages ask often: no lock for nothing
    statement = (
        update(InboxRow)
        .where(*unread)
        .values(shown_at=now)
        .returning(InboxRow.id, InboxRow.text, InboxRow.created_at)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(statement).all(), key=lambda row: (row.created_at, row.id))
    return [InboxMessage(vault.open(row.text), row.created_at) for row in rows]


def take_unread(session: Session, vault: Vault, sender_key: str, now: datetime) -> list[str]:
    """The texts of `take_unread_messages`."""
    return [message.text for message in take_unread_messages(session, vault, sender_key, now)]
