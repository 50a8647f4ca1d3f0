"""What a plan ends in: outcome, and what the next turn will know."""

import logging
from datetime import date
from typing import Any

import pytest

from bot.conversations.model import Conversation, Walk
from bot.deeds.openings import OPENINGS
from bot.handler.act import LEAVE_A_MESSAGE, act
from bot.handler.plans import (
    AnswerGuide,
    AnswerSeveral,
    AskScenario,
    Clarify,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    RefusePrivate,
    Smalltalk,
    StartDeed,
    Tell,
)
from bot.handler.tools import Tools
from bot.handler.turn import Choice, Outcome, Say, Turn
from bot.understanding.model import Intent, Understanding
from bot.understanding.rasa import DialogueTurn
from connectors.contract import Transaction, TurnStatus
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.model import Disclosure
from tests.unit.helpers import (
    AGENT,
    MINOR,
    SENDER_KEY,
    candidate,
    four_guides,
    guest_guide,
    heard,
    make_guide,
    make_scenario,
    make_turn,
    running_deed,
    small_base,
    target,
)

from .conftest import FakeRasa

FEES, MATERIALS = Disclosure.FEES, Disclosure.MATERIALS
CONSULTATION = OPENINGS[Intent.OPEN_CONSULTATION]
IN_FORM = Conversation(item="GA-008", deed=running_deed("consultation_name"), pending_question=None)
RESUMED = ["form.resume", "consultation.ask_name"]
LONG_WAY = make_scenario(
    id="long_way", name="办很多事", items=["GA-003"], start="all",
    questions={"all": {"ask": "都要办吗？", "branches": [
        {"title": "都办", "items": [f"GA-1{n:02}" for n in range(11)], "note": "请先取号。"}, {"title": "只办一件"},
    ]}},
    closing="请在期限内办好。",
)  # fmt: skip


@pytest.fixture(scope="module")
def rich(fake_encoder: Encoder) -> KnowledgeBase:
    """GA-003 has situations; a guide of another platform with its materials only; a scenario of twelve items."""
    guides = {**four_guides(), "GA-003": make_guide(situations=[MINOR, AGENT]), "XX-001": guest_guide()}
    for number in range(11):
        code = f"GA-1{number:02}"
        guides[code] = make_guide(code=code, name=f"事项{number}号", aliases=[], colloquial=[])
    scenarios = {"lost_papers": make_scenario(), "long_way": LONG_WAY}
    return small_base(fake_encoder, guides=guides, scenarios=scenarios)


async def done(plan: Plan, tools: Tools, conversation: Conversation | None = None, **turn: Any) -> tuple[Turn, Outcome]:
    text, understanding = turn.pop("text", "能代办吗"), turn.pop("understanding", None)
    made = make_turn(text, understanding, None, conversation, turn.pop("base", None))
    await act(made, plan, tools)
    assert made.outcome is not None and made.after is not None
    return made, made.outcome


def keys(outcome: Outcome) -> list[str]:
    return [say.key for say in (*outcome.say, *outcome.after)]


def texts(outcome: Outcome) -> list[str]:
    return [say.values["text"] for say in (*outcome.say, *outcome.after) if say.key == "plain"]


# A guide.


async def test_an_answer_holds_the_asked_fields_and_is_remembered(tools: Tools) -> None:
    turn, outcome = await done(AnswerGuide("GA-003", (FEES,), 0.8), tools)
    assert outcome.status is TurnStatus.ANSWERED_GUIDE and len(outcome.answers) == 1
    assert [f.disclosure for f in outcome.answers[0].fields] == [FEES]
    assert keys(outcome) == ["guide.intro"] and outcome.say[0].values == {"item": "居民身份证遗失补领"}
    assert turn.after == Conversation(item="GA-003", disclosures=(FEES,))


async def test_an_answer_from_the_context_says_which_item_it_took(tools: Tools) -> None:
    _, outcome = await done(AnswerGuide("GA-003", (), 0.8, from_context=True), tools)
    assert keys(outcome) == ["guide.intro_context"]


async def test_an_answer_leaves_a_scenario(tools: Tools) -> None:
    turn, _ = await done(AnswerGuide("GA-003", (), 0.8), tools, Conversation(scenario=Walk("lost_papers")))
    assert turn.after == Conversation(item="GA-003")


async def test_situations_that_change_what_is_asked_are_offered(tools: Tools, rich: KnowledgeBase) -> None:
    _, outcome = await done(AnswerGuide("GA-003", (MATERIALS,), 0.8), tools, base=rich)
    assert keys(outcome) == ["guide.intro", "guide.situations"]
    assert outcome.more == (Choice(target("GA-003"), (MATERIALS,), "未成年人"),)
    _, whole = await done(AnswerGuide("GA-003", (), 0.8), tools, base=rich)
    assert [choice.situation for choice in whole.more] == ["未成年人", "他人代办（委托）"]
    _, fees = await done(AnswerGuide("GA-003", (FEES,), 0.8), tools, base=rich)
    assert fees.more == () and keys(fees) == ["guide.intro"]


async def test_a_known_situation_is_answered_and_the_general_case_offered(tools: Tools, rich: KnowledgeBase) -> None:
    turn, outcome = await done(AnswerGuide("GA-003", (MATERIALS,), 0.8, "minor"), tools, base=rich)
    assert outcome.say[0].values == {"item": "居民身份证遗失补领（未成年人）"}
    assert "监护人身份证" in outcome.answers[0].fields[0].text
    assert outcome.more == (Choice(target("GA-003"), (MATERIALS,), label="guide.general"),)
    assert turn.after == Conversation(item="GA-003", disclosures=(MATERIALS,), situation="minor")


async def test_a_situation_that_is_no_more_is_the_general_case(tools: Tools, rich: KnowledgeBase) -> None:
    _, outcome = await done(AnswerGuide("GA-003", (FEES,), 0.8, "gone"), tools, base=rich)
    assert outcome.say[0].values == {"item": "居民身份证遗失补领"}


@pytest.mark.parametrize(("known", "offered"), [(None, 5), ("s0", 5)])
async def test_at_most_five_situations_are_offered(
    tools: Tools, fake_encoder: Encoder, known: str | None, offered: int
) -> None:
    situations = [{"id": f"s{n}", "name": f"情形{n}", "changes": {"conditions": [f"第{n}种。"]}} for n in range(8)]
    base = small_base(fake_encoder, guides={"GA-003": make_guide(situations=situations)})
    _, outcome = await done(AnswerGuide("GA-003", (), 0.8, known), tools, base=base)
    assert len(outcome.more) == offered
    assert (outcome.more[0].situation is None) is (known is not None)


# What a guide never published.


async def test_fields_that_were_never_published_are_said(tools: Tools, rich: KnowledgeBase) -> None:
    _, outcome = await done(AnswerGuide("XX-001", (FEES, MATERIALS), 0.8), tools, base=rich)
    assert outcome.status is TurnStatus.ANSWERED_GUIDE
    assert [f.disclosure for f in outcome.answers[0].fields] == [MATERIALS]
    assert outcome.after == (Say("guide.missing", {"fields": "收费标准"}),)


async def test_a_guide_with_nothing_of_what_is_asked_is_incomplete(tools: Tools, rich: KnowledgeBase) -> None:
    turn, outcome = await done(
        AnswerGuide("XX-001", (FEES, Disclosure.TIME_LIMIT), 0.8), tools, base=rich, text="排水许可收费吗，要多久"
    )
    assert outcome.status is TurnStatus.UNANSWERABLE_INCOMPLETE_GUIDE and outcome.answers == ()
    assert outcome.say == (
        Say("guide.incomplete", {"item": "排水许可", "fields": "办理时限、收费标准", "days": 2}),
    )  # fmt: skip
    assert outcome.choices == (LEAVE_A_MESSAGE,) and outcome.told == target("XX-001")
    assert turn.after is not None
    assert (turn.after.item, turn.after.pending_question) == ("XX-001", "排水许可收费吗，要多久")


async def test_in_a_form_an_incomplete_guide_is_said_and_the_form_goes_on(tools: Tools, rich: KnowledgeBase) -> None:
    turn, outcome = await done(AnswerGuide("XX-001", (FEES,), 0.8), tools, IN_FORM, base=rich)
    assert keys(outcome) == ["guide.incomplete", *RESUMED] and outcome.choices == ()
    assert outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed and turn.after.pending_question is None


@pytest.mark.parametrize(
    ("dates", "key"),
    [
        ({"valid_until": date(2026, 11, 21)}, "guide.expired"),
        ({"valid_until": date(2026, 11, 22)}, None),
        ({"checked_on": date(2025, 11, 21)}, "guide.unchecked"),
        ({"checked_on": date(2025, 11, 22)}, None),
    ],
)
async def test_a_guide_past_its_date_or_unchecked_for_long_never_answers_silently(
    tools: Tools, fake_encoder: Encoder, dates: dict[str, Any], key: str | None
) -> None:
    """The base is built for 22 November 2026, the hall checks every 365 days."""
    base = small_base(fake_encoder, guides={"GA-003": make_guide(**dates), "GA-008": four_guides()["GA-008"]})
    one = (await done(AnswerGuide("GA-003", (FEES,), 0.8), tools, base=base))[1]
    several = (await done(AnswerSeveral(("GA-003", "GA-008"), (FEES,), 0.8), tools, base=base))[1]
    for outcome in (one, several):
        assert [k for k in keys(outcome) if k in ("guide.expired", "guide.unchecked")] == ([key] if key else [])


# Several items.


async def test_several_items_are_answered_with_the_same_fields(tools: Tools) -> None:
    before = Conversation(item="GA-008", situation="minor")
    turn, outcome = await done(AnswerSeveral(("GA-003", "RS-002"), (FEES,), 0.8), tools, before)
    assert outcome.status is TurnStatus.ANSWERED_GUIDE
    assert [(a.code, [f.disclosure for f in a.fields]) for a in outcome.answers] == [
        ("GA-003", [FEES]), ("RS-002", [FEES]),
    ]  # fmt: skip
    assert outcome.say == (Say("guide.intro_several", {"items": "“居民身份证遗失补领”、“社会保障卡补领”"}),)
    assert turn.after == Conversation(item="GA-003", disclosures=(FEES,))


async def test_of_several_items_what_is_missing_is_said(tools: Tools, rich: KnowledgeBase) -> None:
    _, outcome = await done(AnswerSeveral(("XX-001", "RS-002"), (FEES,), 0.8), tools, base=rich)
    assert [a.code for a in outcome.answers] == ["RS-002"]
    assert keys(outcome) == ["guide.intro_several", "guide.missing"]


async def test_several_items_that_all_lack_it_are_incomplete(tools: Tools, fake_encoder: Encoder) -> None:
    guides = {"XX-001": guest_guide(), "XX-002": guest_guide(code="XX-002", name="取水许可", colloquial=[])}
    base = small_base(fake_encoder, guides={**four_guides(), **guides})
    _, outcome = await done(AnswerSeveral(("XX-001", "XX-002"), (FEES,), 0.8), tools, base=base)
    assert outcome.status is TurnStatus.UNANSWERABLE_INCOMPLETE_GUIDE
    assert outcome.say[0].values["item"] == "排水许可”和“取水许可" and outcome.say[0].values["fields"] == "收费标准"


# What is told as it stands.


@pytest.mark.parametrize(
    ("id_", "status"),
    [
        ("FAQ-GA-001", "answered.faq"), ("restrooms", "answered.hall"), ("court", "unanswerable.out_of_scope"),
    ],
)  # fmt: skip
async def test_what_is_told_keeps_the_item_of_the_turn_before(tools: Tools, id_: str, status: str) -> None:
    before = Conversation(item="GA-008", scenario=Walk("lost_papers"))
    turn, outcome = await done(Tell(target(id_), 0.8), tools, before)
    assert (outcome.status, outcome.told, outcome.confidence) == (status, target(id_), 0.8)
    assert turn.after == Conversation(item="GA-008")


@pytest.mark.parametrize("id_", ["FAQ-GA-001", "restrooms", "court"])
async def test_what_is_told_inside_a_form_goes_back_to_its_question(tools: Tools, id_: str) -> None:
    turn, outcome = await done(Tell(target(id_), 0.8), tools, IN_FORM)
    assert keys(outcome)[-2:] == RESUMED and outcome.more == () and "faq.items" not in keys(outcome)
    assert outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed


# A scenario.


async def test_a_scenario_begins_with_its_first_question(tools: Tools) -> None:
    turn, outcome = await done(AskScenario("lost_papers", (), 0.8), tools, Conversation(item="GA-008"))
    assert outcome.status is TurnStatus.CLARIFY_SITUATION
    assert outcome.say[0] == Say("scenario.intro", {"wish": "钱包丢失"}) and texts(outcome) == ["请问丢了哪些证件？"]
    assert outcome.choices == (
        Choice(target("lost_papers"), branches=("身份证和社保卡",)),
        Choice(target("lost_papers"), branches=("只有身份证",)),
    )
    assert turn.after == Conversation(item="GA-008", scenario=Walk("lost_papers"))


async def test_a_scenario_goes_on_from_the_branches_taken(tools: Tools) -> None:
    turn, outcome = await done(AskScenario("lost_papers", ("身份证和社保卡",), 1.0), tools)
    assert keys(outcome) == ["plain"] and texts(outcome) == ["请问护照丢了吗？"]
    assert [choice.branches for choice in outcome.choices] == [
        ("身份证和社保卡", "护照也丢了"), ("身份证和社保卡", "护照还在"),
    ]  # fmt: skip
    assert turn.after == Conversation(scenario=Walk("lost_papers", ("身份证和社保卡",)))


async def test_at_its_end_a_scenario_gives_its_items_in_their_order(tools: Tools) -> None:
    before = Conversation(scenario=Walk("lost_papers", ("身份证和社保卡",)))
    turn, outcome = await done(AskScenario("lost_papers", ("身份证和社保卡", "护照也丢了"), 1.0), tools, before)
    assert outcome.status is TurnStatus.ANSWERED_GUIDE
    assert outcome.say == (Say("scenario.items", {"wish": "钱包丢失", "count": 3}),)
    assert [choice.target for choice in outcome.choices] == [target(c) for c in ("GA-003", "RS-002", "GA-008")]
    assert turn.after == Conversation()


async def test_advice_of_the_branches_and_the_closing_are_told(tools: Tools, rich: KnowledgeBase) -> None:
    _, outcome = await done(AskScenario("long_way", ("都办",), 1.0), tools, base=rich)
    assert texts(outcome) == ["请先取号。", "请在期限内办好。"]
    assert outcome.say[-1] == Say("scenario.items", {"wish": "办很多事", "count": 12})
    assert len(outcome.choices) == 12 and outcome.choices[0].target == target("GA-003")


async def test_items_that_are_not_published_are_left_out(tools: Tools, fake_encoder: Encoder) -> None:
    guides = {code: guide for code, guide in four_guides().items() if code != "RS-002"}
    base = small_base(fake_encoder, guides=guides)
    _, outcome = await done(AskScenario("lost_papers", ("身份证和社保卡", "护照还在"), 1.0), tools, base=base)
    assert [c.target for c in outcome.choices] == [target("GA-003")] and outcome.say[-1].values["count"] == 1


async def test_a_way_that_is_no_more_begins_again(tools: Tools) -> None:
    turn, outcome = await done(AskScenario("lost_papers", ("没有这样的",), 1.0), tools)
    assert keys(outcome) == ["scenario.intro", "plain"]
    assert turn.after == Conversation(scenario=Walk("lost_papers"))


@pytest.mark.parametrize("taken", [(), ("只有身份证",)])
async def test_a_scenario_inside_a_form_keeps_the_form(tools: Tools, taken: tuple[str, ...]) -> None:
    turn, outcome = await done(AskScenario("lost_papers", taken, 0.8), tools, IN_FORM)
    assert keys(outcome)[-2:] == RESUMED and outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed


# Clarification and what cannot be answered.


async def test_an_answer_inside_a_form_goes_back_to_its_question(tools: Tools, rich: KnowledgeBase) -> None:
    turn, outcome = await done(AnswerGuide("GA-003", (), 0.8), tools, IN_FORM, base=rich)
    assert keys(outcome) == ["guide.intro", *RESUMED] and outcome.more == ()
    assert outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed


async def test_a_form_that_waits_on_nothing_is_only_resumed(tools: Tools) -> None:
    _, outcome = await done(AnswerGuide("GA-003", (), 0.8), tools, Conversation(deed=running_deed(None)))
    assert keys(outcome) == ["guide.intro", "form.resume"]


async def test_close_things_are_offered_and_the_question_is_kept(tools: Tools) -> None:
    plan = Clarify((candidate("GA-003", 0.8), candidate("FAQ-GA-001", 0.7), candidate("lost_papers", 0.7)), (FEES,))
    turn, outcome = await done(plan, tools)
    assert outcome.status is TurnStatus.CLARIFY_ITEM and outcome.confidence == 0.8
    assert outcome.choices == (
        Choice(target("GA-003"), (FEES,)), Choice(target("FAQ-GA-001")), Choice(target("lost_papers")), LEAVE_A_MESSAGE,
    )  # fmt: skip
    assert turn.after == Conversation(pending_question="能代办吗")


async def test_five_close_things_leave_no_room_for_a_message(tools: Tools) -> None:
    five = tuple(candidate(id_, 0.8) for id_ in ("GA-003", "GA-008", "RS-002", "GJ-002", "court"))
    _, outcome = await done(Clarify(five, ()), tools)
    assert len(outcome.choices) == 5 and LEAVE_A_MESSAGE not in outcome.choices


async def test_close_things_inside_a_form_are_offered_without_another_form(tools: Tools) -> None:
    turn, outcome = await done(Clarify((candidate("GA-003", 0.8), candidate("GA-008", 0.7)), ()), tools, IN_FORM)
    assert LEAVE_A_MESSAGE not in outcome.choices and outcome.transaction is Transaction.CONSULTATION
    assert turn.after is not None and turn.after.deed == IN_FORM.deed


async def test_without_any_item_it_is_asked_for(tools: Tools) -> None:
    _, outcome = await done(Clarify((), ()), tools)
    assert outcome.status is TurnStatus.CLARIFY_ITEM
    assert keys(outcome) == ["clarify.item_unnamed"] and outcome.choices == ()


@pytest.mark.parametrize(
    ("plan", "status", "key"),
    [
        (Smalltalk(Intent.GREET), "answered.smalltalk", "smalltalk.greet"),
        (Smalltalk(Intent.CANCEL), "answered.smalltalk", "smalltalk.nothing_open"),
        (RefusePrivate(), "refused.privacy", "private"),
        (OutOfScope(), "unanswerable.out_of_scope", "out_of_scope"),
        (NoMatch(), "unanswerable.no_match", "no_match"),
    ],
)
async def test_plans_of_one_sentence(tools: Tools, plan: Plan, status: str, key: str) -> None:
    _, outcome = await done(plan, tools, Conversation(item="GA-003"))
    assert outcome.status == status and keys(outcome) == [key]


async def test_a_refused_question_is_not_kept(tools: Tools) -> None:
    turn, _ = await done(RefusePrivate(), tools, text="帮我查一下张三的户口")
    assert turn.after == Conversation()


async def test_no_match_offers_to_leave_the_question_with_its_promise(tools: Tools) -> None:
    turn, outcome = await done(NoMatch(), tools, text="火锅怎么做")
    assert outcome.choices == (Choice(target=None),) and outcome.say[0].values == {"days": 2}
    assert turn.after is not None and turn.after.pending_question == "火锅怎么做"


async def test_no_match_without_rasa_is_a_degraded_turn(tools: Tools) -> None:
    rough = Understanding(Intent.ASK_GUIDE, 0.5, 0.5, (), degraded=True)
    _, outcome = await done(NoMatch(), tools, understanding=rough)
    assert outcome.status is TurnStatus.ERROR_DEGRADED and keys(outcome) == ["degraded.no_match"]


async def test_a_deed_starts_with_an_id_of_its_own_and_takes_the_pending_question(tools: Tools, rasa: FakeRasa) -> None:
    before = Conversation(item="GA-003", pending_question="火锅怎么做")
    turns = [
        (await done(StartDeed(CONSULTATION, Intent.OPEN_CONSULTATION), tools, before, text="我要留言"))[0]
        for _ in range(2)
    ]
    deeds = [turn.after.deed for turn in turns if turn.after and turn.after.deed]
    assert len({deed.id for deed in deeds}) == 2
    assert (deeds[0].form, deeds[0].requested_slot) == ("consultation_form", "consultation_name")
    assert turns[0].after is not None and turns[0].after.item == "GA-003"
    assert rasa.heard_dialogue[0][3] == {
        "channel": "web", "sender_key": SENDER_KEY, "pending_question": "火锅怎么做", "item": "GA-003", "items": [],
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
    assert (deed, text, understanding.intent) == (IN_FORM.deed, "王女士", Intent.INFORM)


@pytest.mark.parametrize("phase", ["done", "cancelled"])
async def test_a_deed_that_ends_is_forgotten(tools: Tools, rasa: FakeRasa, phase: str) -> None:
    rasa.turn = DialogueTurn(({"wording": "form.cancelled", "phase": phase},), None, None, {})
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
