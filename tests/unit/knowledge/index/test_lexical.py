"""Lexical search: BM25 over words."""

from knowledge.index.lexical import NAMES, TEXTS, LexicalIndex

ENTRIES = [["身份证", "补领"], ["身份证", "换领"], ["护照", "换发"], ["社保卡", "补领"], ["公积金", "提取"]]


def found(*words: str, k: int = 5) -> list[int]:
    return [int(entry) for entry in LexicalIndex(ENTRIES).search(words, k)[0]]


def test_the_entry_with_all_words_is_first() -> None:
    assert found("身份证", "补领")[0] == 0


def test_only_entries_that_share_a_word_are_found() -> None:
    assert found("护照") == [2]
    assert set(found("身份证", "补领")) == {0, 1, 3}


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    assert found("身份证", "公积金")[0] == 4


def test_unknown_words_find_nothing_and_do_no_harm() -> None:
    assert found("签证") == [] and found() == []
    assert found("签证", "护照") == [2]


def test_scores_fall_and_at_most_k_come() -> None:
    entries, scores = LexicalIndex(ENTRIES).search(["身份证", "补领"], 2)
    assert len(entries) == len(scores) == 2
    assert scores[0] >= scores[1] > 0


def test_equal_scores_keep_the_order_of_the_entries() -> None:
    assert found("换领", "换发") == [1, 2]


def test_an_entry_without_words_is_never_found() -> None:
    index = LexicalIndex([[], ["护照"]])
    assert [int(entry) for entry in index.search(["护照"], 5)[0]] == [1]


def test_relative_scores_are_for_every_entry_and_one_for_the_best() -> None:
    scores = LexicalIndex(ENTRIES).relative(["身份证", "补领", "签证"])
    assert scores.shape == (5,) and scores.max() == scores[0] == 1
    assert scores[2] == scores[4] == 0 and 0 < scores[3] < 1


def test_relative_scores_of_unknown_words_are_zero() -> None:
    assert LexicalIndex(ENTRIES).relative(["签证"]).tolist() == LexicalIndex(ENTRIES).relative([]).tolist() == [0] * 5


def test_a_long_entry_is_held_back_more_where_texts_are_indexed() -> None:
    entries = [["护照", "换发"], ["护照", *(f"词{n}" for n in range(20))], *([["无关"]] * 5)]
    names, texts = (LexicalIndex(entries, weight).relative(["护照"])[1] for weight in (NAMES, TEXTS))
    assert texts < names < 1
