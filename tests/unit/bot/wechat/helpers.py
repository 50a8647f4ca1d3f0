"""A citizen's messages as WeChat pushes them, and what our database holds of them."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.outbox.model import OutboxRow
from bot.settings import load_settings
from bot.wechat import messages
from bot.wechat.messages import Taken
from bot.wechat.model import MessageRow, UserRow
from bot.wording.wording import load_wording
from connectors.contract import Channel, OptionsReply, Reply, TextReply, TurnReply, TurnStatus
from connectors.wechat.callback import Signed
from connectors.wechat.incoming import Incoming, Kind
from knowledge.base import KnowledgeBase

VAULT = Vault(Fernet.generate_key().decode())
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OPENID = "oCitizen_of_the_tests_000001"
SENDER = VAULT.sender_key(Channel.WECHAT.value, OPENID)
WORDING = load_wording()
WAIT = WORDING.say("wechat.please_wait")
SORRY = WORDING.say("wechat.failed")
_numbers = itertools.count(1)


def said(text: str = "身份证丢了", **changes: Any) -> Incoming:
    """A text message; every one has a new MsgId."""
    first = Incoming(f"m:{next(_numbers)}", OPENID, "gh_136b2a5c9d0e", NOW, Kind.TEXT, text)
    return replace(first, **changes)


def did(kind: Kind, text: str = "", **changes: Any) -> Incoming:
    """An event."""
    return said(text, kind=kind, key=f"e:{next(_numbers)}", **changes)


def signed(nonce: str | None = None) -> Signed:
    return ("1795399200", nonce or f"n{next(_numbers)}", "5" * 40)


def take(database: Database, incoming: Incoming, by: str = "a", after: float = 0, sign: Signed | None = None) -> Taken:
    """`after`: seconds from NOW."""
    with database.transaction() as session:
        at = NOW + timedelta(seconds=after)
        return messages.take(session, VAULT, incoming, sign or signed(), by, at)


def row_of(database: Database, incoming: Incoming) -> MessageRow:
    with database.transaction() as session:
        row = session.get(MessageRow, incoming.key)
    assert row is not None
    return row


def user(database: Database, sender_key: str = SENDER) -> UserRow | None:
    with database.transaction() as session:
        return session.get(UserRow, sender_key)


def letters(database: Database) -> list[OutboxRow]:
    """What is to be sent, in the order of delivery."""
    with database.transaction() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.next_try_at, OutboxRow.created_at)))


def told(letter: OutboxRow) -> str:
    """The words of a letter that is a text."""
    document = json.loads(VAULT.open(letter.text))
    assert document["msgtype"] == "text"
    return str(document["text"]["content"])


def reply(*texts: str, options: tuple[OptionsReply, ...] = ()) -> TurnReply:
    replies: tuple[Reply, ...] = (*(TextReply(text=text) for text in texts), *options)
    return TurnReply(turn_id="t", status=TurnStatus.ANSWERED_GUIDE, replies=replies, elapsed_ms=1)


def desk_of(database: Database, base: KnowledgeBase | None = None) -> Desk:
    library = cast(Any, SimpleNamespace(current=base))
    return Desk(load_settings(), database, VAULT, library, WORDING, cast(Any, None))
