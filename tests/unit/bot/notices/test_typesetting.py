"""Lines of Chinese text: no closing sign first, no opening sign last, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices.typesetting import NOT_FIRST, NOT_LAST, wrap


def width(text: str) -> float:
    return float(sum(1 if ord(c) < 0x2000 else 2 for c in text))


def test_a_comma_does_not_begin_a_line() -> None:
    assert wrap("一二三四五，六七", 10, width) == ["一二三四", "五，六七"]


def test_an_opening_bracket_does_not_end_a_line() -> None:
    assert wrap("一二三四（五六）七", 10, width) == ["一二三四", "（五六）七"]


def test_words_and_numbers_stay_whole_where_they_fit() -> None:
    assert wrap("电话0000-12345678", 14, width) == ["电话", "0000-12345678"]


def test_a_word_longer_than_the_line_is_torn() -> None:
    assert wrap("abcdefgh", 3, width) == ["abc", "def", "gh"]


@pytest.mark.parametrize(("text", "lines"), [("", [""]), ("一\n\n二", ["一", "", "二"]), ("　　一", ["　　一"])])
def test_own_line_breaks_and_indents_are_kept(text: str, lines: list[str]) -> None:
    assert wrap(text, 10, width) == lines


@given(st.text(alphabet="一二三，。（）《》“”、a1 ", max_size=60))
def test_nothing_is_lost_and_every_line_fits(text: str) -> None:
    lines = wrap(text, 12, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= 12 for line in lines)


@given(
    st.text(alphabet="一二三四", min_size=1, max_size=6), st.sampled_from("，。、；？！）》”"), st.sampled_from("（《“")
)
def test_signs_stand_where_they_may(words: str, closing: str, opening: str) -> None:
    text = f"{words}{closing}{words}{opening}{words}{closing}" * 3
    lines = wrap(text, 20, width)
    assert all(line[0] not in NOT_FIRST for line in lines)
    assert all(line[-1] not in NOT_LAST for line in lines[:-1])
