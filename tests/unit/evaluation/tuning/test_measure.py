"""Recall by vectors made by hand: who is nearer, and among which texts."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.tuning.measure import Encode, recall
from evaluation.tuning.pairs import Pair
from knowledge.encoder.encoder import Vectors


def by_angles(degrees: dict[str, float]) -> Encode:
    """Unit vectors in a plane."""

    def encode(texts: Sequence[str]) -> Vectors:
        angles = np.radians([degrees[text] for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    return encode


def pair(first: str, second: str) -> Pair:
    return Pair(first, second, second)


ENCODE = by_angles({"a?": 0, "b?": 50, "c?": 140, "a": 10, "b": 100, "c": 150, "d": 45})
ASKED = [pair("a?", "a"), pair("b?", "b"), pair("c?", "c")]


def test_the_right_text_must_be_the_nearest() -> None:
    """Of b? the nearest is a, by ten degrees."""
    assert recall(ENCODE, ASKED, [], [1]) == pytest.approx([2 / 3])


def test_each_rank_has_its_recall_in_the_order_asked() -> None:
    assert recall(ENCODE, ASKED, [], [3, 1, 2]) == pytest.approx([1, 2 / 3, 1])


def test_texts_of_others_are_in_the_way_but_are_not_asked() -> None:
    others = [pair("?", "d")]
    assert recall(ENCODE, ASKED, others, [1, 2, 3]) == pytest.approx([2 / 3, 2 / 3, 1])


def test_a_text_counts_once_however_many_ask_for_it() -> None:
    asked = [pair("b?", "b"), pair("a?", "a"), pair("b?", "a")]
    assert recall(ENCODE, asked, [*asked, pair("?", "a")], [1, 2]) == pytest.approx([2 / 3, 1])


def test_first_texts_are_not_among_what_is_searched() -> None:
    encode = by_angles({"x?": 0, "y?": 1, "x": 30, "y": 31})
    assert recall(encode, [pair("x?", "x"), pair("y?", "x")], [pair("?", "y")], [1]) == [1.0]


@given(st.lists(st.floats(0, 180), min_size=2, max_size=8, unique=True))
def test_recall_grows_with_the_rank_up_to_all(angles: list[float]) -> None:
    seconds = {f"{n}": angle for n, angle in enumerate(angles)}
    firsts = {f"{name}?": 180.0 * n / len(angles) for n, name in enumerate(seconds)}
    asked = [pair(f"{name}?", name) for name in seconds]
    found = recall(by_angles({**seconds, **firsts}), asked, [], range(1, len(asked) + 1))
    assert found == sorted(found) and found[-1] == 1.0
    assert all(share * len(asked) == pytest.approx(round(share * len(asked))) for share in found)
