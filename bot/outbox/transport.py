"""What delivers a message: a small protocol, and how a transport says that it could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.outbox.model import RecipientKind

LONGEST_CODE = 40


class DeliveryFailed(Exception):
    """`code` is short and holds no personal data: it is stored, logged and shown to staff."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:LONGEST_CODE]


class TryLater(DeliveryFailed):
    """Not now; another attempt may succeed."""


class Undeliverable(DeliveryFailed):
    """No further attempt can succeed without somebody's help."""


@dataclass(frozen=True)
class Recipient:
    """Whom a message is for. `id` is a sender key, a telephone number or an audience, by `kind`; `channel` and
    `address` are a sender's, None if he is unknown. `about` is the kind of message."""

    kind: RecipientKind
    id: str
    channel: str | None = None
    address: str | None = None
    about: str = "notice"


class Transport(Protocol):
    """Delivery is at least once: a repeated `key` must reach the recipient as one message."""

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        """Returns when the message is safely handed over; raises TryLater or Undeliverable. Blocking."""
