"""What is remembered of a sender, for how long, and how it lies in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.conversations import repository
from bot.conversations.model import Conversation, TurnRow, Walk
from bot.db.database import Database
from bot.db.vault import Vault
from connectors.contract import TextReply, TurnReply, TurnStatus
from knowledge.model import Disclosure
from tests.unit.helpers import SENDER_KEY, running_deed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIFETIME = timedelta(minutes=30)
VAULT = Vault(Fernet.generate_key().decode())
WHOLE = Conversation(
    item="GA-003",
    disclosures=(Disclosure.MATERIALS, Disclosure.FEES),
    situation="minor",
    scenario=Walk("lost_papers", ("身份证也丢了", "社保卡、银行卡")),
    pending_question="我的电话13800001111，怎么办",
    deed=running_deed("consultation_telephone", consultation_name="王女士", consultation_question="能代办吗"),
)


def remember(database: Database, conversation: Conversation, now: datetime = NOW, key: str = SENDER_KEY) -> None:
    with database.transaction() as session:
        repository.remember(session, VAULT, key, conversation, now)


def recall(database: Database, now: datetime = NOW, key: str = SENDER_KEY) -> Conversation:
    with database.transaction() as session:
        return repository.recall(session, VAULT, key, now, LIFETIME)


@pytest.mark.parametrize(
    "conversation",
    [
        WHOLE,
        Conversation(),
        Conversation(item="GA-003"),
        Conversation(scenario=Walk("lost_papers")),
        Conversation(item="GA-003", disclosures=tuple(Disclosure)),
        replace(WHOLE, deed=running_deed(None)),
    ],
)
def test_what_is_remembered_comes_back(tmp_database: Database, conversation: Conversation) -> None:
    remember(tmp_database, conversation)
    assert recall(tmp_database) == conversation


def test_a_stranger_is_not_known(tmp_database: Database) -> None:
    remember(tmp_database, WHOLE)
    assert recall(tmp_database, key="0" * 64) == Conversation()


def test_the_newest_replaces_the_old(tmp_database: Database) -> None:
    remember(tmp_database, WHOLE)
    remember(tmp_database, Conversation(item="RS-002"), NOW + timedelta(minutes=1))
    assert recall(tmp_database) == Conversation(item="RS-002")


@pytest.mark.parametrize(("passed", "known"), [(LIFETIME, True), (LIFETIME + timedelta(seconds=1), False)])
def test_what_is_older_than_its_lifetime_is_forgotten(tmp_database: Database, passed: timedelta, known: bool) -> None:
    remember(tmp_database, WHOLE)
    assert recall(tmp_database, NOW + passed) == (WHOLE if known else Conversation())


def test_speaking_again_renews_the_lifetime(tmp_database: Database) -> None:
    remember(tmp_database, WHOLE)
    remember(tmp_database, WHOLE, NOW + LIFETIME)
    assert recall(tmp_database, NOW + LIFETIME * 2) == WHOLE


def test_nothing_personal_can_be_read_in_the_database(tmp_database: Database) -> None:
    remember(tmp_database, WHOLE)
    with tmp_database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM conversations")).all()
    raw = repr(rows)
    assert len(rows) == 1 and "GA-003" in raw
    for private in ("13800001111", "王女士", "能代办吗", "consultation_telephone", "怎么办"):
        assert private not in raw


def store_turn(database: Database, message_id: str | None, words: str, key: str = SENDER_KEY) -> TurnReply:
    reply = TurnReply(
        turn_id=words, status=TurnStatus.ANSWERED_SMALLTALK, replies=(TextReply(text=words),), elapsed_ms=3
    )
    values: dict[str, Any] = {"scores": {}, "timings": {}, "reply": reply.model_dump(mode="json")}
    with database.transaction() as session:
        session.add(
            TurnRow(
                id=words, created_at=NOW, channel="web", sender_key=key, message_id=message_id, status=reply.status,
                **values,
            )
        )  # fmt: skip
    return reply


def test_a_message_handled_before_has_its_first_reply(tmp_database: Database) -> None:
    first = store_turn(tmp_database, "m1", "您好")
    store_turn(tmp_database, "m2", "再见")
    with tmp_database.transaction() as session:
        assert repository.earlier_reply(session, VAULT, SENDER_KEY, "m1") == first
        assert repository.earlier_reply(session, VAULT, SENDER_KEY, "m3") is None


def test_message_ids_belong_to_their_sender(tmp_database: Database) -> None:
    store_turn(tmp_database, "m1", "您好")
    other = store_turn(tmp_database, "m1", "再见", key="0" * 64)
    with tmp_database.transaction() as session:
        assert repository.earlier_reply(session, VAULT, "0" * 64, "m1") == other


def test_any_number_of_messages_may_have_no_id(tmp_database: Database) -> None:
    for words in ("您好", "再见", "谢谢"):
        store_turn(tmp_database, None, words)


def test_a_private_reply_is_sealed_and_found_again(tmp_database: Database) -> None:
    vault = Vault(Fernet.generate_key().decode())
    reply = TurnReply(
        turn_id="t1",
        status=TurnStatus.COLLECTING_COMPLAINT,
        replies=(TextReply(text="王女士，请您确认"),),
        elapsed_ms=1,
    )
    kept = repository.kept_reply(vault, reply, private=True)
    assert "王女士" not in str(kept) and list(kept) == [repository.SEALED]
    assert repository.kept_reply(vault, reply, private=False)["replies"][0]["text"] == "王女士，请您确认"
    with tmp_database.transaction() as session:
        repository.add_turn(session, turn_values(kept))
    with tmp_database.transaction() as session:
        assert repository.earlier_reply(session, vault, "k1", "m1") == reply


def turn_values(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "t1", "created_at": datetime(2026, 11, 24, tzinfo=UTC), "channel": "web", "sender_key": "k1",
        "message_id": "m1", "text": None, "status": "collecting.complaint", "item": None, "scores": {}, "timings": {},
        "reply": kept,
    }  # fmt: skip
