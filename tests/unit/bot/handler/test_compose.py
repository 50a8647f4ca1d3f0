"""Outcomes as replies of the contract."""

from typing import Any

import pytest

from bot.conversations.model import Conversation
from bot.handler import compose
from bot.handler.turn import Choice, Outcome, Say, Turn
from bot.wording.wording import load_wording
from connectors.contract import CardReply, OptionsReply, TextReply, Transaction, TurnReply, TurnStatus
from knowledge.answer import compose as answer_of
from knowledge.base import KnowledgeBase
from knowledge.model import Disclosure
from tests.unit.helpers import make_turn

WORDING = load_wording()
INTRO = Say("guide.intro", {"item": "居民身份证遗失补领"})


def replied(base: KnowledgeBase, status: TurnStatus = TurnStatus.ANSWERED_GUIDE, **outcome: Any) -> TurnReply:
    turn: Turn = make_turn(conversation=Conversation())
    turn.finish(Outcome(status, **outcome))
    return compose.reply(turn, WORDING, base)


def guide_answer(base: KnowledgeBase, *asked: Disclosure) -> Any:
    return answer_of(base.guides["GA-003"], asked, base.hall, base.labels)


def test_an_answer_is_a_sentence_and_a_card_with_its_sources(base: KnowledgeBase) -> None:
    answer = guide_answer(base, Disclosure.FEES, Disclosure.MATERIALS)
    reply = replied(base, say=(INTRO,), answer=answer, confidence=0.812345)
    text, card = reply.replies
    assert isinstance(text, TextReply) and "居民身份证遗失补领" in text.text
    assert isinstance(card, CardReply) and card.title == "居民身份证遗失补领"
    assert [(f.disclosure, f.label) for f in card.fields] == [("materials", "申报材料"), ("fees", "收费标准")]
    assert card.fields[1].text == "每证工本费40元。"
    assert (reply.item, reply.disclosures, reply.confidence) == ("GA-003", ("materials", "fees"), 0.8123)
    assert [(s.kind, s.id, s.title, s.disclosure, s.checked_on) for s in reply.sources] == [
        ("guide", "GA-003", "居民身份证遗失补领", "materials", "2026-11-01"),
        ("guide", "GA-003", "居民身份证遗失补领", "fees", "2026-11-01"),
    ]


def test_a_turn_without_answer_has_no_item_and_no_sources(base: KnowledgeBase) -> None:
    reply = replied(base, TurnStatus.ANSWERED_SMALLTALK, say=(Say("smalltalk.greet"),))
    assert (reply.item, reply.disclosures, reply.sources, reply.confidence) == (None, (), (), None)
    assert reply.replies == (TextReply(text=WORDING.root["smalltalk.greet"]),)


def test_items_to_choose_from_are_tappable(base: KnowledgeBase) -> None:
    choices = (Choice("GA-003", (Disclosure.FEES,)), Choice("GA-008"))
    (options,) = replied(base, TurnStatus.CLARIFY_ITEM, say=(Say("clarify.item"),), choices=choices).replies
    assert isinstance(options, OptionsReply) and options.text == WORDING.root["clarify.item"]
    assert [(o.title, o.payload) for o in options.options] == [
        ("居民身份证遗失补领", "居民身份证遗失补领：收费标准"),
        ("普通护照换发", "普通护照换发"),
    ]


def test_the_offer_to_leave_a_message_is_tappable(base: KnowledgeBase) -> None:
    say = (Say("no_match", {"days": 2}),)
    (options,) = replied(base, TurnStatus.UNANSWERABLE_NO_MATCH, say=say, choices=(Choice(None),)).replies
    assert isinstance(options, OptionsReply) and "2个工作日" in options.text
    assert [(o.title, o.payload) for o in options.options] == [("留下问题和联系方式", "我要留言")]


def test_sentences_before_the_options_stay_texts(base: KnowledgeBase) -> None:
    say = (Say("smalltalk.greet"), Say("clarify.item"))
    replies = replied(base, TurnStatus.CLARIFY_ITEM, say=say, choices=(Choice("GA-003"),)).replies
    assert [type(r) for r in replies] == [TextReply, OptionsReply]


def test_what_comes_after_the_answer_comes_after_it(base: KnowledgeBase) -> None:
    after = (Say("consultation.resume"), Say("consultation.ask_name"))
    answer = guide_answer(base, Disclosure.FEES)
    reply = replied(base, say=(INTRO,), answer=answer, after=after, transaction=Transaction.CONSULTATION)
    assert [r.type for r in reply.replies] == ["text", "card", "text", "text"]
    assert reply.transaction is Transaction.CONSULTATION


def test_the_halls_telephone_fills_every_sentence_that_has_it(base: KnowledgeBase) -> None:
    (text,) = replied(base, TurnStatus.ERROR_INTERNAL, say=(Say("internal"),)).replies
    assert isinstance(text, TextReply) and base.hall.telephone in text.text


def test_a_sentence_with_a_value_missing_is_a_programming_error(base: KnowledgeBase) -> None:
    with pytest.raises(KeyError):
        replied(base, say=(Say("guide.intro"),))


def test_the_reply_carries_the_turns_id_and_time(base: KnowledgeBase) -> None:
    reply = replied(base, TurnStatus.ANSWERED_SMALLTALK, say=(Say("smalltalk.thank"),))
    assert len(reply.turn_id) == 32 and reply.elapsed_ms >= 0
