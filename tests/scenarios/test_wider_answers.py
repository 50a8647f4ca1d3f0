"""What is not a plain guide question: FAQ, the hall, other authorities, privacy, situations, corrections, scenarios."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.loader import load_guides, load_hall
from tests.assistant import Assistant, card, options, texts

GUIDES = load_guides(load_hall())
LOST_CARD = GUIDES["GA-003"]
MINOR = next(s for s in LOST_CARD.situations if s.id == "minor")

RESTAURANT_ITEMS = ["个体工商户设立登记", "食品经营许可证核发", "户外招牌设置审批", "新办纳税人发票领用"]

STORY = (
    "您好，我是外地来这里打工的，在东边工业园的厂里上班快三年了。上个星期天我带着一家人去公园玩，回来的路上挤公交车，"
    "到家才发现钱包不见了，里面有几百块现金和两张照片。我们找了整整两天，又问了公交公司的调度室，都说没有人捡到。"
    "我爱人说算了，钱没了可以再挣，可是证件不能不补，厂里下个月还要用它办工资卡。我们平时上班都很忙，只能请半天假去一趟，"
    "所以想先问清楚：身份证丢了，户口又不在这边，补办一个要带哪些材料？谢谢您了。"
)


def payload_of(reply: dict[str, Any], title: str) -> str:
    """What the option with that title sends."""
    found = [o["payload"] for o in options(reply) if o["title"] == title]
    assert found, f"{title} is not offered: {options(reply)}"
    return found[0]


def source_ids(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(source["kind"], source["id"]) for source in reply["sources"]]


def test_an_faq_entry_answers_with_its_source_and_offers_its_items(assistant: Assistant) -> None:
    reply = assistant.say("w1", "身份证丢了会不会被别人冒用")
    assert reply["status"] == "answered.faq"
    (source,) = reply["sources"]
    assert (source["kind"], source["id"], source["checked_on"]) == ("faq", "FAQ-GA-001", "2026-11-15")
    assert "不用登报" in texts(reply)
    assert "依据：中华人民共和国居民身份证法第十七条" in texts(reply)
    guide = assistant.say("w1", payload_of(reply, LOST_CARD.name))
    assert (guide["status"], guide["item"]) == ("answered.guide", "GA-003")


@pytest.mark.parametrize(
    ("text", "facility", "says"),
    [("厕所", "restrooms", "卫生间"), ("现在还上班吗", "open_now", "现在是"), ("停车场在哪", "parking", "停车场")],
)
def test_questions_about_the_hall(assistant: Assistant, text: str, facility: str, says: str) -> None:
    reply = assistant.say(f"w2-{facility}", text)
    assert reply["status"] == "answered.hall"
    assert source_ids(reply) == [("facility", facility)]
    assert says in texts(reply)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("美国签证", ["外国驻华使馆、领馆", "该国驻华使馆、领馆或者其指定的签证中心"]),
        ("在国外遇到危险怎么办", ["外交部和中国驻外使馆、领馆", "联系电话：12308"]),
    ],
)
def test_another_authoritys_matter_is_named_with_the_way_there(
    assistant: Assistant, text: str, named: list[str]
) -> None:
    """Embassies have no telephone in common, so that topic tells the way; those that have one tell it (S04, S08)."""
    reply = assistant.say(f"w3-{text}", text)
    assert (reply["status"], reply["item"]) == ("unanswerable.out_of_scope", None)
    assert all(words in texts(reply) for words in named)


def test_another_persons_data_are_refused(assistant: Assistant) -> None:
    reply = assistant.say("w4", "帮我查一下邻居名下有几套房")
    assert (reply["status"], reply["item"], reply["sources"]) == ("refused.privacy", None, [])
    assert "个人信息" in texts(reply)


def test_a_situation_in_the_question_gets_its_own_materials(assistant: Assistant) -> None:
    reply = assistant.say("w5", "孩子的身份证丢了要带什么")
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", "GA-003", ["materials"])
    assert MINOR.name in texts(reply)
    assert "监护人的居民身份证" in card(reply)["materials"]
    general = f"{LOST_CARD.name}：申报材料"
    assert general in [option["payload"] for option in options(reply)], "the general case is a tap away"
    assert card(assistant.say("w5", general))["materials"].startswith("1. 居民户口簿")


def test_a_situation_is_chosen_by_tapping_its_option(assistant: Assistant) -> None:
    asked = assistant.say("w6", "身份证丢了要带什么")
    reply = assistant.say("w6", payload_of(asked, MINOR.name))
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", "GA-003", ["materials"])
    assert card(reply) == card(assistant.say("w7", "孩子的身份证丢了要带什么"))


def test_follow_ups_keep_item_disclosures_and_situation(assistant: Assistant) -> None:
    assistant.say("w8", "身份证丢了要带什么")
    fees = assistant.say("w8", "那收费吗")
    assert (fees["item"], fees["disclosures"]) == ("GA-003", ["fees"])
    child = assistant.say("w8", "孩子的呢")
    assert (child["item"], child["disclosures"]) == ("GA-003", ["fees"])
    assert MINOR.name in texts(child)
    materials = assistant.say("w8", "要带什么材料")
    assert (materials["item"], materials["disclosures"]) == ("GA-003", ["materials"])
    assert "监护人的居民身份证" in card(materials)["materials"]


@pytest.mark.parametrize(
    ("first", "before", "correction", "after"),
    [
        ("身份证到期了怎么换", "GA-002", "不是换领，是丢了", "GA-003"),
        ("结婚登记要带什么", "MZ-001", "不是结婚，是离婚", "MZ-002"),
        ("结婚登记要带什么", "MZ-001", "不对，我要问离婚登记", "MZ-002"),
        ("护照首次申请要多少钱", "GA-009", "不是，我问的是换护照", "GA-010"),
        ("社保卡丢了怎么补", "RS-002", "不是丢了，是坏了", "RS-002"),
    ],
)
def test_a_correction_changes_what_is_meant_and_keeps_what_is_asked(
    assistant: Assistant, first: str, before: str, correction: str, after: str
) -> None:
    sender = f"w9-{correction}"
    asked = assistant.say(sender, first)
    assert asked["item"] == before
    corrected = assistant.say(sender, correction)
    assert (corrected["status"], corrected["item"]) == ("answered.guide", after)
    assert corrected["disclosures"] == asked["disclosures"]


def test_a_correction_does_not_hide_a_request_for_other_persons_data(assistant: Assistant) -> None:
    assistant.say("w10", "查自己名下的房产要带什么")
    assert assistant.say("w10", "不是查我的，是帮我查一下邻居名下有几套房")["status"] == "refused.privacy"


def test_two_items_at_once_are_both_answered(assistant: Assistant) -> None:
    reply = assistant.say("w11", "身份证丢了和社保卡丢了分别要带什么材料")
    assert reply["status"] == "answered.guide"
    assert [(s["id"], s["disclosure"]) for s in reply["sources"]] == [("GA-003", "materials"), ("RS-002", "materials")]
    titles = [r["title"] for r in reply["replies"] if r["type"] == "card"]
    assert titles == [LOST_CARD.name, GUIDES["RS-002"].name]


def walked(assistant: Assistant, sender: str, answers: list[str], *, tap: bool) -> dict[str, Any]:
    """The end of the restaurant scenario, by answers that are typed or titles that are tapped."""
    reply = assistant.say(sender, "我想开个饭店")
    assert source_ids(reply) == [("scenario", "open_restaurant")]
    for answer in answers:
        assert reply["status"] == "clarify.situation"
        reply = assistant.say(sender, payload_of(reply, answer) if tap else answer)
    return reply


@pytest.mark.parametrize(
    ("tap", "answers"),
    [
        (True, ["个体工商户", "一般的饭店餐厅", "要挂招牌"]),
        (False, ["自己干，夫妻店", "火锅店", "要"]),
        (False, ["1", "2", "1"]),
    ],
)
def test_a_scenario_ends_in_its_items(assistant: Assistant, tap: bool, answers: list[str]) -> None:
    sender = f"w12-{answers[0]}-{tap}"
    end = walked(assistant, sender, answers, tap=tap)
    assert (end["status"], source_ids(end)) == ("answered.guide", [("scenario", "open_restaurant")])
    assert [o["title"] for o in options(end)] == RESTAURANT_ITEMS
    assert "健康证明" in texts(end), "the closing advice"
    first = assistant.say(sender, options(end)[0]["payload"])
    assert (first["status"], first["item"]) == ("answered.guide", "SC-001")


def test_a_question_of_ones_own_leaves_the_scenario(assistant: Assistant) -> None:
    assistant.say("w13", "我想开个饭店")
    own = assistant.say("w13", "身份证丢了补办多少钱")
    assert (own["status"], own["item"], own["disclosures"]) == ("answered.guide", "GA-003", ["fees"])


@pytest.mark.parametrize(
    ("text", "item", "disclosures"),
    [
        ("居民身份證遺失補領要帶什麼材料", "GA-003", ["materials"]),
        ("護照首次申請需要多少錢", "GA-009", ["fees"]),
        ("sbk丢了去哪补", "RS-002", ["location"]),
        ("jhdj要什么材料", "MZ-001", ["materials"]),
        ("结昏登记在哪里办", "MZ-001", ["location"]),
        ("社报卡丢了补办要多少钱", "RS-002", ["fees"]),
    ],
)
def test_odd_spellings_are_read(assistant: Assistant, text: str, item: str, disclosures: list[str]) -> None:
    reply = assistant.say(f"w14-{text}", text)
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", item, disclosures)


def test_the_one_question_in_a_long_story_is_answered(assistant: Assistant) -> None:
    assert len(STORY) >= 200
    reply = assistant.say("w15", STORY)
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", "GA-003", ["materials"])
    assert "户口不在本地" in texts(reply), "the situation is told in the story"
