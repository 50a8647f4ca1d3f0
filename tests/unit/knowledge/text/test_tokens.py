"""Which words of a message can name an item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text.tokens import Tokens, normalise
from tests.unit.helpers import tokens


@pytest.fixture(scope="module")
def real(words_base: KnowledgeBase) -> Tokens:
    return words_base.tokens


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("１３８００００１１１１", "13800001111"),
        ("ＡＢＣ", "abc"),
        ("身份证　丢了 \n 怎么办", "身份证 丢了 怎么办"),
        ("  Hello  ", "hello"),
        ("①", "1"),
        ("", ""),
    ],
)
def test_normalising_folds_width_case_and_white_space(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


WRITTEN = st.one_of(
    st.characters(min_codepoint=32, max_codepoint=126),
    st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF),
)


@given(st.text(WRITTEN, max_size=40))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "多少钱", "那收费吗", "要带什么材料", "需要哪些材料", "在哪里办", "在哪", "去哪个窗口", "要多久",
        "怎么办", "流程是什么", "有什么条件", "依据是什么", "那要什么证件", "请问要多少钱呢", "几天能拿到",
        "你好", "谢谢", "算了", "那我要准备什么", "网上能办吗", "办理时限是多少", "？？？", "",
    ],
)  # fmt: skip
def test_a_bare_question_names_nothing(real: Tokens, text: str) -> None:
    assert real.content(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "怎么办理", "多长时间", "需要多长时间办完", "什么时候能拿到", "收不收费", "办理流程", "办理条件", "收费标准",
        "申报材料", "设定依据", "要原件还是复印件", "几个工作日", "法律依据是什么", "具体地址",
    ],
)  # fmt: skip
def test_bare_questions_in_compound_words_name_nothing_either(real: Tokens, text: str) -> None:
    """Otherwise a follow-up such as "怎么办理" finds nothing instead of asking about the item of the turn before."""
    assert real.content(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("身份证丢了怎么办", "身份证"), ("公积金怎么取", "公积金"), ("社保卡补办多少钱", "社保卡"),
        ("我要换护照", "护照"), ("结婚要带什么", "结婚"), ("营业执照在哪办", "营业执照"),
    ],
)  # fmt: skip
def test_a_question_about_an_item_keeps_its_word(real: Tokens, text: str, word: str) -> None:
    assert word in real.content(text)


def test_every_name_of_every_guide_holds_a_word_that_can_name_it(words_base: KnowledgeBase) -> None:
    """Such a name would never be found by its own words."""
    empty = [
        (guide.code, name)
        for guide in words_base.guides.values()
        for name in guide.names
        if not words_base.tokens.content(name)
    ]
    assert empty == []


def test_full_width_and_plain_text_have_the_same_words() -> None:
    assert tokens().content("ＥＴＣ办理２０２６") == tokens().content("etc办理2026")


def test_long_words_come_also_in_their_parts() -> None:
    assert {"居民身份证", "居民", "身份证"} <= {*tokens().content("居民身份证")}


def test_punctuation_is_no_word() -> None:
    assert not {"，", "？", "!", " "} & {*tokens().content("身份证，丢了? ！")}


@given(st.text(alphabet="身份证社保卡丢了怎么办 ,。abc12𠮷😀", max_size=30))
def test_plain_words_joined_are_the_text(text: str) -> None:
    assert "".join(tokens().plain(text)) == text


def test_pieces_are_words_their_parts_and_every_character(real: Tokens) -> None:
    found = real.pieces("补办居民身份证?")
    assert {"居民身份证", "身份证", "补", "证"} <= set(found) and "?" not in found
