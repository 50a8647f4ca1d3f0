"""Weighted reciprocal rank fusion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.index.fusion import fuse

RANKINGS = st.lists(
    st.tuples(st.floats(0.1, 1), st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7)), min_size=1, max_size=3
)


def test_first_in_every_ranking_scores_one() -> None:
    assert fuse([(0.7, "ab"), (0.3, "ac")], k=20)[0] == ("a", pytest.approx(1.0))


def test_scores_are_those_of_the_formula() -> None:
    scores = dict(fuse([(0.7, "ab"), (0.3, "bc")], k=20))
    best = 1 / 21
    assert scores == {
        "a": pytest.approx(0.7 / 21 / best),
        "b": pytest.approx((0.7 / 22 + 0.3 / 21) / best),
        "c": pytest.approx(0.3 / 22 / best),
    }


def test_the_heavier_ranking_decides_between_two_firsts() -> None:
    assert [key for key, _ in fuse([(0.3, "ab"), (0.7, "ba")], k=20)] == ["b", "a"]


def test_equal_scores_keep_the_order_of_coming() -> None:
    assert [key for key, _ in fuse([(0.5, "a"), (0.5, "b")], k=1)] == ["a", "b"]


def test_a_ranking_may_be_empty() -> None:
    assert fuse([(0.7, []), (0.3, "a")], k=20) == [("a", pytest.approx(0.3))]
    assert fuse([(0.7, []), (0.3, [])], k=20) == []


@given(RANKINGS, st.floats(1, 100))
def test_each_key_comes_once_best_first_and_between_zero_and_one(
    rankings: list[tuple[float, list[str]]], k: float
) -> None:
    fused = fuse(rankings, k)
    scores = [score for _, score in fused]
    assert {key for key, _ in fused} == {key for _, keys in rankings for key in keys}
    assert len({key for key, _ in fused}) == len(fused)
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)


@given(RANKINGS, st.floats(1, 100))
def test_a_key_never_passes_one_that_is_before_it_everywhere(rankings: list[tuple[float, list[str]]], k: float) -> None:
    scores = dict(fuse([(weight, ["x", "y", *keys]) for weight, keys in rankings], k))
    assert scores["x"] > scores["y"]
