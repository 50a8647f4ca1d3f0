"""Puts messages into the outbox, in the transaction of the deed that causes them (S12, S13, S26)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, func, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.outbox.model import OutboxRow, OutboxState, RecipientKind
from bot.senders.insert import insert_missing

_KEY = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class Outgoing:
    """One message to exactly one of: `sender_key` (a citizen, on his channel), `telephone` (by the hall's message
    gateway), `audience` (staff: "hall", a department id, or "supervisors"). `key` (printable ASCII without spaces)
    makes it idempotent from the deed to the receiver."""

    key: str
    text: str
    sender_key: str | None = None
    telephone: str | None = None
    audience: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    kind: str = "notice"

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.sender_key, self.telephone, self.audience)) != 1:
            raise ValueError("a message has exactly one recipient")
        if not _KEY.fullmatch(self.key):
            raise ValueError("a message's key is 1 to 128 printable ASCII characters")

    @property
    def recipient(self) -> RecipientKind:
        if self.sender_key is not None:
            return RecipientKind.SENDER
        return RecipientKind.TELEPHONE if self.telephone is not None else RecipientKind.AUDIENCE


def enqueue(session: Session, vault: Vault, message: Outgoing, now: datetime) -> None:
    """Takes the message in; the same key a second time does nothing, whatever became of the first."""
    row = {
        "id": uuid.uuid4().hex,
        "key": message.key,
        "kind": message.kind,
        "recipient": message.recipient.value,
        "sender_key": message.sender_key,
        "telephone": None if message.telephone is None else vault.seal(message.telephone),
        "audience": message.audience,
        "text": vault.seal(message.text),
        "created_at": now,
        "not_before": message.not_before,
        "expires_at": message.expires_at,
        "state": OutboxState.WAITING.value,
        "attempts": 0,
        "next_try_at": max(now, message.not_before or now),
    }
    insert_missing(session, OutboxRow, row)


def withdraw(session: Session, key_prefix: str) -> int:
    """How many messages, of those not sent yet, are not sent any more. One that is on its way at this very moment
    may still arrive; then it is marked sent. End the prefix with a separator: "a:1" is the beginning of "a:12"."""
    if not key_prefix:
        raise ValueError("an empty prefix would withdraw everything")
    statement = (
        update(OutboxRow)
        .where(
            OutboxRow.state == OutboxState.WAITING.value,
            func.substr(OutboxRow.key, 1, len(key_prefix)) == key_prefix,  # LIKE ignores case on SQLite
        )
        .values(state=OutboxState.WITHDRAWN.value)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount
