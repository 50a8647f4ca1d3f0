"""Builds the linking index over the made-up items and measures it part by part."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evaluation.load.figures import percentile
from evaluation.scale.names import SEED, Asked
from knowledge.encoder.encoder import Vectors
from knowledge.index.dense import DenseIndex
from knowledge.index.lexical import LexicalIndex
from knowledge.link import LinkSettings, Phrase, Shelf
from knowledge.target import Entry, Target
from knowledge.text.tokens import Tokens, normalise

T = TypeVar("T")

NOISE = 0.35
"""Length of what is added to a real name's vector: a cosine of about 0.94, as between names of neighbouring items."""


def perturbed(real: Vectors, count: int) -> Vectors:
    """`count` unit vectors near real ones, which are taken in turn. An exact search costs the same on any vectors."""
    generator = np.random.default_rng(SEED)
    noise = generator.standard_normal((count, real.shape[1]), dtype=np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    noise += real[np.arange(count) % len(real)]
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    return noise


def measure(
    entries: Sequence[Entry],
    vectors: Vectors,
    asked: Sequence[Asked],
    queries: Vectors,
    *,
    tokens: Tokens,
    settings: LinkSettings,
) -> dict[str, Any]:
    """Seconds and MiB of the index; milliseconds of a whole search and of its parts."""
    phrases, cutting = timed(lambda: [_phrase(entry, tokens) for entry in entries])
    before = resident_mib()
    shelf, indexing = timed(lambda: Shelf(phrases, vectors, settings))
    built = {"cutting_seconds": cutting, "indexing_seconds": indexing, "index_mib": resident_mib() - before}
    counts = {"entries": len(entries), "items": len({e.target for e in entries}), "queries": len(asked)}
    plain = [normalise(a.text) for a in asked]

    def search(text: str, vector: Vectors) -> object:
        return shelf.candidates(text, tokens.content(text), tokens.pieces(text), vector)

    searched = quantiles(each(search, zip(plain, queries, strict=True)))
    parts = _parts(phrases, vectors, plain, queries, tokens=tokens, depth=settings.depth)
    return {**counts, **built, "vectors_mib": vectors.nbytes / 2**20, "search_ms": searched, "parts_ms": parts}


def _phrase(entry: Entry, tokens: Tokens) -> Phrase:
    text = normalise(entry.text)
    return Phrase(entry.target, text, tokens.content(text), tokens.pieces(text))


def _parts(
    phrases: Sequence[Phrase], vectors: Vectors, plain: list[str], queries: Vectors, *, tokens: Tokens, depth: int
) -> dict[str, dict[str, float | None]]:
    """The costly parts of a search, each alone, as `Shelf` calls them; the rest is what the whole takes more."""
    wording: dict[Target, list[str]] = {}
    for phrase in phrases:
        wording.setdefault(phrase.target, []).extend(phrase.pieces)
    dense, lexical = DenseIndex(vectors), LexicalIndex(list(wording.values()))
    cut = [tokens.pieces(text) for text in plain]
    return {
        "words": quantiles(each(tokens.content, ((text,) for text in plain))),
        "dense": quantiles(each(dense.search, ((vector, depth * 8) for vector in queries))),
        "wording": quantiles(each(lexical.relative, ((found,) for found in cut))),
    }


def encoding(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> tuple[Vectors, dict[str, Any]]:
    """The vectors of the texts, each encoded alone as messages are, and what that took."""
    vectors: list[Vectors] = []
    took = each(lambda text: vectors.append(encode([text])[0]), ((text,) for text in texts))
    return np.stack(vectors), {"texts": len(texts), "ms": quantiles(took), "seconds": sum(took) / 1000}


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """The result and the seconds it took."""
    began = time.perf_counter()
    result = do()
    return result, time.perf_counter() - began


def each(do: Callable[..., object], arguments: Iterable[tuple[Any, ...]]) -> list[float]:
    """Milliseconds of every call."""
    took = []
    for given in arguments:
        began = time.perf_counter()
        do(*given)
        took.append((time.perf_counter() - began) * 1000)
    return took


def quantiles(milliseconds: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(milliseconds, 50), "p99": percentile(milliseconds, 99)}


def resident_mib() -> float:
    """Memory of this process, MiB; 0 where /proc is not there."""
    file = Path("/proc/self/statm")
    pages = int(file.read_text(encoding="ascii").split()[1]) if file.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
