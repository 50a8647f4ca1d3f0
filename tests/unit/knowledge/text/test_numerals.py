"""Counted Chinese numerals become digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text.numerals import with_digits


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("十六岁", "16岁"),
        ("未满十六周岁的孩子", "未满16周岁的孩子"),
        ("八十岁以上", "80岁以上"),
        ("两寸照片", "2寸照片"),
        ("二孩", "2孩"),
        ("三十个月", "30个月"),
        ("一百二十天", "120天"),
        ("二套房", "2套房"),
        ("换了两次，交了十五年", "换了2次，交了15年"),
    ],
)
def test_a_counted_numeral_is_written_in_digits(written: str, digits: str) -> None:
    assert with_digits(written) == digits


@pytest.mark.parametrize(
    "text", ["", "一件事", "二手房", "三方协议", "第一窗口", "统一社会信用代码", "16岁", "万一", "百度"]
)
def test_other_numerals_stay(text: str) -> None:
    assert with_digits(text) == text


@pytest.mark.parametrize("text", ["十十岁", "百岁", "一一二年", "千万人"])
def test_odd_numerals_do_no_harm(text: str) -> None:
    assert with_digits(text)


@given(st.text(alphabet="一二两三四五六七八九十百千岁年套个月天abc，", max_size=20))
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    assert with_digits(with_digits(text)) == with_digits(text)


@given(st.integers(1, 99))
def test_every_age_is_read(age: int) -> None:
    tens, ones = divmod(age, 10)
    signs = "零一二三四五六七八九"
    written = (("" if tens == 1 else signs[tens]) + "十" if tens else "") + (signs[ones] if ones else "")
    assert with_digits(f"{written}岁") == f"{age}岁"


def test_both_ways_of_writing_have_the_same_words(words_base: KnowledgeBase) -> None:
    assert words_base.tokens.content("十六岁身份证") == words_base.tokens.content("16岁身份证")
