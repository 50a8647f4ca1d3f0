"""Slips of voice input and typing are mended; what is right, or common, stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text.homophones import Homophones, sound_of
from knowledge.text.tokens import normalise
from tests.unit.helpers import tokens

WORDS = ("公积金", "身份证", "社保卡", "护照", "材料", "流程", "营业执照")
COMMON = ("想", "去", "的", "话", "老", "是", "我", "要", "办", "了", "在", "提", "丢", "补", "查", "带")
MENDER = Homophones(WORDS, COMMON)

# Pieces of sentences; the slips among them are what MENDER should mend.
SLIPS = ("公机金", "公积今", "身分正", "身份正", "社宝咔", "设保卡", "护找", "留程", "营业直照")
PIECES = st.sampled_from((*WORDS, *SLIPS, *COMMON, "怎么", "多少钱", "，", "？", " ", "13", "abc", "大厅", "补办"))


def mend(text: str) -> str:
    return MENDER.mend(tokens().plain(text))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("提公机金要啥", "提公积金要啥"),
        ("公积今怎么取", "公积金怎么取"),
        ("公基金提取", "公积金提取"),
        ("身份正丢了", "身份证丢了"),
        ("身分正过期了", "身份证过期了"),
        ("社保咔丢了", "社保卡丢了"),
        ("我的设保卡", "我的社保卡"),
        ("查社抱卡", "查社保卡"),
    ],
)
def test_slips_in_names_are_mended(words_base: KnowledgeBase, heard: str, meant: str) -> None:
    assert words_base.read_text(heard) == meant


@pytest.mark.parametrize(("heard", "meant"), [("我要提公鸡金", "我要提公积金"), ("社宝卡补办", "社保卡补办")])
def test_the_commonest_slips_are_mended_too(words_base: KnowledgeBase, heard: str, meant: str) -> None:
    assert words_base.read_text(heard) == meant


@pytest.mark.parametrize(
    "text",
    [
        "想去", "我想去办证", "我的话", "的话要多少钱", "老是", "老是办不下来", "那的话呢", "公积金怎么提取",
        "身份证丢了怎么办", "社保卡补办要带什么材料", "在哪里办", "我要办护照", "多少钱", "大概几天能好", "谢谢您",
        "孩子上学要什么手续", "没有房产证怎么办", "可以代办吗", "王女士", "13800001111",
    ],
)  # fmt: skip
def test_right_words_are_left_alone(words_base: KnowledgeBase, text: str) -> None:
    assert words_base.read_text(text) == text


def test_no_name_of_a_guide_is_changed(words_base: KnowledgeBase) -> None:
    names = [name.lower() for guide in words_base.guides.values() for name in guide.names]
    changed = [(name, mended) for name in names if (mended := words_base.read_text(name)) != name]
    assert [pair for pair in changed if not _only_width_differs(*pair)] == []


def _only_width_differs(name: str, read: str) -> bool:
    return len(name) == len(read) and all(a == b or not "一" <= a <= "鿿" for a, b in zip(name, read, strict=True))


def test_sounds_that_southerners_mix_up_are_one() -> None:
    assert sound_of("身份证") == sound_of("森份怎") == sound_of("深奋正")
    assert sound_of("知") == sound_of("资")
    assert sound_of("林") == sound_of("零")
    assert sound_of("办") != sound_of("补")


def test_a_sound_that_two_words_share_mends_nothing() -> None:
    both = Homophones(["公证", "公正"])
    assert both.mend(["工", "正"]) == "工正"


def test_a_dictionary_word_that_stands_as_a_whole_is_meant() -> None:
    assert Homophones(["公证"]).mend(["公正"]) == "公正"


@pytest.mark.parametrize("words", [["互", "找"], ["护", "找"]])
def test_two_odd_single_characters_are_a_slip(words: list[str]) -> None:
    assert MENDER.mend(words) == "护照"


@pytest.mark.parametrize("words", [["才", "了"], ["护士", "找"], ["x", "照"], ["护", " ", "照"]])
def test_a_short_run_with_a_common_word_or_foreign_character_is_no_slip(words: list[str]) -> None:
    assert MENDER.mend(words) == "".join(words)


def test_the_longest_slip_wins_and_slips_do_not_overlap() -> None:
    mender = Homophones(["身份", "身份证明"])
    assert mender.mend(["身", "分", "正", "名"]) == "身份证明"


def test_too_short_too_long_and_foreign_words_are_no_vocabulary() -> None:
    mender = Homophones(["证", "一二三四五六", "ETC"])
    assert mender.mend(["正"]) == "正"
    assert mender.mend(["依", "尔", "散", "似", "武", "溜"]) == "依尔散似武溜"


def test_no_words_give_the_empty_text() -> None:
    assert MENDER.mend([]) == ""


@given(st.lists(PIECES, max_size=8).map("".join))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    once = mend(text)
    assert mend(once) == once


@given(st.lists(PIECES, max_size=8).map("".join))
def test_mending_never_changes_the_length(text: str) -> None:
    assert len(mend(text)) == len(text)


@given(st.lists(st.sampled_from((*WORDS, "怎么", "多少钱", "大厅", "补办")), max_size=6))
def test_text_of_right_words_is_unchanged(words: list[str]) -> None:
    assert MENDER.mend(words) == "".join(words)


@given(st.lists(st.text(alphabet="abcXYZ0123456789 ,.?！。，", min_size=1, max_size=4), max_size=8))
def test_text_that_is_not_chinese_is_unchanged(words: list[str]) -> None:
    assert MENDER.mend(words) == "".join(words)


@given(st.sampled_from(SLIPS), st.sampled_from(("，", "？", " ", "a1")))
def test_a_slip_between_marks_is_mended_to_a_word(slip: str, mark: str) -> None:
    assert MENDER.mend([mark, *slip, mark])[len(mark) : -len(mark)] in WORDS


def test_no_name_of_any_other_kind_is_changed(words_base: KnowledgeBase) -> None:
    """FAQ questions that answer today, rooms, scenarios and topics, whose names options send back."""
    published = words_base.published
    names = [q for e in published.faq.values() if e.answers_on(words_base.as_of) for q in e.questions]
    for named in (published.facilities, published.scenarios, published.topics):
        names += [name for thing in named.values() for name in (thing.name, *thing.phrases)]
    assert len(names) > 800
    read = words_base.homophones
    changed = [name for name in names if read.mend(words_base.tokens.plain(normalise(name))) != normalise(name)]
    assert changed == []


@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
def test_what_stands_in_a_name_is_never_changed(name: str) -> None:
    mender = Homophones(WORDS, COMMON, [name])
    assert mender.mend(tokens().plain(name)) == name
