"""One citizen of whom something is kept in many tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.consultations.model import ConsultationRow
from bot.conversations.model import ConversationRow, TurnRow
from bot.db.database import Base, Database
from bot.outbox.model import InboxRow, OutboxRow
from bot.senders.model import SenderRow
from bot.wechat.model import MessageRow, NonceRow, OfferRow, UserRow
from tests.unit.bot.consultations.helpers import TELEPHONE, VAULT
from tests.unit.helpers import SENDER_KEY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def turn(id_: str, days: int, **changes: Any) -> TurnRow:
    given = {
        "id": id_, "created_at": days_ago(days), "channel": "web", "sender_key": SENDER_KEY, "message_id": f"m{id_}",
        "text": "我叫王小明", "status": "answered.guide", "item": "GA-003", "scores": {}, "timings": {},
        "reply": {"replies": ["王小明"]},
    }  # fmt: skip
    return TurnRow(**given | changes)


def consultation(id_: str, state: str, ended: int | None, **changes: Any) -> ConsultationRow:
    given = {
        "id": id_, "number": f"ZX{id_}", "deed_id": id_, "created_at": days_ago(900), "promised_by": days_ago(898),
        "channel": "web", "sender_key": SENDER_KEY, "question": VAULT.seal("能代办吗"), "name": VAULT.seal("王小明"),
        "telephone": VAULT.seal(TELEPHONE), "telephone_lookup": VAULT.lookup("telephone", TELEPHONE), "state": state,
        "owner": "GA", "ended_at": None if ended is None else days_ago(ended), "answered_at": days_ago(897),
    }  # fmt: skip
    return ConsultationRow(**given | changes)


def message(id_: str, days: int, state: str = "sent", **changes: Any) -> OutboxRow:
    given = {
        "id": id_, "key": id_, "kind": "notice", "recipient": "sender", "sender_key": SENDER_KEY,
        "text": VAULT.seal("王小明，您好"), "created_at": days_ago(days), "state": state, "attempts": 0,
        "next_try_at": days_ago(days),
    }  # fmt: skip
    return OutboxRow(**given | changes)


def to_telephone(id_: str, days: int, number: str = TELEPHONE) -> OutboxRow:
    return message(id_, days, recipient="telephone", sender_key=None, telephone=VAULT.seal(number))


def sender(days: int) -> SenderRow:
    return SenderRow(sender_key=SENDER_KEY, channel="web", address=VAULT.seal("page-1"), seen_at=days_ago(days))


def conversation(days: int) -> ConversationRow:
    return ConversationRow(sender_key=SENDER_KEY, updated_at=days_ago(days), pending_question=VAULT.seal("能代办吗"))


def inbox(id_: str, days: int) -> InboxRow:
    return InboxRow(id=id_, key=id_, sender_key=SENDER_KEY, text=VAULT.seal("您好"), created_at=days_ago(days))


def wechat_message(key: str, state: str, received: int, answered: int | None) -> MessageRow:
    """Days ago; VAULT seals what a citizen wrote and was told."""
    return MessageRow(
        key=key, sender_key=SENDER_KEY, received_at=days_ago(received), kind="text", body=VAULT.seal("我叫王小明"),
        claimed_by=None, claimed_until=None, state=state, reply=VAULT.seal("王小明，您好"), tries=1,
        answered_at=None if answered is None else days_ago(answered),
    )  # fmt: skip


def wechat_offer(days: int) -> OfferRow:
    return OfferRow(sender_key=SENDER_KEY, options=VAULT.seal("[]"), offered_at=days_ago(days))


def wechat_user(days: int) -> UserRow:
    return UserRow(sender_key=SENDER_KEY, subscribed=True, seen_at=days_ago(days))


def nonce(key: str, days: int) -> NonceRow:
    return NonceRow(key=key * 64, seen_at=days_ago(days))


def put(database: Database, *rows: Base) -> None:
    with database.transaction() as session:
        session.add_all(rows)


def put_into(database: Database, table: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(insert(Base.metadata.tables[table]).values(**values))


def ids(database: Database, table: type[Any]) -> list[str]:
    with database.transaction() as session:
        return sorted(session.scalars(select(table.id)))


def only(database: Database, table: type[Any]) -> Any:
    with database.transaction() as session:
        return session.scalars(select(table)).one()
