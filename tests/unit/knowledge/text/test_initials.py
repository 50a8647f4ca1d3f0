"""Pinyin typed instead of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text.initials import Initials

READER = Initials(
    ["身份证", "社保卡", "护照", "居住证明", "公积金", "机动车注册登记证书"], {"hz": "护照", "jzz": "居住证"}
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sfz丢了", "身份证丢了"),
        ("shenfenzheng丢了", "身份证丢了"),
        ("sbk和gjj", "社保卡和公积金"),
        ("hz过期", "护照过期"),
        ("我的 sfz 丢了", "我的 身份证 丢了"),
        ("jzz怎么办", "居住证怎么办"),
    ],
)
def test_initials_and_syllables_become_the_word(typed: str, meant: str) -> None:
    assert READER.expand(typed) == meant


@pytest.mark.parametrize(
    "text", ["etc办理", "abc", "sfz2", "xsfz", "a", "", "身份证", "jdczcdjzs", "qq和wx", "13800001111"]
)
def test_other_letters_stay(text: str) -> None:
    assert READER.expand(text) == text


def test_initials_that_two_words_share_are_read_only_when_it_is_said_which() -> None:
    words = ["居住证", "驾驶证", "行驶证", "形式证"]
    assert Initials(words, {}).expand("xsz") == "xsz"
    assert Initials(words, {"xsz": "行驶证"}).expand("xsz") == "行驶证"


def test_two_characters_are_too_few_unless_they_are_given() -> None:
    assert Initials(["护照"], {}).expand("hz huzhao") == "hz huzhao"


@given(st.text(alphabet="abcxyz身份证 0123，。", max_size=20))
def test_expanding_twice_changes_nothing_more(text: str) -> None:
    assert READER.expand(READER.expand(text)) == READER.expand(text)


@given(st.text(alphabet="身份证社保卡丢了 0123，。？", max_size=20))
def test_text_without_letters_is_unchanged(text: str) -> None:
    assert READER.expand(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sfz丢了", "身份证丢了"), ("ＧＪＪ怎么取", "公积金怎么取"), ("yyzz", "营业执照"), ("etc办理", "etc办理")],
)
def test_the_halls_own_words_are_read(words_base: KnowledgeBase, typed: str, meant: str) -> None:
    assert words_base.read_text(typed) == meant


def test_every_fixed_word_is_read(words_base: KnowledgeBase) -> None:
    fixed = words_base.published.initials.words
    assert {typed: words_base.initials.expand(typed) for typed in fixed} == dict(fixed)


def test_no_name_of_a_guide_is_changed(words_base: KnowledgeBase) -> None:
    names = [name.lower() for guide in words_base.guides.values() for name in guide.names]
    assert [name for name in names if words_base.initials.expand(name) != name] == []
