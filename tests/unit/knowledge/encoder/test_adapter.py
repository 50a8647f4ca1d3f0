"""The adapter: what is written is what changes the matrices, and only those of the model that it was made for."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import adapter
from knowledge.encoder.adapter import Floats
from knowledge.encoder.packed_e5 import PackedModel, PackedModelError, Shape

QUERY, DENSE, BIAS = "layer.0.query.weight", "layer.0.dense.weight", "layer.0.query.bias"
RANK = 2
HALF = 2.0**-11
"""The largest relative error of rounding to float16."""

Write = Callable[..., None]


def random(*shape: int) -> Floats:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def change(rows: int, columns: int) -> tuple[Floats, Floats]:
    """A and B for a matrix of shape (rows, columns)."""
    return random(RANK, columns), random(rows, RANK)


@pytest.fixture
def model() -> PackedModel:
    """Two matrices, one of them not square, and a bias."""
    shape = Shape(4, 1, 1, 6, 0, 0, 0, 1e-12, 0, 0, 0, 0)
    return PackedModel(shape, [("甲", -1.0)], {QUERY: random(4, 4), DENSE: random(6, 4), BIAS: random(4)})


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Saves changes, by names of matrices, in a file that from then on is the adapter."""
    monkeypatch.setattr(adapter, "FILE", tmp_path / "adapter.npz")

    def save(**changes: tuple[Floats, Floats]) -> None:
        adapter.save(changes, adapter.FILE)

    return save


def test_what_was_saved_changes_its_matrix_within_float16(model: PackedModel, write: Write) -> None:
    changes = {QUERY: change(4, 4), DENSE: change(6, 4)}
    write(**changes)
    made = adapter.adapted(model)
    for name, (down, up) in changes.items():
        off = np.abs(made.weights[name] - (model.weights[name] + up @ down))
        assert np.all(off <= np.abs(up) @ np.abs(down) * 2.01 * HALF + 1e-6)
        assert np.abs(made.weights[name] - model.weights[name]).max() > 0.1
        assert made.weights[name].dtype == np.float32


def test_what_float16_holds_is_changed_exactly(model: PackedModel, write: Write) -> None:
    """B A, and not the other way round."""
    write(**{DENSE: (np.array([[1, 2, 3, 4]], np.float32), np.array([[0, 1, 0, 0, 0, 2]], np.float32).T)})
    found = adapter.adapted(model).weights[DENSE]
    expected = model.weights[DENSE].copy()
    expected[1] += [1, 2, 3, 4]
    expected[5] += [2, 4, 6, 8]
    assert np.array_equal(found, expected)


def test_all_else_stays_and_the_given_model_is_not_touched(model: PackedModel, write: Write) -> None:
    before = {name: matrix.copy() for name, matrix in model.weights.items()}
    write(**{DENSE: change(6, 4)})
    made = adapter.adapted(model)
    assert (made.shape, made.pieces, list(made.weights)) == (model.shape, model.pieces, list(before))
    assert all(np.array_equal(model.weights[name], matrix) for name, matrix in before.items())
    assert all(np.array_equal(made.weights[name], before[name]) for name in (QUERY, BIAS))


def test_no_changes_change_nothing(model: PackedModel, write: Write) -> None:
    write()
    made = adapter.adapted(model)
    assert all(np.array_equal(made.weights[name], matrix) for name, matrix in model.weights.items())


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("layer.7.query.weight", 4, 4),
        (QUERY, 5, 4),
        (QUERY, 4, 5),
        (DENSE, 4, 6),
        (BIAS, 4, 1),
    ],
    ids=["unknown matrix", "other rows", "other columns", "turned round", "a bias"],
)
def test_an_adapter_of_another_model_is_refused(
    model: PackedModel, write: Write, name: str, rows: int, columns: int
) -> None:
    write(**{DENSE: change(6, 4), name: change(rows, columns)})
    with pytest.raises(PackedModelError, match="made for another model") as caught:
        adapter.adapted(model)
    assert str(adapter.FILE) in str(caught.value) and name in str(caught.value)
    assert "wenban tune" in str(caught.value)


def test_the_file_is_small_and_the_same_for_the_same_changes(write: Write) -> None:
    """Its checksum tells prepared encoders apart, so learning the same again must not make them anew."""
    write(**{QUERY: change(4, 4)})
    first = adapter.FILE.read_bytes()
    with np.load(adapter.FILE) as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype(np.float16)}
    write(**{QUERY: change(4, 4)})
    assert adapter.FILE.read_bytes() == first


def test_the_checksum_is_that_of_the_file(write: Write) -> None:
    write(**{QUERY: change(4, 4)})
    # Without its memory, which is of the real file.
    assert adapter.sha256.__wrapped__() == hashlib.sha256(adapter.FILE.read_bytes()).hexdigest()
