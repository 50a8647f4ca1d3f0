"""Everything about one citizen is handed out, and deleted as far as the law allows; nobody else's."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.cases.model import CaseEventRow, CaseRow
from bot.consultations.model import ConsultationRow
from bot.conversations.model import ConversationRow, TurnRow
from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.model import OutboxRow
from bot.privacy.citizen import UNREADABLE, Citizen, Deletion, erase, export
from bot.privacy.retention import retention_rules
from bot.senders.model import SenderRow
from bot.wechat.model import MessageRow, UserRow
from knowledge.loader import DATA
from tests.unit.bot.consultations.helpers import TELEPHONE, VAULT
from tests.unit.bot.privacy.helpers import (
    NOW,
    consultation,
    conversation,
    ids,
    inbox,
    message,
    only,
    put,
    sender,
    to_telephone,
    turn,
    wechat_message,
    wechat_offer,
    wechat_user,
)  # fmt: skip
from tests.unit.helpers import SENDER_KEY

RULES = retention_rules(DATA / "deeds")
BY_SENDER, BY_TELEPHONE = Citizen(sender_key=SENDER_KEY), Citizen(telephone=TELEPHONE)
ELSE = "e" * 64


def case(id_: str, state: str) -> CaseRow:
    return CaseRow(
        id=id_, number=f"TS{id_}", deed_id=id_, kind="complaint", complaint_kind="delay", grading="simple", state=state,
        facts=VAULT.seal("等了三个小时"), name=VAULT.seal("王小明"), telephone=VAULT.seal(TELEPHONE),
        telephone_lookup=VAULT.lookup("telephone", TELEPHONE), confidential=False, anonymous=False,
        sender_key=SENDER_KEY, channel="web", assignee_department="GA", created_at=NOW, round=1, round_started_at=NOW,
        due_at=NOW + timedelta(days=1), nearly_due_at=NOW, hand_over_by=NOW, missed=False,
    )  # fmt: skip


def erased(database: Database, citizen: Citizen) -> Deletion:
    with database.transaction() as session:
        return erase(session, VAULT, RULES, citizen)


def test_a_citizen_is_exactly_one_of_sender_and_telephone() -> None:
    for values in ({}, {"sender_key": SENDER_KEY, "telephone": TELEPHONE}):
        with pytest.raises(ValueError, match="a sender or a telephone"):
            Citizen(**values)
    assert TELEPHONE not in BY_TELEPHONE.subject(VAULT) and SENDER_KEY not in BY_SENDER.subject(VAULT)


def test_a_sender_gets_everything_of_his_opened(database: Database) -> None:
    put(database, turn("1", 3), turn("2", 3, sender_key=ELSE), conversation(1), sender(1), inbox("i", 1),
        consultation("c", "open", None), message("m", 1), to_telephone("t", 1))  # fmt: skip
    with database.transaction() as session:
        told = export(session, VAULT, BY_SENDER)
    assert {name: len(rows) for name, rows in told.items()} == dict.fromkeys(
        ("turns", "conversations", "senders", "inbox", "consultations", "outbox"), 1
    )
    assert (told["consultations"][0]["question"], told["consultations"][0]["telephone"]) == ("能代办吗", TELEPHONE)
    assert told["turns"][0]["text"] == "我叫王小明" and told["outbox"][0]["text"] == "王小明，您好"
    assert told["turns"][0]["created_at"].startswith("2026-11-20T02:00")
    assert not {"telephone_lookup", "sender_key", "assigned_to"} & set(told["consultations"][0])


def test_a_telephone_gets_what_was_left_under_it_and_nobodys_messages(database: Database) -> None:
    put(database, turn("1", 3), consultation("c", "open", None), message("m", 1), to_telephone("t", 1),
        to_telephone("other", 1, "+8613800002222"))  # fmt: skip
    with database.transaction() as session:
        told = export(session, VAULT, BY_TELEPHONE)
    assert {name: [row["id"] for row in rows] for name, rows in told.items()} == {
        "consultations": ["c"],
        "outbox": ["t"],
    }


def test_what_was_sealed_with_another_key_is_told_as_such(database: Database) -> None:
    other = Vault(Fernet.generate_key().decode())
    put(database, consultation("c", "open", None, name=other.seal("王小明")))
    with database.transaction() as session:
        assert export(session, VAULT, BY_SENDER)["consultations"][0]["name"] == UNREADABLE


def test_nothing_is_kept_of_a_stranger(database: Database) -> None:
    put(database, turn("1", 3))
    with database.transaction() as session:
        assert export(session, VAULT, Citizen(sender_key=ELSE)) == {}
    assert erased(database, Citizen(sender_key=ELSE)) == Deletion() and only(database, TurnRow).text


def test_what_is_over_is_deleted(database: Database) -> None:
    put(database, turn("1", 3), conversation(1), sender(1), inbox("i", 1), consultation("c", "delivered", 1),
        message("m", 1), message("other", 1, sender_key=ELSE))  # fmt: skip
    done = erased(database, BY_SENDER)
    assert done == Deletion(
        deleted={"conversations": 1, "outbox": 1, "inbox": 1, "senders": 1},
        blanked={"turn_texts": 1, "turns": 1, "consultations": 1},
    )
    with database.transaction() as session:
        assert export(session, VAULT, BY_SENDER) == {} and session.get(ConversationRow, SENDER_KEY) is None
    assert only(database, ConsultationRow).name is None and ids(database, OutboxRow) == ["other"]
    assert erased(database, BY_SENDER) == Deletion()


def test_what_is_open_stays_with_the_reason_and_the_way_to_tell_him(database: Database) -> None:
    put(
        database, consultation("c", "open", None), consultation("d", "closed", 1), sender(1), message("m", 1, "waiting")
    )
    done = erased(database, BY_SENDER)
    assert {kept.holding: kept.rows for kept in done.kept} == {"consultations": 1, "outbox": 1, "senders": 1}
    assert all(kept.reason for kept in done.kept) and done.blanked == {"consultations": 1}
    assert only(database, SenderRow)
    with database.transaction() as session:
        names = {row.id: row.name for row in session.scalars(select(ConsultationRow))}
    assert names["c"] and names["d"] is None


def test_by_telephone_only_what_was_left_under_it_goes(database: Database) -> None:
    put(
        database,
        turn("1", 3),
        consultation("c", "closed", 1),
        to_telephone("t", 1),
        to_telephone("o", 1, "+8613800002222"),
    )
    assert erased(database, BY_TELEPHONE) == Deletion({"outbox": 1}, {"consultations": 1})
    assert only(database, TurnRow).text and ids(database, OutboxRow) == ["o"]


def test_an_open_case_stays_and_a_closed_one_keeps_only_its_history(database: Database) -> None:
    event = {
        "at": NOW,
        "action": "receive",
        "to_state": "received",
        "note": VAULT.seal("已登记"),
        "visible_to_citizen": True,
    }
    put(database, case("1", "received"), case("2", "closed"))
    put(database, CaseEventRow(case_id="1", **event), CaseEventRow(case_id="2", **event))
    with database.transaction() as session:
        told = export(session, VAULT, BY_TELEPHONE)
    assert [row["facts"] for row in told["cases"]] == ["等了三个小时"] * 2 and len(told["case_events"]) == 2
    done = erased(database, BY_TELEPHONE)
    assert done.blanked == {"cases": 1}
    assert {kept.holding: kept.rows for kept in done.kept} == {"case_events": 2, "cases": 1}
    with database.transaction() as session:
        facts = {row.id: (row.facts, row.name) for row in session.scalars(select(CaseRow))}
    assert facts["2"] == ("", None) and VAULT.open(facts["1"][0]) == "等了三个小时"


def test_what_wechat_brought_is_handed_out_and_deleted(database: Database) -> None:
    put(database, wechat_message("m:1", "done", 1, 1), wechat_offer(1), wechat_user(1), sender(1))
    with database.transaction() as session:
        told = export(session, VAULT, BY_SENDER)
    (row,) = told["wechat_messages"]
    assert (row["body"], row["reply"], row["kind"]) == ("我叫王小明", "王小明，您好", "text")
    assert not {"key", "sender_key", "claimed_by"} & set(row) and told["wechat_users"][0]["subscribed"] is True
    assert erased(database, BY_SENDER).deleted == {
        "wechat_messages": 1, "wechat_offers": 1, "wechat_users": 1, "senders": 1,
    }  # fmt: skip
    with database.transaction() as session:
        assert export(session, VAULT, BY_SENDER) == {}


def test_a_message_of_wechat_stays_until_it_is_answered_and_so_does_the_way_to_answer_it(database: Database) -> None:
    put(database, wechat_message("m:1", "late", 1, None), wechat_message("m:2", "answered", 1, 1), wechat_user(1),
        sender(1))  # fmt: skip
    done = erased(database, BY_SENDER)
    assert {kept.holding: kept.rows for kept in done.kept} == {"wechat_messages": 1, "wechat_users": 1, "senders": 1}
    assert all(kept.reason for kept in done.kept) and done.deleted == {"wechat_messages": 1}
    assert only(database, MessageRow).key == "m:1" and only(database, UserRow).subscribed
