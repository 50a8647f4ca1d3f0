"""How a message is read before it is understood."""

from typing import Any

import pytest

from bot.conversations.model import Conversation
from bot.handler.reading import merged, read, retrieved, signals
from bot.handler.turn import Reading
from bot.understanding.model import Intent, Understanding
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.link import Candidate, Link
from tests.unit.helpers import heard, make_turn, shared_base, target

BEFORE = Conversation(item="GA-003")
STORY = (
    "你好,上个月带孩子去外地旅游,回来的路上包被偷了,里面有身份证,当时就报了警。"
    "平时上班特别忙只有周末有空。请问护照过期要多少钱?麻烦你们了。家里老人也在等消息呢。"
)  # fmt: skip


def reading(text: str, conversation: Conversation | None = None) -> Reading:
    return read(text, conversation or Conversation(), shared_base())


def test_an_ordinary_message_is_read_as_a_whole() -> None:
    assert reading("身份证丢了怎么办") == Reading("身份证丢了怎么办")
    assert reading("身份证丢了怎么办", BEFORE).texts == ("身份证丢了怎么办",)


def test_two_joined_things_are_read_one_by_one() -> None:
    found = reading("身份证和社保卡要什么材料")
    assert found.question == "身份证和社保卡要什么材料"
    assert found.parts == ("身份证要什么材料", "社保卡要什么材料") and not found.clauses


def test_of_a_message_about_several_things_the_clauses_are_read_one_by_one() -> None:
    found = reading("身份证丢了怎么补?社保卡怎么办?")
    assert found.parts == ("身份证丢了怎么补?", "社保卡怎么办?") and found.clauses


@pytest.mark.parametrize("text", ["我和你", "多少钱和材料", "要什么"])
def test_words_that_name_nothing_are_no_things(text: str) -> None:
    assert reading(text).parts == ()


def test_of_a_story_the_question_is_heard_and_all_windows_are_linked() -> None:
    found = reading(STORY)
    assert found.question == "请问护照过期要多少钱?"
    assert len(found.windows) >= 2 and "".join(found.windows) == STORY and found.parts == ()
    assert found.texts == (found.question, *found.windows)


def test_of_a_story_that_asks_about_two_things_both_are_linked() -> None:
    asked = STORY.replace("请问护照过期要多少钱?", "护照和身份证分别要多少钱?")
    assert (
        asked != STORY and reading(asked).windows and reading(asked).parts == ("护照要多少钱?", "身份证分别要多少钱?")
    )


def test_who_writes_is_left_out() -> None:
    assert reading("护照丢了怎么补,我叫夏侯明月,电话13800001111").question == "护照丢了怎么补"


def test_a_correction_is_read_with_the_thing_of_the_item_before() -> None:
    found = reading("不是换领,是丢了护照", BEFORE)
    assert found.question == "不是换领,是丢了护照" and found.parts == () and found.windows == ()
    assert found.corrected[-1] == "丢了护照" and found.corrected[0].endswith("丢了护照")
    assert "身份证" in found.corrected[0]


def test_a_correction_with_real_words(words_base: KnowledgeBase) -> None:
    before = Conversation(item="GA-002")
    assert read("不是换领,是丢了", before, words_base).corrected == ("居民身份证丢了", "丢了")


@pytest.mark.parametrize(
    ("text", "conversation"),
    [
        pytest.param("不是换领,是丢了护照", None, id="no item before"),
        pytest.param("不是换领,是丢了护照", Conversation(item="GA-999"), id="the item is gone"),
        pytest.param("不是换领,是多少钱", BEFORE, id="nothing is named"),
        pytest.param("是不是丢了,护照", BEFORE, id="no correction"),
    ],
)
def test_otherwise_nothing_is_corrected(text: str, conversation: Conversation | None) -> None:
    assert reading(text, conversation).corrected == ()


# Links of stories.


def link(*found: tuple[str, float], words: int = 1, known: float = 0.5) -> Link:
    return Link(tuple(Candidate(target(id_), 0.5, 0.5, confidence) for id_, confidence in found), words, known)


def confidences(found: Link) -> dict[str, float]:
    return {c.code: round(c.confidence, 4) for c in found.candidates}


def test_without_windows_the_question_is_all() -> None:
    main = link(("GA-003", 0.8), ("GA-008", 0.6))
    assert merged(main, [], 0.9) == main


def test_each_target_has_the_best_of_question_and_windows() -> None:
    main = link(("GA-003", 0.8), ("GA-008", 0.6), ("RS-002", 0.1))
    found = merged(main, [link(("GA-008", 0.9), ("GA-003", 0.7)), link(("GA-008", 0.5), ("RS-002", 0.5))], 0.9)
    assert confidences(found) == {"GA-008": 0.81, "GA-003": 0.8, "RS-002": 0.45}
    assert [c.code for c in found.candidates] == ["GA-008", "GA-003", "RS-002"]


def test_what_only_a_window_names_is_found_too() -> None:
    found = merged(link(("GA-003", 0.3), ("GA-008", 0.2)), [link(("RS-002", 1.0))], 0.9)
    assert confidences(found) == {"RS-002": 0.9, "GA-003": 0.3}


def test_words_are_those_of_the_richest_piece() -> None:
    found = merged(link(words=0, known=0.0), [link(words=3, known=0.4), link(words=2, known=1.0)], 0.9)
    assert (found.words, found.known_words, found.names_something) == (3, 1.0, True)


def test_every_text_of_a_reading_is_linked(fake_encoder: Encoder) -> None:
    turn = make_turn()
    turn.reading = reading("身份证和社保卡要什么材料")
    turn.vectors = fake_encoder.encode_queries(turn.reading.texts)
    whole, first, second = retrieved(turn, 0.9)
    assert whole.words > first.words
    assert (first.candidates[0].code, second.candidates[0].code) == ("GA-003", "RS-002")


def test_the_story_comes_back_as_one_link(fake_encoder: Encoder) -> None:
    turn = make_turn()
    turn.reading = reading(STORY)
    turn.vectors = fake_encoder.encode_queries(turn.reading.texts)
    (whole,) = retrieved(turn, 0.9)
    assert {"GA-008", "GA-003"} <= {c.code for c in whole.candidates}


# What understanding tells about candidates.


def test_signals_are_probabilities_of_what_was_heard() -> None:
    ranking = {Intent.ASK_HALL: 0.5, Intent.GREET: 0.2, Intent.THANK: 0.1, Intent.OUT_OF_SCOPE: 0.05}
    understanding = Understanding(Intent.ASK_HALL, 0.5, 0.15, (), ranking=ranking)
    found = signals(understanding, Reading("", windows=("一", "二")))
    assert (found.asks, found.hall, found.private, found.out_of_scope) == (0.15, 0.5, 0.0, 0.05)
    assert found.smalltalk == pytest.approx(0.3) and found.story and not found.disclosures


@pytest.mark.parametrize(("asked", "expected"), [(["fees"], True), ([], False)])
def test_without_a_ranking_the_intent_heard_is_all_there_is(asked: Any, expected: bool) -> None:
    found = signals(heard("ask_private", 0.7, asked=asked), Reading(""))
    assert (found.private, found.hall, found.story, found.disclosures) == (0.7, 0.0, False, expected)
