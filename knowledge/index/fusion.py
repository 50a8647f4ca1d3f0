"""Weighted reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def fuse(rankings: Sequence[tuple[float, Sequence[K]]], k: float) -> list[tuple[K, float]]:
    """(key, score) best first. `rankings` holds (weight, keys best first); rank 1 scores weight / (k + 1).

    Scores are divided by the best possible one, so that a key first in every ranking has 1.0.
    """
    best = sum(weight for weight, _ in rankings) / (k + 1)
    scores: dict[K, float] = {}
    for weight, keys in rankings:
        for rank, key in enumerate(keys, start=1):
            scores[key] = scores.get(key, 0.0) + weight / (k + rank)
    return sorted(((key, score / best) for key, score in scores.items()), key=lambda pair: -pair[1])
