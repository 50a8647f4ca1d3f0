"""Parts of a message that are read on their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text import segments
from knowledge.text.segments import LONG_FROM, WINDOW, Correction

STORY = (
    "你好,我姓王,上个月带孩子去外地旅游,回来路上包被偷了。里面有我的身份证和社保卡,当时已经报警。"
    "我平时上班很忙,周末才有空。请问身份证补办要带什么材料?孩子的爷爷也想一起去,谢谢。"
)  # fmt: skip


def asks(text: str) -> bool:
    return any(word in text for word in ("什么", "怎么", "多少", "吗"))


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("不是换领,是丢了", "换领", "丢了"),
        ("我不是换领,我是丢了", "换领", "丢了"),
        ("不是要换,想补", "换", "补"),
        ("不是换领的事,我要补领的", "换领", "补领的"),
        ("不对,是护照", "", "护照"),
        ("搞错了,我想问社保卡", "", "社保卡"),
        ("不是,是护照", "", "护照"),
        ("说错了,是公积金", "", "公积金"),
        ("不是居住证 而是身份证", "居住证", "身份证"),
    ],
)
def test_a_correction_has_what_was_wrong_and_what_is_right(text: str, wrong: str, right: str) -> None:
    assert segments.correction(text) == Correction(wrong, right)


@pytest.mark.parametrize(
    "text", ["", "身份证丢了", "是不是丢了,要补", "不是", "不对", "不是换领", "可不可以代办,要什么材料", "错了,"]
)
def test_other_messages_correct_nothing(text: str) -> None:
    assert segments.correction(text) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["身份证", "和", "居住证", "要", "什么"], ("身份证要什么", "居住证要什么")),
        (["补", "身份证", "、", "社保卡"], ("补身份证", "补社保卡")),
        (["居住证", "和", "身份证"], ("居住证", "身份证")),
        (["身份证", "丢了", ",", "另外", "要", "社保卡"], ("身份证丢了,", "要社保卡")),
        (["要", "身份证", ",", "还有", "社保卡", ",", "多少"], ("要身份证,,多少", "社保卡,多少")),
        (["要", "丢了", ",", "还有", "社保卡"], ()),
        (["要", "什么"], ()),
        (["身份证", "和", "要"], ()),
        (["和", "身份证"], ()),
        (["身份证", "和"], ()),
        (["要", "和", "什么"], ()),
        ([], ()),
    ],
)
def test_two_joined_things_are_read_one_without_the_other(words: list[str], expected: tuple[str, ...]) -> None:
    named = {"身份证", "居住证", "社保卡", "补"} if "补" not in words else {"身份证", "社保卡"}
    assert segments.parts(words, named.__contains__) == expected


def test_the_first_joint_that_joins_two_things_counts() -> None:
    words = ["我", "和", "妈妈", "的", "身份证", "和", "护照"]
    assert segments.parts(words, {"身份证", "护照"}.__contains__) == ("我和妈妈的身份证", "我和妈妈的护照")


def test_a_short_message_is_no_story() -> None:
    assert segments.windows("问" * (LONG_FROM - 1)) == ()
    assert segments.windows("问" * LONG_FROM) == ("问" * LONG_FROM,)


def test_a_story_is_cut_into_pieces_of_whole_clauses() -> None:
    windows = segments.windows(STORY)
    assert "".join(windows) == STORY
    assert len(windows) >= 3
    assert all(len(window) <= WINDOW for window in windows)
    assert all(window[-1] in "。?," for window in windows)
    assert "请问身份证补办要带什么材料?" in windows


@given(
    st.lists(st.sampled_from(["身份证丢了", ",", "。", "?", ";", "\n", "怎么办", "我" * 40, " "]), max_size=30).map(
        "".join
    )
)
def test_windows_lose_nothing_but_white_space(text: str) -> None:
    windows = segments.windows(text)
    if len(text) >= LONG_FROM:
        kept = [c for c in text if c not in " \n"]
        lost = [c for c in "".join(windows) if c not in " \n"]
        # Marks at the very beginning or doubled belong to no clause.
        assert [c for c in lost if c not in ",。?;"] == [c for c in kept if c not in ",。?;"]
    else:
        assert windows == ()


def test_the_question_of_a_story_is_its_sentence_with_a_question_mark() -> None:
    assert segments.question_in(STORY, asks) == "请问身份证补办要带什么材料?"


def test_without_a_question_mark_an_asking_word_tells() -> None:
    assert segments.question_in(STORY.replace("?", "。"), asks) == "请问身份证补办要带什么材料。"


def test_without_any_question_the_last_sentence_is_taken() -> None:
    assert segments.question_in("我的身份证丢了。我很着急。", asks) == "我很着急。"


def test_the_last_of_several_questions_is_taken() -> None:
    assert segments.question_in("能代办吗?要什么材料?谢谢。", asks) == "要什么材料?"


def test_in_a_sentence_without_end_the_clause_before_the_question_goes_with_it() -> None:
    before, about, question, after = "我昨天去了大厅" * 8, "就是身份证丢了", "要怎么办呢", "谢谢你们了"
    text = ",".join((before, about, question, after))
    assert segments.question_in(text, asks) == f"{about},{question},"


def test_in_a_sentence_without_end_or_question_the_last_two_clauses_are_taken() -> None:
    text = ",".join(("我昨天去了大厅" * 12, "身份证丢了", "我要补办"))
    assert segments.question_in(text, asks) == "身份证丢了,我要补办"


@pytest.mark.parametrize("text", ["", "。。。", "?", "身份证"])
def test_there_is_always_a_question_to_hear(text: str) -> None:
    assert segments.question_in(text, asks) == text


def test_real_interrogatives_ask(words_base: KnowledgeBase) -> None:
    assert words_base.asks("身份证补办要多少钱") and words_base.asks("能不能代办")
    assert not words_base.asks("我的身份证丢了")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("买房过户,电表改名,分别上哪儿办", ("买房过户,", "电表改名,")),
        ("失业金怎么领?社保又怎么弄?", ("失业金怎么领?", "社保又怎么弄?")),
        ("失业金怎么领,社保又怎么弄?", ()),
        ("失业金这两样材料怎么交", ()),
        ("失业金,社保,电表,过户,残疾证,这三样要啥", ()),
    ],
)
def test_clauses_of_a_message_about_several_things(text: str, expected: tuple[str, ...]) -> None:
    things = ("过户", "电表", "失业金", "社保", "残疾证")
    assert segments.clauses(text, lambda piece: any(thing in piece for thing in things)) == expected
