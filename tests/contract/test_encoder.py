"""What every Encoder promises, whatever stands behind it."""

import numpy as np
import pytest

from knowledge.encoder.encoder import Encoder, Vectors

TEXTS = ["身份证丢了怎么补办", "身份证丢了怎么补", "普通护照换发", "a", "1" * 300]


@pytest.fixture(scope="module", params=["fake_encoder", "encoder"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["encode_queries", "encode_passages"])
def vectors(request: pytest.FixtureRequest, any_encoder: Encoder) -> Vectors:
    found: Vectors = getattr(any_encoder, request.param)(TEXTS)
    return found


def test_one_row_a_text_of_the_named_dimension(any_encoder: Encoder, vectors: Vectors) -> None:
    assert vectors.shape == (len(TEXTS), any_encoder.dimension)
    assert vectors.dtype == np.float32


def test_rows_are_finite_and_of_length_one(vectors: Vectors) -> None:
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_a_batch_gives_what_single_texts_give(any_encoder: Encoder) -> None:
    batch = any_encoder.encode_queries(TEXTS)
    singles = np.concatenate([any_encoder.encode_queries([text]) for text in TEXTS])
    assert np.abs(batch - singles).max() < 1e-4


def test_the_order_of_texts_is_kept(any_encoder: Encoder) -> None:
    forth, back = any_encoder.encode_queries(TEXTS), any_encoder.encode_queries(TEXTS[::-1])
    assert np.abs(forth - back[::-1]).max() < 1e-4


def test_the_same_text_always_has_the_same_vector(any_encoder: Encoder) -> None:
    first, second = any_encoder.encode_queries(["公积金"] * 2)
    assert first @ second == pytest.approx(1, abs=1e-5)


def test_nearly_equal_texts_are_nearer_than_unrelated_ones(vectors: Vectors) -> None:
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_tuples_and_the_empty_text_are_taken(any_encoder: Encoder) -> None:
    vectors = any_encoder.encode_passages(("", "护照"))
    assert vectors.shape == (2, any_encoder.dimension) and np.isfinite(vectors).all()


def test_it_has_a_name(any_encoder: Encoder) -> None:
    assert any_encoder.name


def test_no_texts_give_no_rows(any_encoder: Encoder) -> None:
    assert any_encoder.encode_queries([]).shape == (0, any_encoder.dimension)
