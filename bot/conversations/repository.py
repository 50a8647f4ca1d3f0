"""Reads and writes conversations and turns in a session that the caller commits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.conversations.model import Conversation, ConversationRow, Deed, TurnRow, Walk
from bot.db.vault import Vault
from connectors.contract import Transaction, TurnReply
from knowledge.model import Disclosure

COLUMNS = (
    ConversationRow.item,
    ConversationRow.disclosures,
    ConversationRow.situation,
    ConversationRow.scenario,
    ConversationRow.pending_question,
    ConversationRow.deed,
    ConversationRow.updated_at,
)


def recall(session: Session, vault: Vault, sender_key: str, now: datetime, lifetime: timedelta) -> Conversation:
    """What is known of the sender; what is older than `lifetime` is forgotten."""
    row = session.connection().execute(select(*COLUMNS).where(ConversationRow.sender_key == sender_key)).first()
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
    """Stores what the next turn needs. Plain statements: the unit of work costs a millisecond for nothing here."""
    question = conversation.pending_question
    values = {
        "item": conversation.item,
        "disclosures": [d.value for d in conversation.disclosures] or None,
        "situation": conversation.situation,
        "scenario": [conversation.scenario.scenario, *conversation.scenario.taken] if conversation.scenario else None,
        "pending_question": vault.seal(question) if question else None,
        "deed": vault.seal_json(asdict(conversation.deed)) if conversation.deed else None,
        "updated_at": now,
    }
    known = update(ConversationRow).where(ConversationRow.sender_key == sender_key).values(values)
    if session.connection().execute(known).rowcount == 0:
        session.connection().execute(insert(ConversationRow).values(sender_key=sender_key, **values))


def earlier_reply(session: Session, sender_key: str, message_id: str) -> TurnReply | None:
    """The reply that this very message got before, if it was handled before."""
    statement = select(TurnRow.reply).where(TurnRow.sender_key == sender_key, TurnRow.message_id == message_id)
    stored = session.scalar(statement)
    return TurnReply.model_validate(stored) if stored else None
