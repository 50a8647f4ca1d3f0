"""Delivers what is due: claims a batch, hands each message over outside any transaction, and notes what became of it.

At least once: a worker that is killed anywhere loses nothing, because its claims run out; the receiver knows a message
that comes twice by its key."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox import claims
from bot.outbox.claims import Claimed
from bot.outbox.model import RecipientKind
from bot.outbox.rules import OutboxRules
from bot.outbox.transport import Recipient, Transport, TryLater, Undeliverable
from bot.senders.service import address_of

log = logging.getLogger(__name__)

EVERYBODY = tuple(RecipientKind)


@dataclass(frozen=True)
class Transports:
    """Who delivers to whom. A channel without a transport of its own falls to the inbox (shown at next contact)."""

    inbox: Transport
    telephone: Transport
    audience: Transport
    channels: Mapping[str, Transport] = field(default_factory=dict)

    def of(self, recipient: Recipient) -> Transport:
        if recipient.kind is RecipientKind.TELEPHONE:
            return self.telephone
        if recipient.kind is RecipientKind.AUDIENCE:
            return self.audience
        return self.channels.get(recipient.channel or "", self.inbox)


@dataclass(frozen=True)
class Outbox:
    """What delivery needs. `chance` draws the jitter, in [0, 1)."""

    database: Database
    vault: Vault
    rules: OutboxRules
    transports: Transports
    chance: Callable[[], float] = random.random

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.rules.lease)


def _never() -> bool:
    return False


def deliver_due(
    outbox: Outbox,
    now: datetime,
    kinds: Sequence[RecipientKind] = EVERYBODY,
    stopped: Callable[[], bool] = _never,
) -> int:
    """How many messages were claimed (a full batch: there may be more). Blocking; raises only errors of the database.
    When `stopped` says so, the message in hand is finished and the rest of the batch is let go."""
    began = time.monotonic()
    by = uuid.uuid4().hex
    with outbox.database.transaction() as session:
        if not claims.anything_to_do(session, kinds, now):
            return 0
    with outbox.database.transaction() as session:
        claims.expire(session, kinds, now)
        claimed = claims.claim(session, kinds, by=by, batch=outbox.rules.batch, lease=outbox.lease, now=now)
    for message in claimed:
        if stopped():
            with outbox.database.transaction() as session:
                claims.release(session, by)
            break
        _deliver(outbox, message, by, lambda: now + timedelta(seconds=time.monotonic() - began))
    return len(claimed)


def _deliver(outbox: Outbox, message: Claimed, by: str, clock: Callable[[], datetime]) -> None:
    if message.attempts >= outbox.rules.attempts:  # whoever began the last attempt was killed in it
        return _bury(outbox, message, by, "worker_lost")
    with outbox.database.transaction() as session:
        if not claims.begin(session, message.id, by, outbox.lease, clock()):
            return
    try:
        _hand_over(outbox, message)
    except TryLater as failed:
        _try_later(outbox, message, by, failed.code, clock())
    except Undeliverable as failed:
        _bury(outbox, message, by, failed.code)
    except Exception as error:  # a fault of a transport must not stop the others' messages
        log.error("outbox_transport_failed id=%s kind=%s", message.id, type(error).__name__)
        _try_later(outbox, message, by, type(error).__name__[:40], clock())
    else:
        with outbox.database.transaction() as session:
            claims.mark_sent(session, message.id, clock())


def _hand_over(outbox: Outbox, message: Claimed) -> None:
    """Raises TryLater or Undeliverable."""
    try:
        recipient, text = _recipient(outbox, message), outbox.vault.open(message.text)
    except InvalidToken as error:
        raise Undeliverable("unreadable") from error  # sealed with another key
    outbox.transports.of(recipient).deliver(message.key, recipient, text)


def _recipient(outbox: Outbox, message: Claimed) -> Recipient:
    if message.telephone is not None:
        return Recipient(message.recipient, outbox.vault.open(message.telephone), about=message.kind)
    if message.audience is not None:
        return Recipient(message.recipient, message.audience, about=message.kind)
    key = message.sender_key or ""
    with outbox.database.transaction() as session:
        channel, address = address_of(session, outbox.vault, key) or (None, None)
    return Recipient(message.recipient, key, channel, address, message.kind)


def _try_later(outbox: Outbox, message: Claimed, by: str, code: str, now: datetime) -> None:
    attempts = message.attempts + 1
    if attempts >= outbox.rules.attempts:
        return _bury(outbox, message, by, code)
    with outbox.database.transaction() as session:
        claims.postpone(session, message.id, by, code, now + outbox.rules.pause(attempts, outbox.chance()))


def _bury(outbox: Outbox, message: Claimed, by: str, code: str) -> None:
    with outbox.database.transaction() as session:
        buried = claims.bury(session, message.id, by, code)
    if buried:
        log.warning("outbox_dead id=%s code=%s", message.id, code)
