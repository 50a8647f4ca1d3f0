"""What a plan ends in: outcome, and what the next turn will know."""

import logging
from typing import Any

import pytest

from bot.conversations.model import Conversation
from bot.handler.act import LEAVE_A_MESSAGE, act
from bot.handler.decide import (
    AnswerGuide,
    ClarifyItem,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    Smalltalk,
    StartDeed,
)
from bot.handler.tools import Tools
from bot.handler.turn import Choice, Outcome, Turn
from bot.understanding.model import Intent, Understanding
from bot.understanding.rasa import DialogueTurn
from connectors.contract import Transaction, TurnStatus
from knowledge.model import Disclosure
from tests.unit.helpers import SENDER_KEY, candidate, heard, make_turn, running_deed

from .conftest import FakeRasa

IN_FORM = Conversation(item="GA-008", deed=running_deed("consultation_name"), pending_question=None)


async def done(plan: Plan, tools: Tools, conversation: Conversation | None = None, **turn: Any) -> tuple[Turn, Outcome]:
    made = make_turn(turn.pop("text", "能代办吗"), turn.pop("understanding", None), None, conversation)
    await act(made, plan, tools)
    assert made.outcome is not None and made.after is not None
    return made, made.outcome


def keys(outcome: Outcome) -> list[str]:
    return [say.key for say in (*outcome.say, *outcome.after)]


async def test_an_answer_holds_the_asked_fields_and_is_remembered(tools: Tools) -> None:
    turn, outcome = await done(AnswerGuide("GA-003", (Disclosure.FEES,), 0.8), tools)
    assert outcome.status is TurnStatus.ANSWERED_GUIDE and outcome.answer is not None
    assert [f.disclosure for f in outcome.answer.fields] == [Disclosure.FEES]
    assert keys(outcome) == ["guide.intro"] and outcome.say[0].values == {"item": "居民身份证遗失补领"}
    assert turn.after == Conversation(item="GA-003")


async def test_an_answer_from_the_context_says_which_item_it_took(tools: Tools) -> None:
    _, outcome = await done(AnswerGuide("GA-003", (), 0.8, from_context=True), tools)
    assert keys(outcome) == ["guide.intro_context"]


async def test_an_answer_inside_a_form_goes_back_to_its_question(tools: Tools) -> None:
    turn, outcome = await done(AnswerGuide("GA-003", (), 0.8), tools, IN_FORM)
    assert keys(outcome) == ["guide.intro", "consultation.resume", "consultation.ask_name"]
    assert outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed


async def test_close_items_are_offered_and_the_question_is_kept(tools: Tools) -> None:
    plan = ClarifyItem((candidate("GA-003", 0.8), candidate("GA-008", 0.7)), (Disclosure.FEES,))
    turn, outcome = await done(plan, tools)
    assert outcome.status is TurnStatus.CLARIFY_ITEM and outcome.confidence == 0.8
    assert outcome.choices == (
        Choice("GA-003", (Disclosure.FEES,)),
        Choice("GA-008", (Disclosure.FEES,)),
        LEAVE_A_MESSAGE,
    )
    assert turn.after == Conversation(pending_question="能代办吗")


async def test_without_any_item_it_is_asked_for(tools: Tools) -> None:
    _, outcome = await done(ClarifyItem((), ()), tools)
    assert outcome.status is TurnStatus.CLARIFY_ITEM
    assert keys(outcome) == ["clarify.item_unnamed"] and outcome.choices == ()


@pytest.mark.parametrize(
    ("plan", "status", "key"),
    [
        (Smalltalk(Intent.GREET), "answered.smalltalk", "smalltalk.greet"),
        (Smalltalk(Intent.CANCEL), "answered.smalltalk", "smalltalk.nothing_open"),
        (OutOfScope(), "unanswerable.out_of_scope", "out_of_scope"),
        (NoMatch(), "unanswerable.no_match", "no_match"),
    ],
)
async def test_plans_of_one_sentence(tools: Tools, plan: Plan, status: str, key: str) -> None:
    _, outcome = await done(plan, tools, Conversation(item="GA-003"))
    assert outcome.status == status and keys(outcome) == [key]


async def test_no_match_offers_to_leave_the_question_with_its_promise(tools: Tools) -> None:
    turn, outcome = await done(NoMatch(), tools, text="火锅怎么做")
    assert outcome.choices == (Choice(None),) and outcome.say[0].values == {"days": 2}
    assert turn.after is not None and turn.after.pending_question == "火锅怎么做"


async def test_no_match_without_rasa_is_a_degraded_turn(tools: Tools) -> None:
    rough = Understanding(Intent.ASK_GUIDE, 0.5, 0.5, (), degraded=True)
    _, outcome = await done(NoMatch(), tools, understanding=rough)
    assert outcome.status is TurnStatus.ERROR_DEGRADED and keys(outcome) == ["degraded.no_match"]


async def test_a_deed_starts_with_an_id_of_its_own_and_takes_the_pending_question(tools: Tools, rasa: FakeRasa) -> None:
    before = Conversation(item="GA-003", pending_question="火锅怎么做")
    turns = [(await done(StartDeed(Transaction.CONSULTATION), tools, before, text="我要留言"))[0] for _ in range(2)]
    deeds = [turn.after.deed for turn in turns if turn.after and turn.after.deed]
    assert len({deed.id for deed in deeds}) == 2
    assert (deeds[0].form, deeds[0].requested_slot) == ("consultation_form", "consultation_name")
    assert turns[0].after is not None and turns[0].after.item == "GA-003"
    assert rasa.heard_dialogue[0][3] == {
        "channel": "web", "sender_key": SENDER_KEY, "pending_question": "火锅怎么做",
    }  # fmt: skip


async def test_a_running_deed_is_collecting(tools: Tools, rasa: FakeRasa) -> None:
    rasa.turn = DialogueTurn(
        ({"wording": "consultation.ask_telephone"},), "consultation_form", "consultation_telephone",
        {"consultation_name": "王女士"},
    )  # fmt: skip
    turn, outcome = await done(
        ContinueDeed(Intent.INFORM), tools, IN_FORM, text=" 王女士 ", understanding=heard("greet")
    )
    assert outcome.status is TurnStatus.COLLECTING_CONSULTATION and keys(outcome) == ["consultation.ask_telephone"]
    assert turn.after is not None and turn.after.deed is not None
    assert turn.after.deed.slots == {"consultation_name": "王女士"} and turn.after.deed.id == "deed1"
    deed, text, understanding, _ = rasa.heard_dialogue[0]
    assert (deed, text, understanding.intent, understanding.entities) == (IN_FORM.deed, "王女士", Intent.INFORM, ())


@pytest.mark.parametrize("phase", ["done", "cancelled"])
async def test_a_deed_that_ends_is_forgotten(tools: Tools, rasa: FakeRasa, phase: str) -> None:
    rasa.turn = DialogueTurn(({"wording": "consultation.cancelled", "phase": phase},), None, None, {})
    turn, outcome = await done(ContinueDeed(Intent.INFORM), tools, IN_FORM)
    assert outcome.status == f"{phase}.consultation"
    assert turn.after == Conversation(item="GA-008")


async def test_a_dialogue_that_just_stops_is_an_internal_error(
    tools: Tools, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    rasa.turn = DialogueTurn(({"wording": "fallback.no_match"},), None, None, {})
    with caplog.at_level(logging.ERROR):
        turn, outcome = await done(ContinueDeed(Intent.INFORM), tools, IN_FORM)
    assert outcome.status is TurnStatus.ERROR_INTERNAL and "deed_without_end" in caplog.text
    assert turn.after is not None and turn.after.deed is None


async def test_without_rasa_a_deed_keeps_what_was_told(tools: Tools, rasa: FakeRasa) -> None:
    rasa.away = True
    turn, outcome = await done(ContinueDeed(Intent.INFORM), tools, IN_FORM)
    assert outcome.status is TurnStatus.ERROR_DEGRADED and keys(outcome) == ["degraded.deed"]
    assert outcome.transaction is Transaction.CONSULTATION and turn.after == IN_FORM
