"""Lexical search: BM25 over words."""

import pytest

from knowledge.index.lexical import LexicalIndex

ENTRIES = [["身份证", "补领"], ["身份证", "换领"], ["护照", "换发"], ["社保卡", "补领"], ["公积金", "提取"]]


def scores(*words: str) -> list[float]:
    return [float(score) for score in LexicalIndex(ENTRIES).relative(words)]


def test_scores_are_for_every_entry_and_one_for_the_best() -> None:
    found = scores("身份证", "补领", "签证")
    assert len(found) == len(ENTRIES) and max(found) == found[0] == pytest.approx(1)
    assert found[2] == found[4] == 0 and 0 < found[3] < 1


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    found = scores("身份证", "公积金")
    assert found[4] == 1 > found[0] == found[1] > 0


@pytest.mark.parametrize("words", [(), ("签证",)])
def test_of_unknown_words_the_scores_are_zero(words: tuple[str, ...]) -> None:
    assert scores(*words) == [0] * 5


def test_unknown_words_do_no_harm() -> None:
    assert scores("签证", "护照") == scores("护照")


def test_an_entry_without_words_is_never_found() -> None:
    assert LexicalIndex([[], ["护照"]]).relative(["护照"]).tolist() == [0, 1]


def test_a_long_entry_is_held_back() -> None:
    entries = [["护照", "换发"], ["护照", *(f"词{n}" for n in range(20))], *([["无关"]] * 5)]
    short, long, *_ = LexicalIndex(entries).relative(["护照"])
    assert 0 < long < short == 1
