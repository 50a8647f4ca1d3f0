"""Dense search is the exact nearest by cosine."""

import numpy as np
import pytest

from knowledge.index.dense import DenseIndex


def random_vectors(count: int, dimension: int = 16) -> np.ndarray:
    vectors = np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_an_entry_finds_itself_first_with_cosine_one() -> None:
    vectors = random_vectors(50)
    index = DenseIndex(vectors)
    for number in (0, 17, 49):
        entries, cosines = index.search(vectors[number], 3)
        assert entries[0] == number and cosines[0] == pytest.approx(1, abs=1e-6)


def test_results_are_those_of_brute_force() -> None:
    vectors, query = random_vectors(200), random_vectors(1)[0]
    entries, cosines = DenseIndex(vectors).search(query, 10)
    expected = vectors @ query
    assert list(entries) == list(np.argsort(-expected)[:10])
    assert cosines == pytest.approx(np.sort(expected)[::-1][:10], abs=1e-6)


def test_more_than_there_are_gives_all_and_no_placeholder() -> None:
    entries, cosines = DenseIndex(random_vectors(3)).search(random_vectors(1)[0], 10)
    assert sorted(entries) == [0, 1, 2] and len(cosines) == 3


def test_vectors_of_any_memory_order_are_taken() -> None:
    vectors = np.asfortranarray(random_vectors(20))
    assert DenseIndex(vectors).search(vectors[5], 1)[0][0] == 5


def test_cosines_with_chosen_entries() -> None:
    vectors = random_vectors(20)
    found = DenseIndex(vectors).cosines(np.array([7, 3]), vectors[3])
    assert found == pytest.approx([vectors[7] @ vectors[3], 1], abs=1e-6)
