"""Lexical search: BM25 over words."""

from knowledge.index.lexical import LexicalIndex

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
