"""Lexical index: BM25 over jieba tokens (bm25s)."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray


class LexicalIndex:
    """BM25 (Lucene's variant) over the tokens of each entry."""

    def __init__(self, entries: Sequence[Sequence[str]]) -> None:
        self._bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._bm25.index([list(tokens) for tokens in entries], show_progress=False)
        self._entries = len(entries)
        self._known = {token for tokens in entries for token in tokens}

    def relative(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """A score for every entry, 1 for the best; zeros when no token is known."""
        known = [t for t in tokens if t in self._known]
        if not known:
            return np.zeros(self._entries, np.float32)
        scores = np.asarray(self._bm25.get_scores(known), dtype=np.float32)
        best: NDArray[np.float32] = scores / max(float(scores.max()), 1e-9)
        return best
