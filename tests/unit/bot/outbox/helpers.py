"""An outbox for tests: real tables, transports that note what they are given."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.delivery import Outbox, Transports
from bot.outbox.model import OutboxRow
from bot.outbox.rules import OutboxRules
from bot.outbox.service import Outgoing, enqueue
from bot.outbox.transport import Recipient

VAULT = Vault(Fernet.generate_key().decode())
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TELEPHONE = "13800001234"
RULES = OutboxRules(
    attempts=4, first_pause=5, factor=3, longest_pause=30, jitter=0.2, lease=60, batch=20, gateway_timeout=8
)


class NotingTransport:
    """Notes every delivery; raises what `failures` holds first."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.delivered: list[tuple[str, Recipient, str]] = []
        self.attempted: list[str] = []
        self._lock = threading.Lock()

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        with self._lock:
            self.attempted.append(key)
            if self.failures:
                raise self.failures.pop(0)
            self.delivered.append((key, recipient, text))

    @property
    def keys(self) -> list[str]:
        return [key for key, _, _ in self.delivered]


def outbox_of(
    database: Database, transport: Any, rules: OutboxRules = RULES, chance: float = 0.5, **channels: Any
) -> Outbox:
    return Outbox(database, VAULT, rules, Transports(transport, transport, transport, channels), lambda: chance)


def put(database: Database, key: str = "case:1", now: datetime = NOW, **fields: Any) -> None:
    if not {"sender_key", "audience"} & fields.keys():
        fields = {"telephone": TELEPHONE, **fields}
    with database.transaction() as session:
        enqueue(session, VAULT, Outgoing(key, fields.pop("text", "您好，您的预约在明天。"), **fields), now)


def row_of(database: Database, key: str = "case:1") -> OutboxRow:
    with database.transaction() as session:
        return session.scalars(select(OutboxRow).where(OutboxRow.key == key)).one()
