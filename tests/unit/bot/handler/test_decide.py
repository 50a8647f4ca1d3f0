"""Each branch of the decision, with hand-made understanding and links."""

import pytest

from bot.conversations.model import Conversation
from bot.handler.decide import (
    AnswerGuide,
    ClarifyItem,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    Smalltalk,
    StartDeed,
    decide,
)
from bot.understanding.model import Intent, Understanding
from connectors.contract import Transaction
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.link import Link
from knowledge.model import Disclosure
from tests.unit.helpers import POLICY, candidate, heard, link_to, make_turn, running_deed, small_base

FEES = (Disclosure.FEES,)
NOTHING = link_to()
BARE = link_to(("GA-003", 0.9), names_something=False)
ID_CARD, PASSPORT = ("GA-003", 0.7), ("GA-008", 0.65)
KNOWN = Conversation(item="GA-008")


@pytest.fixture(scope="module")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    return small_base(fake_encoder)


def plan(
    base: KnowledgeBase,
    understanding: Understanding,
    link: Link,
    conversation: Conversation | None = None,
    text: str = "…",
) -> Plan:
    return decide(make_turn(text, understanding, link, conversation), base, POLICY)


def test_a_tapped_option_is_certain(base: KnowledgeBase) -> None:
    found = plan(base, heard("greet", 1.0), NOTHING, text="普通护照换发：收费标准")
    assert found == AnswerGuide("GA-008", FEES, 1.0)


def test_one_close_item_is_answered(base: KnowledgeBase) -> None:
    assert plan(base, heard("ask_fees", asked=["fees"]), link_to(ID_CARD)) == AnswerGuide("GA-003", FEES, 0.7)


def test_no_disclosure_asked_means_the_whole_guide(base: KnowledgeBase) -> None:
    assert plan(base, heard(), link_to(ID_CARD)) == AnswerGuide("GA-003", (), 0.7)


def test_rivals_are_asked_about(base: KnowledgeBase) -> None:
    found = plan(base, heard("ask_fees", asked=["fees"]), link_to(ID_CARD, PASSPORT))
    assert found == ClarifyItem((candidate(*ID_CARD), candidate(*PASSPORT)), FEES)


def test_the_item_of_the_turn_before_decides_between_rivals(base: KnowledgeBase) -> None:
    found = plan(base, heard("ask_fees", asked=["fees"]), link_to(ID_CARD, PASSPORT), KNOWN)
    assert found == AnswerGuide("GA-008", FEES, 0.65, from_context=True)


def test_but_not_when_nothing_in_particular_is_asked(base: KnowledgeBase) -> None:
    assert isinstance(plan(base, heard(), link_to(ID_CARD, PASSPORT), KNOWN), ClarifyItem)


def test_another_item_outweighs_the_one_of_the_turn_before(base: KnowledgeBase) -> None:
    assert plan(base, heard("ask_fees", asked=["fees"]), link_to(ID_CARD), KNOWN) == AnswerGuide("GA-003", FEES, 0.7)


def test_a_bare_question_is_about_the_item_of_the_turn_before(base: KnowledgeBase) -> None:
    found = plan(base, heard("ask_fees", asks=0.8, asked=["fees"]), BARE, KNOWN)
    assert found == AnswerGuide("GA-008", FEES, 0.8, from_context=True)


def test_a_bare_question_about_nothing_known_asks_for_the_item(base: KnowledgeBase) -> None:
    assert plan(base, heard("ask_fees", asked=["fees"]), BARE) == ClarifyItem((), FEES)


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye", "who_are_you"])
def test_small_talk(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.5), NOTHING, KNOWN) == Smalltalk(Intent(intent))


@pytest.mark.parametrize("intent", ["greet", "out_of_scope"])
def test_an_item_found_surely_outweighs_small_talk_and_out_of_scope(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.9), link_to(("GA-003", 0.75))) == AnswerGuide("GA-003", (), 0.75)
    assert not isinstance(plan(base, heard(intent, 0.9), link_to(("GA-003", 0.74))), AnswerGuide)


def test_out_of_scope(base: KnowledgeBase) -> None:
    assert plan(base, heard("out_of_scope", 0.5), NOTHING) == OutOfScope()


@pytest.mark.parametrize("intent", ["greet", "out_of_scope", "open_consultation", "cancel"])
def test_an_intent_below_its_threshold_is_not_believed(base: KnowledgeBase, intent: str) -> None:
    assert plan(base, heard(intent, 0.49), NOTHING) == NoMatch()
    assert plan(base, heard(intent, 0.49), link_to(ID_CARD)) == AnswerGuide("GA-003", (), 0.7)


def test_the_wish_to_leave_a_message_starts_the_deed(base: KnowledgeBase) -> None:
    found = plan(base, heard("open_consultation", 0.5), link_to(("GA-003", 0.95)))
    assert found == StartDeed(Transaction.CONSULTATION)


def test_cancelling_with_nothing_open_is_answered_kindly(base: KnowledgeBase) -> None:
    assert plan(base, heard("cancel", 0.9), NOTHING) == Smalltalk(Intent.CANCEL)


@pytest.mark.parametrize("link", [NOTHING, link_to(("GA-003", 0.49))])
def test_a_question_that_names_something_unknown_has_no_match(base: KnowledgeBase, link: Link) -> None:
    assert plan(base, heard("ask_fees", asked=["fees"]), link, KNOWN) == NoMatch()


# Inside a form.

SURE = link_to(("GA-003", 0.8))


def in_form(
    base: KnowledgeBase, understanding: Understanding, link: Link, requested: str = "consultation_name"
) -> Plan:
    return plan(base, understanding, link, Conversation(item="GA-008", deed=running_deed(requested)))


@pytest.mark.parametrize(("confidence", "intent"), [(0.6, Intent.CANCEL), (0.59, Intent.INFORM)])
def test_in_a_form_cancelling_must_be_certain(base: KnowledgeBase, confidence: float, intent: Intent) -> None:
    assert in_form(base, heard("cancel", confidence), NOTHING) == ContinueDeed(intent)


def test_in_a_form_a_sure_question_is_answered(base: KnowledgeBase) -> None:
    found = in_form(base, heard("ask_fees", asks=0.6, asked=["fees"]), link_to(("GA-003", 0.7)))
    assert found == AnswerGuide("GA-003", FEES, 0.7)


@pytest.mark.parametrize(
    ("asks", "link"),
    [(0.59, SURE), (0.9, link_to(("GA-003", 0.69))), (0.9, NOTHING), (0.9, BARE)],
)
def test_in_a_form_an_unsure_question_is_what_the_form_asked_for(base: KnowledgeBase, asks: float, link: Link) -> None:
    assert in_form(base, heard("ask_fees", asks=asks, asked=["fees"]), link) == ContinueDeed(Intent.INFORM)


def test_while_the_question_itself_is_asked_for_every_question_is_it(base: KnowledgeBase) -> None:
    found = in_form(base, heard("ask_fees", asked=["fees"]), SURE, "consultation_question")
    assert found == ContinueDeed(Intent.INFORM)


@pytest.mark.parametrize("intent", ["greet", "out_of_scope", "open_consultation", "inform"])
def test_in_a_form_nothing_else_leads_away(base: KnowledgeBase, intent: str) -> None:
    assert in_form(base, heard(intent, 1.0), NOTHING) == ContinueDeed(Intent.INFORM)


def test_in_a_form_an_option_that_was_offered_there_is_answered(base: KnowledgeBase) -> None:
    """A question in a form may be answered with a choice of items; tapping one must answer it."""
    conversation = Conversation(deed=running_deed())
    found = plan(base, heard("ask_fees", asked=["fees"]), SURE, conversation, "居民身份证遗失补领：收费标准")
    assert found == AnswerGuide("GA-003", FEES, 1.0)
