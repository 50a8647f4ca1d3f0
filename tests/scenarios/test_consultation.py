"""The deed that proves the dialogue seam: leaving question, consent, name and telephone."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.assistant import Assistant, options, texts

UNKNOWN = "农村盖房批宅基地要啥手续"


def ledger(assistant: Assistant) -> list[dict[str, Any]]:
    with sqlite3.connect(assistant.database) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("select * from consultations order by created_at")]


def start(assistant: Assistant, sender: str) -> dict[str, Any]:
    """No match, then the offered option, then consent: the form knows the question already and asks for the name."""
    unmatched = assistant.say(sender, UNKNOWN)
    assert unmatched["status"] == "unanswerable.no_match"
    (offer,) = options(unmatched)
    assert "同意" in texts(assistant.say(sender, offer["payload"]))
    return assistant.say(sender, "同意")


def test_a_question_is_left_with_an_interruption_and_a_correction(assistant: Assistant) -> None:
    before = len(ledger(assistant))
    asked = start(assistant, "c1")
    assert (asked["status"], asked["transaction"]) == ("collecting.consultation", "consultation")
    assert "称呼" in texts(asked)
    assert "联系电话" in texts(assistant.say("c1", "我叫张三"))

    interrupted = assistant.say("c1", "身份证丢了补办多少钱")
    assert (interrupted["status"], interrupted["item"]) == ("answered.guide", "GA-003")
    assert "联系电话" in texts(interrupted), "the form goes on after the answer"

    wrong = assistant.say("c1", "123")
    assert wrong["status"] == "collecting.consultation"
    assert "核对" in texts(wrong)

    done = assistant.say("c1", "138 0000 1111")
    assert (done["status"], done["transaction"]) == ("done.consultation", "consultation")
    (row,) = ledger(assistant)[before:]
    assert row["number"] in texts(done)
    assert row["state"] == "open"
    assert assistant.say("c1", "那要几天")["item"] == "GA-003", "the item of the interruption is kept"


def test_the_question_is_asked_for_when_none_is_pending(assistant: Assistant) -> None:
    before = len(ledger(assistant))
    assert "问题" in texts(assistant.say("c2", "我要留言"))
    consent = assistant.say("c2", "我家老房子加装电梯，身份证和房产证要带吗")
    assert [option["payload"] for option in options(consent)] == ["同意", "不同意"]
    assert "称呼" in texts(assistant.say("c2", "同意"))
    assert "电话" in texts(assistant.say("c2", "王女士"))
    assert assistant.say("c2", "027-88881234")["status"] == "done.consultation"
    assert len(ledger(assistant)) == before + 1


def test_cancelling_stores_nothing(assistant: Assistant) -> None:
    before = len(ledger(assistant))
    start(assistant, "c3")
    assistant.say("c3", "李先生")
    cancelled = assistant.say("c3", "算了，取消吧")
    assert cancelled["status"] == "cancelled.consultation"
    assert len(ledger(assistant)) == before
    assert assistant.say("c3", "13800001111")["status"] != "done.consultation"


def test_without_consent_nothing_is_stored(assistant: Assistant) -> None:
    before = len(ledger(assistant))
    assistant.say("c5", "我要留言")
    assistant.say("c5", "我家老房子加装电梯，身份证和房产证要带吗")
    refused = assistant.say("c5", "不同意")
    assert refused["status"] == "cancelled.consultation" and "没有登记" in texts(refused)
    assert len(ledger(assistant)) == before


def test_nothing_personal_is_readable_at_rest_or_in_logs(assistant: Assistant) -> None:
    start(assistant, "sender-at-rest")
    assistant.say("sender-at-rest", "欧阳建国")
    assert assistant.say("sender-at-rest", "13912345678")["status"] == "done.consultation"
    stored = assistant.database.read_bytes() + assistant.database.with_name("wenban.sqlite3-wal").read_bytes()
    logged = assistant.log.read_bytes()
    for secret in ("欧阳建国", "13912345678"):
        assert secret.encode() not in stored
        assert secret.encode() not in logged
    assert b"sender-at-rest" not in logged


def test_forms_of_many_citizens_do_not_mix(assistant: Assistant) -> None:
    senders = [f"many-{n}" for n in range(6)]
    for sender in senders:
        start(assistant, sender)
    for sender in senders:
        assert assistant.say(sender, "陈女士")["status"] == "collecting.consultation"
    numbers = {texts(assistant.say(sender, "13800001111")) for sender in senders}
    assert len(numbers) == len(senders)
