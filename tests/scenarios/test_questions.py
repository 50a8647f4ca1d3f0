"""Guide questions through the real Rasa and the real HTTP API."""

from __future__ import annotations

import pytest

from knowledge.loader import load_guides, load_hall
from tests.assistant import Assistant, card, options, texts

GUIDES = load_guides(load_hall())


def test_materials_and_fees_come_word_for_word_with_sources(assistant: Assistant) -> None:
    reply = assistant.say("q1", "我身份证丢了，补一个要带什么、多少钱")
    guide = GUIDES["GA-003"]
    assert (reply["status"], reply["item"]) == ("answered.guide", "GA-003")
    assert reply["disclosures"] == ["materials", "fees"]
    fields = card(reply)
    assert fields["fees"].splitlines()[0] == guide.fees.text
    for material in guide.materials:
        assert material.name in fields["materials"]
    assert [(s["id"], s["disclosure"]) for s in reply["sources"]] == [("GA-003", "materials"), ("GA-003", "fees")]
    assert all(s["checked_on"] == guide.checked_on.isoformat() for s in reply["sources"])


def test_a_bare_wish_gets_all_eight_disclosures(assistant: Assistant) -> None:
    reply = assistant.say("q2", "社保卡丢了怎么补办")
    assert (reply["status"], reply["item"]) == ("answered.guide", "RS-002")
    assert len(card(reply)) == 8


def test_follow_ups_keep_the_item_until_another_is_named(assistant: Assistant) -> None:
    assert assistant.say("q3", "结婚登记要什么材料")["item"] == "MZ-001"
    followed = assistant.say("q3", "那收费吗")
    assert (followed["item"], followed["disclosures"]) == ("MZ-001", ["fees"])
    assert assistant.say("q3", "要几天")["disclosures"] == ["time_limit"]
    assert assistant.say("q3", "租房提取公积金在哪办")["item"] == "GJ-002"


def test_another_sender_does_not_inherit_the_item(assistant: Assistant) -> None:
    assistant.say("q4", "结婚登记要什么材料")
    reply = assistant.say("q5", "多少钱")
    assert (reply["status"], reply["item"]) == ("clarify.item", None)


def test_an_unclear_item_is_asked_for_and_a_tap_answers(assistant: Assistant) -> None:
    asked = assistant.say("q6", "身份证要多少钱")
    offered = options(asked)
    assert asked["status"] == "clarify.item"
    assert 2 <= len(offered) <= 5
    chosen = next(o for o in offered if o["title"] == GUIDES["GA-003"].name)
    reply = assistant.say("q6", chosen["payload"])
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", "GA-003", ["fees"])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("你好", "answered.smalltalk"),
        ("谢谢你啊", "answered.smalltalk"),
        ("再见", "answered.smalltalk"),
        ("你是谁", "answered.smalltalk"),
        ("今天天气怎么样", "unanswerable.out_of_scope"),
        ("给我讲个笑话吧", "unanswerable.out_of_scope"),
        ("火车票怎么改签", "unanswerable.out_of_scope"),
        ("农村盖房批宅基地要啥手续", "unanswerable.no_match"),
    ],
)
def test_what_is_no_guide_question_has_its_own_status(assistant: Assistant, text: str, status: str) -> None:
    reply = assistant.say(f"q-{text}", text)
    assert reply["status"] == status
    assert texts(reply)
    assert reply["item"] is None


def test_homophone_slips_of_voice_input_are_understood(assistant: Assistant) -> None:
    assert assistant.say("q7", "深份证丢了不办要多少钱")["item"] == "GA-003"


def test_too_long_a_text_is_refused_with_advice(assistant: Assistant) -> None:
    reply = assistant.say("q8", "身份证丢了怎么办" * 126)
    assert reply["status"] == "refused.too_long"
    assert "分成几条" in texts(reply)


def test_a_repeated_message_id_gets_the_first_reply_again(assistant: Assistant) -> None:
    first = assistant.say("q9", "护照首次申请多少钱", message_id="m-1")
    again = assistant.say("q9", "护照首次申请多少钱", message_id="m-1")
    assert again == first
    assert assistant.say("q10", "护照首次申请多少钱", message_id="m-1")["turn_id"] != first["turn_id"]
