"""Which meanings are easily taken for one another: neighbours by the encoder as it is before it learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sklearn.cluster import KMeans

from evaluation.tuning.measure import Encode
from evaluation.tuning.pairs import Pair

NEIGHBOURS = 16
"""Meanings of a theme, about: a batch holds a few themes."""


def themed(pairs: Sequence[Pair], encode: Encode) -> list[Pair]:
    """The pairs with themes: clusters of their second texts' vectors, freed of what they have in common."""
    texts = list(dict.fromkeys(pair.second for pair in pairs))
    vectors = encode(texts)
    vectors = vectors - vectors.mean(axis=0)
    clusters = KMeans(max(len(texts) // NEIGHBOURS, 1), n_init=1, random_state=0).fit_predict(vectors)
    theme = {text: f"cluster {cluster}" for text, cluster in zip(texts, clusters, strict=True)}
    return [replace(pair, theme=theme[pair.second]) for pair in pairs]
