"""Dense retrieval alone, with our encoder: what a vector database with an embedding model does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.encoder.encoder import Vectors
from knowledge.text.tokens import normalise

Encode = Callable[[Sequence[str]], Vectors]
"""Texts to L2-normalised query vectors, shape (len(texts), dimension)."""


class DenseSearch:
    """Cosine similarity of the message with every phrase."""

    name = "dense"

    def __init__(self, vectors: Vectors, encode: Encode) -> None:
        """`vectors` are those of the phrases; `encode` is for messages."""
        self._vectors, self._encode = vectors, encode

    def search(self, text: str, k: int) -> list[tuple[int, float]]:
        cosines = self._vectors @ self._encode([normalise(text)])[0]
        return [(int(n), float(cosines[n])) for n in np.argsort(-cosines, kind="stable")[:k]]
