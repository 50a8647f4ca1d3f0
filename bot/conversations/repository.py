"""Reads and writes conversations and turns in a session that the caller commits.

The statements are made once, on tables: the unit of work, and making a statement anew for every message, cost more than
a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversations.model import Conversation, ConversationRow, Deed, TurnRow, Walk
from bot.db.database import Base
from bot.db.vault import Vault
from connectors.contract import Transaction, TurnReply
from knowledge.model import Disclosure

_CONVERSATIONS = Base.metadata.tables[ConversationRow.__tablename__]
_TURNS = Base.metadata.tables[TurnRow.__tablename__]
_OF_SENDER = _CONVERSATIONS.c.sender_key == bindparam("of_sender")
_KNOWN = select(_CONVERSATIONS).where(_OF_SENDER)
_EARLIER = select(_TURNS.c.reply).where(
    _TURNS.c.sender_key == bindparam("of_sender"), _TURNS.c.message_id == bindparam("of_message")
)
_ADD_TURN = insert(_TURNS)
_KEY = _CONVERSATIONS.c.sender_key


def _keeping(add: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    """Adds a sender's conversation, or puts it in the place of the one he has."""
    return add.on_conflict_do_update(index_elements=[_KEY], set_=dict(add.excluded.items()))


_KEEP = {
    "sqlite": _keeping(sqlite.insert(_CONVERSATIONS)),
    "postgresql": _keeping(postgresql.insert(_CONVERSATIONS)),
}
SEALED = "sealed"
"""The only member of a stored reply that is encrypted."""


def recall(session: Session, vault: Vault, sender_key: str, now: datetime, lifetime: timedelta) -> Conversation:
    """What is known of the sender; what is older than `lifetime` is forgotten."""
    row = session.connection().execute(_KNOWN, {"of_sender": sender_key}).first()
    if row is None or now - row.updated_at > lifetime:
        return Conversation()
    question = vault.open(row.pending_question) if row.pending_question else None
    walk = Walk(row.scenario[0], tuple(row.scenario[1:])) if row.scenario else None
    disclosures = tuple(map(Disclosure, row.disclosures or ()))
    return Conversation(row.item, disclosures, row.situation, walk, question, _deed(row.deed, vault))


def _deed(sealed: str | None, vault: Vault) -> Deed | None:
    if sealed is None:
        return None
    stored = vault.open_json(sealed)
    return Deed(**{**stored, "transaction": Transaction(stored["transaction"])})


def remember(session: Session, vault: Vault, sender_key: str, conversation: Conversation, now: datetime) -> None:
    """Stores what the next turn needs."""
    question = conversation.pending_question
    values = {
        "sender_key": sender_key,
        "item": conversation.item,
        "disclosures": [d.value for d in conversation.disclosures] or None,
        "situation": conversation.situation,
        "scenario": [conversation.scenario.scenario, *conversation.scenario.taken] if conversation.scenario else None,
        "pending_question": vault.seal(question) if question else None,
        "deed": vault.seal_json(asdict(conversation.deed)) if conversation.deed else None,
        "updated_at": now,
    }
    connection = session.connection()
    connection.execute(_KEEP[connection.dialect.name], values)


def add_turn(session: Session, values: Mapping[str, Any]) -> None:
    """Stores a turn; `values` has one for each column of TurnRow."""
    session.connection().execute(_ADD_TURN, values)


def kept_reply(vault: Vault, reply: TurnReply, private: bool) -> dict[str, Any]:
    """What is stored of a reply; a private one repeats what the citizen told of himself, so it is sealed."""
    document = reply.model_dump(mode="json")
    return {SEALED: vault.seal_json(document)} if private else document


def earlier_reply(session: Session, vault: Vault, sender_key: str, message_id: str) -> TurnReply | None:
    """The reply that this very message got before, if it was handled before."""
    stored = session.connection().scalar(_EARLIER, {"of_sender": sender_key, "of_message": message_id})
    if not stored:
        return None
    return TurnReply.model_validate(vault.open_json(stored[SEALED]) if SEALED in stored else stored)
