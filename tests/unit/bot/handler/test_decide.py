"""Each branch of the decision, with hand-made understanding and links."""

from dataclasses import replace
from typing import Any

import pytest

from bot.conversations.model import Conversation, Walk
from bot.deeds.openings import OPENINGS
from bot.handler.decide import decide
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
from bot.handler.turn import Reading
from bot.understanding.model import Intent, Understanding
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.link import Link
from knowledge.model import Disclosure
from tests.unit.helpers import (
    AGENT,
    MINOR,
    POLICY,
    candidate,
    four_guides,
    heard,
    link_to,
    make_guide,
    make_turn,
    running_deed,
    small_base,
    target,
)

FEES = (Disclosure.FEES,)
MATERIALS = (Disclosure.MATERIALS,)
NOTHING = link_to()
BARE = link_to(("GA-003", 0.9), names_something=False)
ID_CARD, PASSPORT, FAQ = ("GA-003", 0.7), ("GA-008", 0.65), ("FAQ-GA-001", 0.72)
KNOWN = Conversation(item="GA-008")
ASKS_FEES = heard("ask_fees", asked=["fees"])


@pytest.fixture(scope="module")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    """GA-003 has situations."""
    guides = {**four_guides(), "GA-003": make_guide(situations=[MINOR, AGENT])}
    return small_base(fake_encoder, guides=guides)


def plan(
    base: KnowledgeBase,
    understanding: Understanding,
    link: Link,
    conversation: Conversation | None = None,
    text: str = "…",
    **links: Any,
) -> Plan:
    """`links` are attributes of the turn, as the steps before would leave them."""
    turn = make_turn(text, understanding, link, conversation, base)
    for name, found in links.items():
        setattr(turn, name, found)
    return decide(turn, POLICY)


# A tapped option.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("普通护照换发:收费标准", AnswerGuide("GA-008", FEES, 1.0)),
        ("普通护照换发", AnswerGuide("GA-008", (), 1.0)),
        ("居民身份证遗失补领(未成年人):申报材料", AnswerGuide("GA-003", MATERIALS, 1.0, "minor")),
        ("居民身份证遗失补领(他人代办(委托))", AnswerGuide("GA-003", (), 1.0, "agent")),
        ("捡到的身份证能用吗", Tell(target("FAQ-GA-001"), 1.0)),
        ("卫生间", Tell(target("restrooms"), 1.0)),
        ("法院立案", Tell(target("court"), 1.0)),
        ("钱包丢失", AskScenario("lost_papers", (), 1.0)),
        ("钱包丢失:身份证和社保卡、护照还在", AskScenario("lost_papers", ("身份证和社保卡", "护照还在"), 1.0)),
    ],
)
def test_a_tapped_option_is_certain(base: KnowledgeBase, text: str, expected: Plan) -> None:
    assert plan(base, heard("greet", 1.0), NOTHING, text=text) == expected


def test_a_tapped_option_outweighs_a_wrongly_heard_private_question(base: KnowledgeBase) -> None:
    assert plan(base, heard("ask_private", 1.0), NOTHING, text="卫生间") == Tell(target("restrooms"), 1.0)


# Other persons' data.


@pytest.mark.parametrize(
    "conversation", [None, KNOWN, Conversation(scenario=Walk("lost_papers", ()))], ids=["new", "known", "scenario"]
)
@pytest.mark.parametrize("link", [NOTHING, BARE, link_to(("GA-003", 0.7)), link_to(("restrooms", 1.0))])
def test_other_persons_data_are_refused_before_anything_is_looked_at(
    base: KnowledgeBase, link: Link, conversation: Conversation | None
) -> None:
    assert plan(base, heard("ask_private", 0.5), link, conversation, "都丢了") == RefusePrivate()


def test_whoever_surely_names_an_item_must_ask_beyond_doubt_for_others_data(base: KnowledgeBase) -> None:
    doubtful, beyond_doubt = POLICY.surely_private - 0.01, POLICY.surely_private
    sure, unsure = link_to(("GA-003", POLICY.sure_item)), link_to(("GA-003", POLICY.sure_item - 0.01))
    named = plan(base, heard("ask_private", doubtful), sure, text="给我妈补身份证要带啥")
    assert named == AnswerGuide("GA-003", (), POLICY.sure_item)
    assert plan(base, heard("ask_private", doubtful), unsure) == RefusePrivate()
    assert plan(base, heard("ask_private", beyond_doubt), sure) == RefusePrivate()


def test_a_private_question_below_its_threshold_is_a_question(base: KnowledgeBase) -> None:
    assert plan(base, heard("ask_private", 0.49), link_to(ID_CARD)) == AnswerGuide("GA-003", (), 0.7)


def test_a_correction_cannot_get_around_the_refusal(base: KnowledgeBase) -> None:
    found = plan(base, heard("ask_private"), NOTHING, KNOWN, corrected_links=(link_to(("GA-003", 1.0)),))
    assert found == RefusePrivate()


# The answer to the question of a scenario.

AT_START = Conversation(scenario=Walk("lost_papers"))
AT_SECOND = Conversation(scenario=Walk("lost_papers", ("身份证和社保卡",)))


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        pytest.param("1", "身份证和社保卡", id="number"),
        pytest.param("2。", "只有身份证", id="number with a full stop"),
        pytest.param("只有身份证", "只有身份证", id="title"),
        pytest.param("我只有身份证掉了", "只有身份证", id="title in a sentence"),
        pytest.param("全都丢了", "身份证和社保卡", id="word"),
    ],
)
def test_the_question_of_a_scenario_is_answered(base: KnowledgeBase, text: str, taken: str) -> None:
    found = plan(base, heard("inform"), link_to(("GA-003", 0.9)), AT_START, text)
    assert found == AskScenario("lost_papers", (taken,), 1.0)


def test_the_next_answer_goes_on_from_the_branches_taken(base: KnowledgeBase) -> None:
    found = plan(base, heard("inform"), NOTHING, AT_SECOND, "护照还在")
    assert found == AskScenario("lost_papers", ("身份证和社保卡", "护照还在"), 1.0)


@pytest.mark.parametrize("text", ["3", "0", "护照", "今天天气"])
def test_what_answers_nothing_leaves_the_scenario(base: KnowledgeBase, text: str) -> None:
    assert plan(base, heard("inform"), link_to(ID_CARD), AT_START, text) == AnswerGuide("GA-003", (), 0.7)


def test_a_question_of_the_citizens_own_is_no_answer_to_the_scenario(base: KnowledgeBase) -> None:
    found = plan(base, ASKS_FEES, link_to(ID_CARD), AT_START, "只有身份证要多少钱")
    assert found == AnswerGuide("GA-003", FEES, 0.7)


@pytest.mark.parametrize(
    "walk", [Walk("gone"), Walk("lost_papers", ("没有这样的",)), Walk("lost_papers", ("只有身份证",))]
)
def test_a_scenario_that_is_gone_or_over_asks_nothing(base: KnowledgeBase, walk: Walk) -> None:
    found = plan(base, heard("inform"), link_to(ID_CARD), Conversation(scenario=walk), "1")
    assert found == AnswerGuide("GA-003", (), 0.7)


def test_the_wish_to_leave_a_message_leaves_the_scenario(base: KnowledgeBase) -> None:
    assert plan(base, heard("open_consultation"), NOTHING, AT_START, "1") == LEAVE


# A correction.


def test_a_correction_takes_another_item_than_the_one_before(base: KnowledgeBase) -> None:
    corrected = link_to(("GA-008", 0.9), ("GA-003", 0.6))
    found = plan(base, heard(), link_to(("GA-008", 0.9)), KNOWN, "不是换领,是丢了", corrected_links=(corrected,))
    assert found == AnswerGuide("GA-003", (), 0.6)


def test_a_correction_keeps_what_was_asked_before(base: KnowledgeBase) -> None:
    before = Conversation(item="GA-008", disclosures=FEES)
    found = plan(base, heard(), NOTHING, before, corrected_links=(link_to(ID_CARD),))
    assert found == AnswerGuide("GA-003", FEES, 0.7)
    found = plan(base, heard(asked=["materials"]), NOTHING, before, corrected_links=(link_to(ID_CARD),))
    assert found == AnswerGuide("GA-003", MATERIALS, 0.7)


def test_the_first_meaning_of_a_correction_that_finds_an_item_counts(base: KnowledgeBase) -> None:
    links = (link_to(("GA-003", 0.49), ("restrooms", 0.9)), link_to(("RS-002", 0.6)))
    assert plan(base, heard(), NOTHING, KNOWN, corrected_links=links) == AnswerGuide("RS-002", (), 0.6)


def test_a_correction_to_close_items_asks(base: KnowledgeBase) -> None:
    links = (link_to(("GA-003", 0.7), ("RS-002", 0.65), ("GJ-002", 0.4)),)
    found = plan(base, heard(), NOTHING, KNOWN, corrected_links=links)
    assert found == Clarify((candidate("GA-003", 0.7), candidate("RS-002", 0.65)), ())


def test_a_correction_that_finds_nothing_is_read_as_a_whole(base: KnowledgeBase) -> None:
    found = plan(base, heard(), link_to(("RS-002", 0.8)), KNOWN, corrected_links=(link_to(("GA-003", 0.4)),))
    assert found == AnswerGuide("RS-002", (), 0.8)


IN_GENERAL = Conversation(item="GA-003", disclosures=FEES)


def test_a_correction_to_another_situation_stays_with_the_item(base: KnowledgeBase) -> None:
    links = (link_to(("GA-003", 0.9), ("RS-002", 0.6)),)
    found = plan(base, heard(asks=0.5), NOTHING, IN_GENERAL, "不是我的,是孩子的", corrected_links=links)
    assert found == AnswerGuide("GA-003", FEES, 0.5, "minor", from_context=True)


@pytest.mark.parametrize(
    ("text", "best"),
    [("不是我的,是孩子的社保卡", "GA-003"), ("不是我的,是孩子的", "GA-008"), ("不是孩子的,是丢了", "GA-003")],
)
def test_a_correction_that_names_more_or_is_nearer_to_another_item_leaves_it(
    base: KnowledgeBase, text: str, best: str
) -> None:
    links = (link_to((best, 0.9), ("RS-002", 0.8)),)
    found = plan(base, heard(), NOTHING, IN_GENERAL, text, corrected_links=links)
    assert not (isinstance(found, AnswerGuide) and found.code == "GA-003")


def test_a_correction_that_surely_names_an_item_starts_no_deed(base: KnowledgeBase) -> None:
    leave = heard("open_consultation")
    surely = (link_to(("GA-003", 0.8)),)
    assert plan(base, leave, NOTHING, KNOWN, corrected_links=surely) == AnswerGuide("GA-003", (), 0.8)
    likely = (link_to(("GA-003", 0.7)),)
    assert plan(base, leave, NOTHING, KNOWN, corrected_links=likely) == LEAVE


# A follow-up that names nothing but a situation.

AFTER_FEES = Conversation(item="GA-003", disclosures=FEES)


@pytest.mark.parametrize("text", ["孩子的呢", "那未成年的孩子呢", "我孩子的呢"])
def test_a_situation_alone_asks_the_same_of_the_item_before(base: KnowledgeBase, text: str) -> None:
    found = plan(base, heard("ask_guide", asks=0.6), link_to(("RS-002", 0.9)), AFTER_FEES, text)
    assert found == AnswerGuide("GA-003", FEES, 0.6, "minor", from_context=True)


def test_a_situation_with_a_question_of_its_own_asks_that(base: KnowledgeBase) -> None:
    found = plan(base, heard("ask_materials", asked=["materials"]), NOTHING, AFTER_FEES, "代办要带什么材料")
    assert found == AnswerGuide("GA-003", MATERIALS, 1.0, "agent", from_context=True)


def test_a_situation_beside_another_thing_is_about_that_thing(base: KnowledgeBase) -> None:
    found = plan(base, heard(), link_to(("GA-008", 0.8)), AFTER_FEES, "孩子的护照呢")
    assert found == AnswerGuide("GA-008", (), 0.8)


@pytest.mark.parametrize("conversation", [None, KNOWN, Conversation(item="GA-999")])
def test_a_situation_of_no_known_item_is_no_follow_up(base: KnowledgeBase, conversation: Conversation | None) -> None:
    assert plan(base, heard(), link_to(ID_CARD), conversation, "孩子的呢") == AnswerGuide("GA-003", (), 0.7, "minor")


def test_a_denied_situation_is_none(base: KnowledgeBase) -> None:
    assert plan(base, heard(), link_to(ID_CARD), AFTER_FEES, "不是代办") == AnswerGuide("GA-003", (), 0.7)


# Two items in one question: each part is the message without the other thing.


def parts(base: KnowledgeBase, *found: Link, understanding: Understanding = ASKS_FEES) -> Plan:
    return plan(base, understanding, link_to(("GJ-002", 0.7)), part_links=found)


def test_two_likely_items_are_answered_together(base: KnowledgeBase) -> None:
    found = parts(base, link_to(("GA-003", 0.35), ("GA-008", 0.3)), link_to(("RS-002", 0.9)))
    assert found == AnswerSeveral(("GA-003", "RS-002"), FEES, 0.35)


def test_the_item_of_a_part_counts_though_something_else_is_nearer(base: KnowledgeBase) -> None:
    found = parts(base, link_to(("lost_papers", 0.6), ("GA-003", 0.5)), link_to(("RS-002", 0.9)))
    assert found == AnswerSeveral(("GA-003", "RS-002"), FEES, 0.5)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(link_to(("GA-003", 0.34)), link_to(("RS-002", 0.9)), id="a part that is not likely"),
        pytest.param(link_to(("GA-003", 0.9)), link_to(("GA-003", 0.9)), id="the same item twice"),
        pytest.param(link_to(("restrooms", 0.9)), link_to(("RS-002", 0.9)), id="not only items"),
        pytest.param(link_to(("GA-003", 0.9)), NOTHING, id="a part that is about nothing"),
    ],
)
def test_otherwise_the_message_is_about_one_thing(base: KnowledgeBase, first: Link, second: Link) -> None:
    assert parts(base, first, second) == AnswerGuide("GJ-002", FEES, 0.7)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([("GA-003", 0.5), ("RS-002", 0.35)], AnswerSeveral(("GA-003", "RS-002"), FEES, 0.35), id="likely"),
        pytest.param([("GA-003", 0.7), ("RS-002", 0.34)], AnswerGuide("GA-003", FEES, 0.7), id="one is not"),
        pytest.param([("GA-003", 0.7), ("court", 0.5)], AnswerGuide("GA-003", FEES, 0.7), id="one is no item"),
    ],
)
def test_a_message_that_says_there_are_two_is_about_the_two_likeliest(
    base: KnowledgeBase, found: list[tuple[str, float]], expected: Plan
) -> None:
    assert plan(base, ASKS_FEES, link_to(*found), text="身份证社保卡分别多少钱") == expected


def test_of_a_story_only_the_question_says_that_there_are_two(base: KnowledgeBase) -> None:
    likely = link_to(("GA-003", 0.9), ("RS-002", 0.35))
    told = plan(base, ASKS_FEES, likely, text="我跑了两个证都没办成", reading=Reading("身份证多少钱"))
    assert told == AnswerGuide("GA-003", FEES, 0.9)


def test_a_message_that_joins_nothing_is_about_one_thing(base: KnowledgeBase) -> None:
    assert parts(base) == AnswerGuide("GJ-002", FEES, 0.7)


# A question by itself.


def test_one_close_item_is_answered(base: KnowledgeBase) -> None:
    assert plan(base, ASKS_FEES, link_to(ID_CARD)) == AnswerGuide("GA-003", FEES, 0.7)


def test_no_disclosure_asked_means_the_whole_guide(base: KnowledgeBase) -> None:
    assert plan(base, heard(), link_to(ID_CARD)) == AnswerGuide("GA-003", (), 0.7)


def test_the_situation_in_the_message_is_answered(base: KnowledgeBase) -> None:
    found = plan(base, ASKS_FEES, link_to(ID_CARD), text="孩子身份证丢了多少钱")
    assert found == AnswerGuide("GA-003", FEES, 0.7, "minor")


def test_two_situations_at_once_are_the_general_case(base: KnowledgeBase) -> None:
    found = plan(base, ASKS_FEES, link_to(ID_CARD), text="孩子的代办")
    assert found == AnswerGuide("GA-003", FEES, 0.7)


def test_rivals_are_asked_about(base: KnowledgeBase) -> None:
    found = plan(base, ASKS_FEES, link_to(ID_CARD, PASSPORT))
    assert found == Clarify((candidate(*ID_CARD), candidate(*PASSPORT)), FEES)


def test_the_item_of_the_turn_before_decides_between_rivals(base: KnowledgeBase) -> None:
    found = plan(base, ASKS_FEES, link_to(ID_CARD, PASSPORT), KNOWN)
    assert found == AnswerGuide("GA-008", FEES, 0.65, from_context=True)


def test_but_not_when_nothing_in_particular_is_asked(base: KnowledgeBase) -> None:
    assert isinstance(plan(base, heard(), link_to(ID_CARD, PASSPORT), KNOWN), Clarify)


def test_another_item_outweighs_the_one_of_the_turn_before(base: KnowledgeBase) -> None:
    assert plan(base, ASKS_FEES, link_to(ID_CARD), KNOWN) == AnswerGuide("GA-003", FEES, 0.7)


def test_a_bare_question_is_about_the_item_and_situation_of_the_turn_before(base: KnowledgeBase) -> None:
    asks = heard("ask_fees", asks=0.8, asked=["fees"])
    assert plan(base, asks, BARE, KNOWN) == AnswerGuide("GA-008", FEES, 0.8, from_context=True)
    before = Conversation(item="GA-003", situation="minor")
    assert plan(base, asks, BARE, before) == AnswerGuide("GA-003", FEES, 0.8, "minor", from_context=True)


@pytest.mark.parametrize("conversation", [None, Conversation(item="GA-999")], ids=["new", "the item is gone"])
def test_a_bare_question_about_nothing_known_asks_for_the_item(
    base: KnowledgeBase, conversation: Conversation | None
) -> None:
    assert plan(base, ASKS_FEES, BARE, conversation) == Clarify((), FEES)


# Other kinds.


@pytest.mark.parametrize("id_", ["FAQ-GA-001", "restrooms", "court"])
def test_an_answer_of_another_kind_is_told(base: KnowledgeBase, id_: str) -> None:
    assert plan(base, heard(), link_to((id_, 0.8))) == Tell(target(id_), 0.8)
    assert plan(base, ASKS_FEES, link_to((id_, 0.8))) == Tell(target(id_), 0.8)


def test_a_broad_wish_begins_its_scenario(base: KnowledgeBase) -> None:
    assert plan(base, heard(), link_to(("lost_papers", 0.8))) == AskScenario("lost_papers", (), 0.8)


def test_things_of_several_kinds_are_asked_about(base: KnowledgeBase) -> None:
    close = FAQ, ID_CARD, ("lost_papers", 0.68)
    assert plan(base, heard(), link_to(*close)) == Clarify(tuple(candidate(*c) for c in close), ())
    assert plan(base, heard(), link_to(ID_CARD, ("court", 0.65))) == Clarify(
        (candidate(*ID_CARD), candidate("court", 0.65)), ()
    )


def test_an_asked_disclosure_decides_for_the_item(base: KnowledgeBase) -> None:
    """Only guides have fees, materials and the like."""
    assert plan(base, ASKS_FEES, link_to(FAQ, ID_CARD)) == AnswerGuide("GA-003", FEES, 0.7)
    assert plan(base, ASKS_FEES, link_to(FAQ, ID_CARD, PASSPORT)) == Clarify(
        (candidate(*ID_CARD), candidate(*PASSPORT)), FEES
    )


def test_close_things_without_an_item_are_asked_about_whatever_is_asked(base: KnowledgeBase) -> None:
    close = FAQ, ("court", 0.7)
    assert plan(base, ASKS_FEES, link_to(*close)) == Clarify(tuple(candidate(*c) for c in close), FEES)


# The hall itself.


@pytest.mark.parametrize(
    ("intent", "confidence", "found", "expected"),
    [
        pytest.param("ask_hall", 0.5, [ID_CARD, ("restrooms", 0.5)], Tell(target("restrooms"), 0.5), id="meant"),
        pytest.param("ask_hall", 0.5, [("restrooms", 0.3)], Tell(target("restrooms"), 0.3), id="below the floor"),
        pytest.param("ask_hall", 0.49, [ID_CARD], AnswerGuide("GA-003", (), 0.7), id="not sure it is meant"),
        pytest.param(
            "ask_hall", 0.9, [("GA-003", 0.8), ("restrooms", 0.5)], AnswerGuide("GA-003", (), 0.8), id="a surer item"
        ),
        pytest.param(
            "ask_hall", 0.9, [("restrooms", 0.8), ("GA-003", 0.79)], Tell(target("restrooms"), 0.8), id="the nearest"
        ),
        pytest.param("ask_hall", 0.9, [ID_CARD], AnswerGuide("GA-003", (), 0.7), id="no facility near"),
        pytest.param("ask_guide", 0.9, [("restrooms", 0.8)], Tell(target("restrooms"), 0.8), id="found by itself"),
    ],
)
def test_the_hall_itself(
    base: KnowledgeBase, intent: str, confidence: float, found: list[tuple[str, float]], expected: Plan
) -> None:
    assert plan(base, heard(intent, confidence), link_to(*found)) == expected


# Small talk, out of scope, deeds, nothing found.


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye", "who_are_you"])
def test_small_talk(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.5), NOTHING, KNOWN) == Smalltalk(Intent(intent))


@pytest.mark.parametrize("intent", ["greet", "out_of_scope"])
def test_an_item_found_surely_outweighs_small_talk_and_out_of_scope(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.9), link_to(("GA-003", 0.75))) == AnswerGuide("GA-003", (), 0.75)
    assert not isinstance(plan(base, heard(intent, 0.9), link_to(("GA-003", 0.74))), AnswerGuide)


def test_out_of_scope(base: KnowledgeBase) -> None:
    assert plan(base, heard("out_of_scope", 0.5), NOTHING) == OutOfScope()


def test_what_lies_outside_was_learnt_without_guests(base: KnowledgeBase) -> None:
    def beside(confidence: float, guest: bool) -> Plan:
        link = link_to(("GA-003", confidence))
        found = replace(link, candidates=tuple(replace(c, guest=guest) for c in link.candidates))
        return plan(base, heard("out_of_scope", 0.9), found)

    assert beside(0.6, guest=False) == OutOfScope()
    assert beside(0.6, guest=True) == AnswerGuide("GA-003", (), 0.6)
    assert beside(0.14, guest=True) == OutOfScope()


def test_an_asked_disclosure_of_a_found_item_outweighs_out_of_scope(base: KnowledgeBase) -> None:
    out = heard("out_of_scope", 0.9, asked=["fees"])
    assert plan(base, out, link_to(("GA-003", 0.6))) == AnswerGuide("GA-003", FEES, 0.6)


def test_another_authoritys_matter_is_better_named_than_refused(base: KnowledgeBase) -> None:
    assert plan(base, heard("out_of_scope", 0.9), link_to(("court", 0.8))) == Tell(target("court"), 0.8)


@pytest.mark.parametrize(
    ("out", "private", "nearest", "expected"),
    [
        (0.4, 0.0, 0.1, OutOfScope()),
        (0.39, 0.0, 0.1, NoMatch()),
        (0.2, 0.0, 0.04, OutOfScope()),  # far from everything half the suspicion is enough
        (0.19, 0.0, 0.04, NoMatch()),
        (0.1, 0.45, 0.1, RefusePrivate()),
        (0.48, 0.45, 0.1, OutOfScope()),
    ],
)
def test_where_nothing_is_near_a_suspicion_is_enough(
    base: KnowledgeBase, out: float, private: float, nearest: float, expected: Plan
) -> None:
    ranking = {Intent.OUT_OF_SCOPE: out, Intent.ASK_PRIVATE: private, Intent.INFORM: 0.49}
    understood = replace(heard("inform", 0.49, asks=0.0), ranking=ranking)
    assert plan(base, understood, link_to(("GA-003", nearest))) == expected


def test_beyond_doubt_out_of_scope_outweighs_what_is_likely(base: KnowledgeBase) -> None:
    assert plan(base, heard("out_of_scope", 0.95), link_to(("GA-003", 0.9))) == OutOfScope()
    assert plan(base, heard("out_of_scope", 0.94), link_to(("GA-003", 0.9))) == AnswerGuide("GA-003", (), 0.9)


def test_ones_own_data_is_refused_only_beyond_doubt(base: KnowledgeBase) -> None:
    for confidence, expected in ((0.89, AnswerGuide("GA-003", (), 0.9)), (0.9, RefusePrivate())):
        turn = make_turn("查一下我名下有几套房", heard("ask_private", confidence, asks=0.0), link_to(("GA-003", 0.9)))
        assert decide(turn, POLICY) == expected


@pytest.mark.parametrize(("confidence", "starts"), [(0.29, False), (0.3, True)])
def test_where_nothing_is_near_a_weak_wish_is_taken(base: KnowledgeBase, confidence: float, starts: bool) -> None:
    assert isinstance(plan(base, heard("open_consultation", confidence), NOTHING), StartDeed) is starts


@pytest.mark.parametrize("found", [("court", 0.8), ("FAQ-GA-001", 0.8)])
def test_a_wish_beside_a_sure_answer_must_be_surer(base: KnowledgeBase, found: tuple[str, float]) -> None:
    assert not isinstance(plan(base, heard("complain", 0.8), link_to(found)), StartDeed)
    assert isinstance(plan(base, heard("complain", 0.85), link_to(found)), StartDeed)


@pytest.mark.parametrize("intent", ["greet", "cancel"])
def test_an_intent_below_its_threshold_is_not_believed(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.49), NOTHING) == NoMatch()
    assert plan(base, heard(intent, 0.49), link_to(ID_CARD)) == AnswerGuide("GA-003", (), 0.7)


@pytest.mark.parametrize(("confidence", "starts"), [(0.84, False), (0.85, True)])
def test_a_wish_beside_a_sure_question_must_be_surer(base: KnowledgeBase, confidence: float, starts: bool) -> None:
    found = plan(base, heard("request_assistance", confidence, asked=["fees"]), link_to(("GA-003", 0.8)))
    assert isinstance(found, StartDeed) is starts


def test_the_wish_to_leave_a_message_starts_the_deed(base: KnowledgeBase) -> None:
    found = plan(base, heard("open_consultation", 0.5), link_to(("GA-003", 0.95)))
    assert found == LEAVE


def test_cancelling_with_nothing_open_is_answered_kindly(base: KnowledgeBase) -> None:
    assert plan(base, heard("cancel", 0.9), NOTHING) == Smalltalk(Intent.CANCEL)


@pytest.mark.parametrize(
    "link",
    [NOTHING, link_to(("GA-003", 0.49)), link_to(("FAQ-GA-001", 0.49)), link_to(("court", 0.49))],
    ids=["nothing", "item", "FAQ entry", "topic"],
)
def test_what_is_below_the_floor_has_no_match(base: KnowledgeBase, link: Link) -> None:
    assert plan(base, ASKS_FEES, link, KNOWN) == NoMatch()


@pytest.mark.parametrize(
    ("beside", "expected"), [(0.5, Tell), (0.52, Clarify)], ids=["far behind", "a rival"]
)  # fmt: skip
def test_another_authoritys_matter_without_a_rival_is_told(
    base: KnowledgeBase, beside: float, expected: type[Plan]
) -> None:
    assert isinstance(plan(base, heard(), link_to(("court", 0.59), ("GA-003", beside))), expected)


def test_an_item_as_likely_is_offered_beside_others(base: KnowledgeBase) -> None:
    assert isinstance(plan(base, heard(), link_to(("GA-003", 0.59), ("court", 0.5))), Clarify)


# Inside a form.

LEAVE = StartDeed(OPENINGS[Intent.OPEN_CONSULTATION], Intent.OPEN_CONSULTATION)
SURE = link_to(("GA-003", 0.8))


def in_form(
    base: KnowledgeBase,
    understanding: Understanding,
    link: Link,
    requested: str = "consultation_name",
    free: bool = False,
    text: str = "…",
) -> Plan:
    return plan(base, understanding, link, Conversation(item="GA-008", deed=running_deed(requested, free)), text)


@pytest.mark.parametrize(("confidence", "intent"), [(0.6, Intent.CANCEL), (0.59, Intent.INFORM)])
def test_in_a_form_cancelling_must_be_certain(base: KnowledgeBase, confidence: float, intent: Intent) -> None:
    assert in_form(base, heard("cancel", confidence), NOTHING) == ContinueDeed(intent)


@pytest.mark.parametrize(
    ("text", "confidence", "told"),
    [
        ("嫌窗口态度差，上哪儿提意见", POLICY.facility_beside_deed, True),
        ("嫌窗口态度差，上哪儿提意见", POLICY.facility_beside_deed - 0.01, False),
        ("我要提意见", 0.9, False),
        ("我要投诉窗口态度差，我叫周全，电话13800001111", 0.9, False),
    ],
)
def test_asking_the_way_to_a_facility_is_no_wish_yet(
    base: KnowledgeBase, text: str, confidence: float, told: bool
) -> None:
    found = plan(base, heard("complain", 0.95), link_to(("restrooms", confidence)), text=text)
    expected = Tell(target("restrooms"), confidence)
    assert (found == expected) if told else isinstance(found, StartDeed), found


def test_in_a_form_a_sure_question_is_answered(base: KnowledgeBase) -> None:
    found = in_form(base, heard("ask_fees", asks=0.6, asked=["fees"]), link_to(("GA-003", 0.7)))
    assert found == AnswerGuide("GA-003", FEES, 0.7)


def test_in_a_form_a_sure_question_of_another_kind_is_answered(base: KnowledgeBase) -> None:
    found = in_form(base, heard(asks=0.9), link_to(("FAQ-GA-001", 0.7)), text="身份证怎么照相")
    assert found == Tell(target("FAQ-GA-001"), 0.7)


def test_in_a_form_the_bare_name_of_an_item_is_the_answer_to_its_question(base: KnowledgeBase) -> None:
    name = "居民身份证遗失补领"
    assert in_form(base, heard(asks=0.9), SURE, "appointment_item", text=name) == ContinueDeed(Intent.INFORM)
    assert in_form(base, heard(asks=0.9), SURE, text=f"{name}呀") == ContinueDeed(Intent.INFORM)


def test_in_a_form_an_item_that_the_form_offers_is_its_answer(base: KnowledgeBase) -> None:
    deed = running_deed("appointment_which")
    assert deed.asked is not None
    offering = replace(deed, asked={**deed.asked, "options": ["居民身份证遗失补领", ["取消", "取消"]]})
    found = plan(base, heard(asks=0.9), SURE, Conversation(deed=offering), "居民身份证遗失补领")
    assert found == ContinueDeed(Intent.INFORM)


def test_in_a_form_a_tapped_option_is_no_question_whatever_it_sounds_like(base: KnowledgeBase) -> None:
    deed, asks_name = running_deed("appointment_confirm"), heard("ask_guide", asks=0.9, asked=["name"])
    assert deed.asked is not None
    for options in (["修改称呼"], [["称呼", "修改称呼"]]):
        offering = replace(deed, asked={**deed.asked, "options": options})
        found = plan(base, asks_name, SURE, Conversation(deed=offering), "修改称呼")
        assert found == ContinueDeed(Intent.INFORM)
    assert in_form(base, asks_name, SURE, "appointment_confirm", text="修改称呼") == AnswerGuide(
        "GA-003", (Disclosure.NAME,), 0.8
    )


@pytest.mark.parametrize(
    ("asks", "link"),
    [(0.59, SURE), (0.9, link_to(("GA-003", 0.69))), (0.9, NOTHING), (0.9, BARE)],
)
def test_in_a_form_an_unsure_question_is_what_the_form_asked_for(base: KnowledgeBase, asks: float, link: Link) -> None:
    assert in_form(base, heard("ask_fees", asks=asks, asked=["fees"]), link) == ContinueDeed(Intent.INFORM)


def test_while_the_question_itself_is_asked_for_every_question_is_it(base: KnowledgeBase) -> None:
    assert in_form(base, ASKS_FEES, SURE, "consultation_question", free=True) == ContinueDeed(Intent.INFORM)


@pytest.mark.parametrize("intent", ["greet", "out_of_scope", "open_consultation", "inform", "ask_hall", "ask_private"])
def test_in_a_form_nothing_else_leads_away(base: KnowledgeBase, intent: str) -> None:
    assert in_form(base, heard(intent, 1.0), NOTHING) == ContinueDeed(Intent.INFORM)


def test_in_a_form_an_option_that_was_offered_there_is_answered(base: KnowledgeBase) -> None:
    """A question in a form may be answered with a choice of items; tapping one must answer it."""
    conversation = Conversation(deed=running_deed())
    found = plan(base, ASKS_FEES, SURE, conversation, "居民身份证遗失补领:收费标准")
    assert found == AnswerGuide("GA-003", FEES, 1.0)


ELSEWHERE = replace(NOTHING, elsewhere=POLICY.elsewhere)


@pytest.mark.parametrize(
    ("intent", "confidence", "expected"),
    [
        ("request_assistance", POLICY.deed_beside_question - 0.01, NoMatch()),
        ("out_of_scope", POLICY.surely_out_of_scope - 0.01, NoMatch()),
        ("out_of_scope", POLICY.surely_out_of_scope, OutOfScope()),
        ("ask_private", 0.9, RefusePrivate()),
    ],
)
def test_a_service_of_elsewhere_is_no_deed_and_hardly_out_of_scope(
    base: KnowledgeBase, intent: str, confidence: float, expected: Plan
) -> None:
    assert plan(base, heard(intent, confidence), ELSEWHERE) == expected
    assert plan(base, heard(intent, confidence), NOTHING) != NoMatch()


def test_a_service_of_elsewhere_may_be_the_matter_of_a_sure_wish(base: KnowledgeBase) -> None:
    assert isinstance(plan(base, heard("book_appointment", POLICY.deed_beside_question), ELSEWHERE), StartDeed)


@pytest.mark.parametrize(
    ("text", "confidence", "guest", "starts"),
    [
        pytest.param("我家民宿想评个级", 0.84, 0.6, False, id="sounds like a deed"),
        pytest.param("我家民宿想评个级", 0.85, 0.6, True, id="surely a deed"),
        pytest.param("我家民宿想评个级", 0.84, 0.4, True, id="hardly the guest"),
        pytest.param("民宿评级没办成", 0.84, 0.6, True, id="says so"),
    ],
)
def test_a_service_of_another_platform_is_no_doubtful_deed(
    base: KnowledgeBase, text: str, confidence: float, guest: float, starts: bool
) -> None:
    link = link_to(("GA-003", guest))
    found = replace(link, candidates=tuple(replace(c, guest=True) for c in link.candidates))
    assert isinstance(plan(base, heard("rate_service", confidence), found, text=text), StartDeed) is starts
    if not starts:
        assert isinstance(plan(base, heard("rate_service", confidence), link, text=text), StartDeed)


def test_another_authoritys_matter_answers_what_sounds_like_a_deed(base: KnowledgeBase) -> None:
    complaint = heard("complain", POLICY.deed_beside_question - 0.01)
    assert isinstance(plan(base, complaint, link_to(("court", POLICY.topic_beside_deed))), Tell | Clarify)
    assert isinstance(plan(base, complaint, link_to(("court", POLICY.topic_beside_deed - 0.01))), StartDeed)


def test_clauses_about_three_items_are_answered_and_about_four_are_not(base: KnowledgeBase) -> None:
    codes = ("GA-003", "GA-008", "RS-002", "GJ-002")
    links = tuple(link_to((code, 0.9)) for code in codes)
    three = plan(base, heard(), link_to(ID_CARD), part_links=links[:3])
    assert isinstance(three, AnswerSeveral) and three.codes == codes[:3]
    assert not isinstance(plan(base, heard(), link_to(ID_CARD), part_links=links), AnswerSeveral)


def test_a_clause_about_no_item_does_not_count(base: KnowledgeBase) -> None:
    links = (link_to(("restrooms", 0.9)), link_to(ID_CARD), link_to(("GA-008", 0.9)), link_to(ID_CARD))
    found = plan(base, heard(), link_to(ID_CARD), part_links=links)
    assert isinstance(found, AnswerSeveral) and found.codes == ("GA-003", "GA-008")


def test_a_clause_about_what_the_whole_message_is_not_about_does_not_count(base: KnowledgeBase) -> None:
    """As in "我妈是一级残，生活补贴护理补贴那两样，她能领吗": one clause alone would be about an assessment."""
    links = (link_to(("GA-008", 0.9)), link_to(ID_CARD))

    def decided(confidence: float, **how: Any) -> Plan:
        whole = link_to(ID_CARD, ("GA-008", confidence))
        return plan(base, heard(), whole, part_links=links, reading=Reading("…", **how))

    little, one = POLICY.clause_in_whole, AnswerGuide("GA-003", (), 0.7)
    assert isinstance(decided(little, clauses=True), AnswerSeveral)
    assert decided(little - 0.001, clauses=True) == one
    assert isinstance(decided(little - 0.001), AnswerSeveral), "what is left without one thing is about the other"


def test_another_authoritys_matter_may_tell_of_others(base: KnowledgeBase) -> None:
    private, from_here = heard("ask_private", 0.99), POLICY.topic_beside_private
    assert plan(base, private, link_to(("court", from_here))) == Tell(target("court"), from_here)
    assert plan(base, private, link_to(("court", from_here - 0.01))) == RefusePrivate()
