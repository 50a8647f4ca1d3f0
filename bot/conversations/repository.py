"""Reads and writes conversations and turns in a session that the caller commits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.model import Conversation, ConversationRow, Deed, TurnRow
from bot.db.vault import Vault
from connectors.contract import Transaction, TurnReply


def recall(session: Session, vault: Vault, sender_key: str, now: datetime, lifetime: timedelta) -> Conversation:
    """What is known of the sender; what is older than `lifetime` is forgotten."""
    row = session.get(ConversationRow, sender_key)
    if row is None or now - row.updated_at > lifetime:
        return Conversation()
    return Conversation(row.item, vault.open(row.pending_question) if row.pending_question else None, _deed(row, vault))


def _deed(row: ConversationRow, vault: Vault) -> Deed | None:
    if row.deed is None:
        return None
    stored = vault.open_json(row.deed)
    return Deed(**{**stored, "transaction": Transaction(stored["transaction"])})


def remember(session: Session, vault: Vault, sender_key: str, conversation: Conversation, now: datetime) -> None:
    """Stores what the next turn needs."""
    row = session.get(ConversationRow, sender_key) or ConversationRow(sender_key=sender_key)
    question = conversation.pending_question
    row.item = conversation.item
    row.pending_question = vault.seal(question) if question else None
    row.deed = vault.seal_json(asdict(conversation.deed)) if conversation.deed else None
    row.updated_at = now
    session.add(row)


def earlier_reply(session: Session, sender_key: str, message_id: str) -> TurnReply | None:
    """The reply that this very message got before, if it was handled before."""
    statement = select(TurnRow.reply).where(TurnRow.sender_key == sender_key, TurnRow.message_id == message_id)
    stored = session.scalar(statement)
    return TurnReply.model_validate(stored) if stored else None
