"""Outcomes as replies of the contract."""

from typing import Any

import pytest

from bot.conversations.model import Conversation
from bot.handler import compose
from bot.handler.turn import Choice, Outcome, Say, Turn
from bot.wording.wording import load_wording
from connectors.contract import CardReply, Option, OptionsReply, TextReply, Transaction, TurnReply, TurnStatus
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.model import Disclosure
from tests.unit.helpers import four_guides, make_faq, make_guide, make_turn, small_base, target

WORDING = load_wording()
INTRO = Say("guide.intro", {"item": "居民身份证遗失补领"})
FEES, MATERIALS = Disclosure.FEES, Disclosure.MATERIALS


def replied(base: KnowledgeBase, status: TurnStatus = TurnStatus.ANSWERED_GUIDE, **outcome: Any) -> TurnReply:
    turn: Turn = make_turn(conversation=Conversation(), base=base)
    turn.finish(Outcome(status, **outcome))
    return compose.reply(turn, WORDING)


def guide_answer(base: KnowledgeBase, *asked: Disclosure, code: str = "GA-003") -> Any:
    return base.writer.answer(base.guides[code], asked)


def sources(reply: TurnReply) -> list[tuple[Any, ...]]:
    return [(s.kind, s.id, s.title, s.disclosure, s.checked_on) for s in reply.sources]


def test_an_answer_is_a_sentence_and_a_card_with_its_sources(base: KnowledgeBase) -> None:
    reply = replied(base, say=(INTRO,), answers=(guide_answer(base, FEES, MATERIALS),), confidence=0.812345)
    text, card = reply.replies
    assert isinstance(text, TextReply) and "居民身份证遗失补领" in text.text
    assert isinstance(card, CardReply) and card.title == "居民身份证遗失补领"
    assert [(f.disclosure, f.label) for f in card.fields] == [("materials", "申报材料"), ("fees", "收费标准")]
    assert card.fields[1].text == "每证工本费40元。"
    assert (reply.item, reply.disclosures, reply.confidence) == ("GA-003", ("materials", "fees"), 0.8123)
    assert sources(reply) == [
        ("guide", "GA-003", "居民身份证遗失补领", "materials", "2026-11-01"),
        ("guide", "GA-003", "居民身份证遗失补领", "fees", "2026-11-01"),
    ]


def test_several_answers_are_several_cards_with_the_sources_of_all(base: KnowledgeBase) -> None:
    answers = guide_answer(base, FEES), guide_answer(base, FEES, code="RS-002")
    reply = replied(base, say=(Say("guide.intro_several", {"items": "二者"}),), answers=answers)
    assert [r.type for r in reply.replies] == ["text", "card", "card"]
    assert (reply.item, reply.disclosures) == ("GA-003", ("fees",))
    assert [(s.id, s.disclosure) for s in reply.sources] == [("GA-003", "fees"), ("RS-002", "fees")]


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("FAQ-GA-001", ("faq", "FAQ-GA-001", "捡到的身份证能用吗", None, "2026-11-01")),
        ("restrooms", ("facility", "restrooms", "卫生间", None, None)),
        ("court", ("topic", "court", "法院立案", None, None)),
        ("lost_papers", ("scenario", "lost_papers", "钱包丢失", None, None)),
        ("GA-003", ("guide", "GA-003", "居民身份证遗失补领", None, "2026-11-01")),
    ],
)
def test_whatever_is_told_names_its_source(base: KnowledgeBase, id_: str, expected: tuple[Any, ...]) -> None:
    reply = replied(base, say=(Say("plain", {"text": "好的。"}),), told=target(id_))
    assert sources(reply) == [expected]
    assert reply.item == ("GA-003" if id_ == "GA-003" else None) and reply.disclosures == ()


def test_an_faq_entry_without_review_date_has_none(fake_encoder: Encoder) -> None:
    draft = make_faq(review="draft", reviewed_by=None, reviewed_on=None)
    base = small_base(fake_encoder, faq={draft.id: draft})
    assert sources(replied(base, say=(), told=target("FAQ-GA-001")))[0][-1] is None


def test_a_turn_without_answer_has_no_item_and_no_sources(base: KnowledgeBase) -> None:
    reply = replied(base, TurnStatus.ANSWERED_SMALLTALK, say=(Say("smalltalk.greet"),))
    assert (reply.item, reply.disclosures, reply.sources, reply.confidence) == (None, (), (), None)
    assert reply.replies == (TextReply(text=WORDING.root["smalltalk.greet"]),)


def test_things_to_choose_from_are_tappable(base: KnowledgeBase) -> None:
    choices = (
        Choice(target("GA-003"), (FEES,)), Choice(target("GA-008")), Choice(target("FAQ-GA-001")),
        Choice(target("restrooms")), Choice(target("lost_papers")),
    )  # fmt: skip
    (options,) = replied(base, TurnStatus.CLARIFY_ITEM, say=(Say("clarify.item"),), choices=choices).replies
    assert isinstance(options, OptionsReply) and options.text == WORDING.root["clarify.item"]
    assert [(o.title, o.payload) for o in options.options] == [
        ("居民身份证遗失补领", "居民身份证遗失补领：收费标准"),
        ("普通护照换发", "普通护照换发"),
        ("捡到的身份证能用吗", "捡到的身份证能用吗"),
        ("卫生间", "卫生间"),
        ("钱包丢失", "钱包丢失"),
    ]


def test_situations_and_branches_are_titled_by_themselves_and_sent_with_their_item(base: KnowledgeBase) -> None:
    choices = (
        Choice(target("GA-003"), (MATERIALS,), "未成年人"),
        Choice(target("lost_papers"), branches=("身份证和社保卡", "护照还在")),
    )
    (options,) = replied(base, say=(Say("clarify.item"),), choices=choices).replies
    assert isinstance(options, OptionsReply)
    assert options.options == (
        Option(title="未成年人", payload="居民身份证遗失补领（未成年人）：申报材料"),
        Option(title="护照还在", payload="钱包丢失：身份证和社保卡、护照还在"),
    )


def test_the_offer_to_leave_a_message_is_tappable(base: KnowledgeBase) -> None:
    say = (Say("no_match", {"days": 2}),)
    (options,) = replied(base, TurnStatus.UNANSWERABLE_NO_MATCH, say=say, choices=(Choice(None),)).replies
    assert isinstance(options, OptionsReply) and "2个工作日" in options.text
    assert [(o.title, o.payload) for o in options.options] == [("留下问题和联系方式", "我要留言")]


def test_sentences_before_the_options_stay_texts(base: KnowledgeBase) -> None:
    say = (Say("smalltalk.greet"), Say("clarify.item"))
    replies = replied(base, TurnStatus.CLARIFY_ITEM, say=say, choices=(Choice(target("GA-003")),)).replies
    assert [type(r) for r in replies] == [TextReply, OptionsReply]


@pytest.mark.parametrize(("count", "groups"), [(1, [1]), (5, [5]), (6, [5, 1]), (12, [5, 5, 2])])
def test_more_than_five_options_come_in_several_groups(fake_encoder: Encoder, count: int, groups: list[int]) -> None:
    guides = {
        f"GA-1{n:02}": make_guide(code=f"GA-1{n:02}", name=f"事项{n}号", aliases=[], colloquial=[]) for n in range(12)
    }
    base = small_base(fake_encoder, guides={**four_guides(), **guides})
    choices = tuple(Choice(target(code)) for code in list(guides)[:count])
    replies = replied(base, say=(Say("clarify.item"),), choices=choices).replies
    assert all(isinstance(r, OptionsReply) for r in replies)
    assert [len(r.options) for r in replies] == groups  # type: ignore[union-attr]
    assert [o.title for r in replies for o in r.options] == [f"事项{n}号" for n in range(count)]  # type: ignore[union-attr]
    assert [r.text for r in replies] == [WORDING.root["clarify.item"]] + [WORDING.root["options.more"]] * (
        len(groups) - 1
    )  # type: ignore[union-attr]


def test_what_comes_after_the_answer_comes_after_it(base: KnowledgeBase) -> None:
    after = (Say("form.resume"), Say("consultation.ask_name"))
    answers = (guide_answer(base, FEES),)
    reply = replied(base, say=(INTRO,), answers=answers, after=after, transaction=Transaction.CONSULTATION)
    assert [r.type for r in reply.replies] == ["text", "card", "text", "text"]
    assert reply.transaction is Transaction.CONSULTATION


def test_choices_after_the_answer_come_with_the_last_sentence(base: KnowledgeBase) -> None:
    after = (Say("guide.missing", {"fields": "收费标准"}), Say("guide.situations"))
    more = (Choice(target("GA-003"), (), "未成年人"),)
    reply = replied(base, say=(INTRO,), answers=(guide_answer(base, FEES),), after=after, more=more)
    assert [r.type for r in reply.replies] == ["text", "card", "text", "options"]
    assert reply.replies[-1].text == WORDING.root["guide.situations"]  # type: ignore[union-attr]


def test_the_halls_telephone_fills_every_sentence_that_has_it(base: KnowledgeBase) -> None:
    (text,) = replied(base, TurnStatus.ERROR_INTERNAL, say=(Say("internal"),)).replies
    assert isinstance(text, TextReply) and base.hall.telephone in text.text


def test_the_telephone_of_another_authority_is_not_that_of_the_hall(base: KnowledgeBase) -> None:
    values = {"topic": "法院立案", "authority": "人民法院", "path": "请到法院立案。", "telephone": "12368"}
    (text,) = replied(base, say=(Say("topic.with_telephone", values),)).replies
    assert isinstance(text, TextReply) and "12368" in text.text and base.hall.telephone not in text.text


def test_a_sentence_with_a_value_missing_is_a_programming_error(base: KnowledgeBase) -> None:
    with pytest.raises(KeyError):
        replied(base, say=(Say("guide.intro"),))


def test_the_reply_carries_the_turns_id_and_time(base: KnowledgeBase) -> None:
    reply = replied(base, TurnStatus.ANSWERED_SMALLTALK, say=(Say("smalltalk.thank"),))
    assert len(reply.turn_id) == 32 and reply.elapsed_ms >= 0
