"""The durable store of received messages (see model.py): taken once whatever WeChat repeats, answered once.

Every step is one conditional write, and the database decides who was first: the five seconds or the answer, this
process or another."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.outbox.service import Outgoing as Letter
from bot.outbox.service import enqueue, withdraw
from bot.senders.insert import insert_missing
from bot.senders.service import remember
from bot.wechat.documents import from_kept, incoming_of, kept, kept_incoming
from bot.wechat.model import MessageRow, MessageState, NonceRow, UserRow
from bot.wechat.transport import REPLY, WINDOW
from connectors.contract import Channel
from connectors.wechat.callback import Replay, Signed
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Outgoing, to_document

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=12)
"""So long a process has to answer what it took, or to renew its claim; then another may. Longer than WeChat waits, so
that a repeat is not answered twice at once, and shorter than its three pushes."""
REPEATS = timedelta(seconds=20)
"""So long after the first push WeChat may repeat it; whether it signs a repeat anew is not documented."""
HANG_UP = timedelta(seconds=12)
"""So long after a push that WeChat hung up on may its further pushes fetch the reply: two of five seconds."""
MOST_TRIES = 4
"""Claims of one message; whatever ends the process each time must not do so for ever."""
OPEN = (MessageState.RECEIVED.value, MessageState.LATE.value)
"""States of a message that still has to be answered."""


@dataclass(frozen=True)
class Taken:
    """`mine`: to be answered by who took it. `answered`: the first reply is there, None for nothing to say."""

    mine: bool = False
    answered: bool = False
    reply: Outgoing | None = None


def take(session: Session, vault: Vault, incoming: Incoming, signed: Signed, by: str, now: datetime) -> Taken:
    """Keeps the message before any work is done on it; raises Replay."""
    nonce = hashlib.sha256("|".join(signed).encode()).hexdigest()
    fresh = insert_missing(session, NonceRow, {"key": nonce, "seen_at": now})
    row = session.get(MessageRow, incoming.key)
    if not fresh and (row is None or now - row.received_at > REPEATS):
        raise Replay
    if row is None and _insert(session, vault, incoming, by, now):
        _seen(session, vault, incoming, now)
        return Taken(mine=True)
    if claim(session, incoming.key, by, now):
        return Taken(mine=True)
    return look(session, vault, incoming.key)


def look(session: Session, vault: Vault, key: str) -> Taken:
    """What became of a message that somebody else took."""
    row = session.get(MessageRow, key, populate_existing=True)
    if row is None or row.state == MessageState.RECEIVED:
        return Taken()
    return Taken(answered=True, reply=from_kept(vault, row.reply))


def claim(session: Session, key: str, by: str, now: datetime) -> bool:
    """Whether a message that nobody is at work on any more is ours now."""
    statement = (
        update(MessageRow)
        .where(MessageRow.key == key, MessageRow.state.in_(OPEN), MessageRow.claimed_until <= now)
        .values(claimed_by=by, claimed_until=now + LEASE, tries=MessageRow.tries + 1)
    )
    return _changed(session, statement)


def renew(session: Session, keys: Collection[str], by: str, now: datetime) -> int:
    """Keeps what is still being worked on from being taken up by another process."""
    mine = (MessageRow.key.in_(keys), MessageRow.claimed_by == by, MessageRow.state.in_(OPEN))
    statement = update(MessageRow).where(*mine, MessageRow.claimed_until <= now + LEASE / 2)
    return _count(session, statement.values(claimed_until=now + LEASE))


def orphans(session: Session, vault: Vault, by: str, most: int, now: datetime) -> list[tuple[Incoming, int]]:
    """Messages whose process died, oldest first, now ours, and how often each was tried. WeChat waits for them no
    more, so their answers go by the outbox."""
    ripe = select(MessageRow.key).where(MessageRow.state.in_(OPEN), MessageRow.claimed_until <= now)
    keys = session.scalars(ripe.order_by(MessageRow.received_at, MessageRow.key).limit(most)).all()
    mine = [key for key in keys if claim(session, key, by, now)]
    for key in mine:
        _move(session, key, MessageState.RECEIVED, MessageState.LATE)
    rows = (session.get(MessageRow, key, populate_existing=True) for key in mine)
    opened = ((_opened(session, vault, row, now), row.tries) for row in rows if row is not None)
    return [(incoming, tries) for incoming, tries in opened if incoming is not None]


def _opened(session: Session, vault: Vault, row: MessageRow, now: datetime) -> Incoming | None:
    """None for what was sealed with another key: it is set aside, so that it does not hold up the others for ever."""
    try:
        return incoming_of(vault, row.body)
    except InvalidToken:
        log.error("wechat_unreadable kind=%s", row.kind)
        done = {"answered_at": now, "claimed_by": None, "claimed_until": None}
        _move(session, row.key, MessageState.LATE, MessageState.DONE, **done)
        return None


def answer(
    session: Session, vault: Vault, incoming: Incoming, replies: Sequence[Outgoing], now: datetime
) -> Taken | None:
    """Keeps the reply while WeChat still waits for it, the rest to follow by the outbox; None if it is too late for
    that, and then all goes by the outbox."""
    first = replies[0] if replies else None
    done = {"reply": kept(vault, first), "answered_at": now, "claimed_by": None, "claimed_until": None}
    if _move(session, incoming.key, MessageState.RECEIVED, MessageState.ANSWERED, **done):
        _send(session, vault, incoming, list(enumerate(replies))[1:], now)
        return Taken(answered=True, reply=first)
    return None


def answer_late(session: Session, vault: Vault, incoming: Incoming, replies: Sequence[Outgoing], now: datetime) -> bool:
    """Hands the replies to the outbox, unless that was done before."""
    done = {"answered_at": now, "claimed_by": None, "claimed_until": None}
    if not _move(session, incoming.key, MessageState.LATE, MessageState.DONE, **done):
        return False
    _send(session, vault, incoming, list(enumerate(replies)), now)
    return True


def acknowledge(session: Session, vault: Vault, key: str, words: Outgoing) -> Taken:
    """Ends WeChat's waiting with these words, unless the answer came first."""
    if _move(session, key, MessageState.RECEIVED, MessageState.LATE, reply=kept(vault, words)):
        return Taken(answered=True, reply=words)
    return look(session, vault, key)


def given(session: Session, _vault: Vault, incoming: Incoming, _now: datetime) -> None:
    """WeChat listens for the passive reply: nothing is left to do."""
    if _move(session, incoming.key, MessageState.ANSWERED, MessageState.DONE):
        withdraw(session, _unheard_key(incoming))


def unheard(session: Session, vault: Vault, incoming: Incoming, now: datetime) -> None:
    """WeChat hung up before: the passive reply goes by the outbox, unless a push of the same is given it until then."""
    if not _move(session, incoming.key, MessageState.ANSWERED, MessageState.ANSWERED):
        return
    row = session.get(MessageRow, incoming.key, populate_existing=True)
    reply = from_kept(vault, row.reply) if row is not None else None
    if reply is None:
        return
    _post(session, vault, incoming, _unheard_key(incoming), reply, now + HANG_UP, now)


def _unheard_key(incoming: Incoming) -> str:
    return f"wechat:{incoming.key}:unheard"


def _insert(session: Session, vault: Vault, incoming: Incoming, by: str, now: datetime) -> bool:
    row = {
        "key": incoming.key,
        "sender_key": sender_key_of(vault, incoming),
        "received_at": now,
        "kind": incoming.kind.value,
        "body": kept_incoming(vault, incoming),
        "claimed_by": by,
        "claimed_until": now + LEASE,
        "state": MessageState.RECEIVED.value,
        "tries": 1,
    }
    return insert_missing(session, MessageRow, row)


def sender_key_of(vault: Vault, incoming: Incoming) -> str:
    return vault.sender_key(Channel.WECHAT.value, incoming.openid)


_NO_DEEDS = frozenset({Kind.LOCATION_REPORT, Kind.TEMPLATE_SENT, Kind.VIEW})


def is_deed(incoming: Incoming) -> bool:
    """Whether the citizen did it himself, so that WeChat counts the 48 hours from it; a reported location, a receipt,
    an opened page or an event that we do not know is nothing."""
    unknown_event = incoming.kind is Kind.OTHER and not incoming.key.startswith("m:")
    return incoming.kind not in _NO_DEEDS and not unknown_event


def _seen(session: Session, vault: Vault, incoming: Incoming, now: datetime) -> None:
    """Whom we may write to, and where."""
    if not is_deed(incoming):
        return
    key, subscribed = sender_key_of(vault, incoming), incoming.kind is not Kind.UNSUBSCRIBE
    values: dict[str, Any] = {"subscribed": subscribed, "seen_at": now}
    if not insert_missing(session, UserRow, {"sender_key": key, **values}):
        session.execute(update(UserRow).where(UserRow.sender_key == key).values(**values))
    if subscribed:
        remember(session, vault, Channel.WECHAT.value, incoming.openid, now)


def _send(
    session: Session, vault: Vault, incoming: Incoming, replies: Sequence[tuple[int, Outgoing]], now: datetime
) -> None:
    """Each is one message of the outbox; whoever repeats this sends nothing more."""
    for place, reply in replies:
        in_order = now + timedelta(seconds=min(place, 1), milliseconds=place)  # after a passive first
        _post(session, vault, incoming, f"wechat:{incoming.key}:{place}", reply, in_order, now)


def _post(
    session: Session, vault: Vault, incoming: Incoming, key: str, reply: Outgoing, not_before: datetime, now: datetime
) -> None:
    text = json.dumps(to_document(reply), ensure_ascii=False)
    to = sender_key_of(vault, incoming)
    letter = Letter(key, text, sender_key=to, kind=REPLY, not_before=not_before, expires_at=now + WINDOW)
    enqueue(session, vault, letter, now)


def _move(session: Session, key: str, before: MessageState, after: MessageState, **values: Any) -> bool:
    statement = (
        update(MessageRow)
        .where(MessageRow.key == key, MessageRow.state == before.value)
        .values(state=after.value, **values)
    )
    return _changed(session, statement)


def _changed(session: Session, statement: Update) -> bool:
    return _count(session, statement) == 1


def _count(session: Session, statement: Update) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
