"""BM25 over jieba's words: what an FAQ in Elasticsearch with a Chinese analyser does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import jieba

from knowledge.target import Entry
from knowledge.text.tokens import normalise


class JiebaWords:
    """jieba's search mode with the hall's words as its user dictionary, and nothing left out."""

    def __init__(self, words_file: Path) -> None:
        self._cutter = jieba.Tokenizer()
        with words_file.open(encoding="utf-8") as file:
            self._cutter.load_userdict(file)

    def __call__(self, text: str) -> list[str]:
        return [word for word in self._cutter.cut_for_search(normalise(text)) if word.strip()]


class Bm25Search:
    """Lucene's BM25 with Elasticsearch's default k1 and b."""

    name = "bm25"

    def __init__(self, entries: Sequence[Entry], words: JiebaWords) -> None:
        self._words = words
        self._size = len(entries)
        self._index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        tokens = [words(entry.text) for entry in entries]
        self._known = {token for entry in tokens for token in entry}
        self._index.index(tokens, show_progress=False)

    def search(self, text: str, k: int) -> list[tuple[int, float]]:
        known = [word for word in self._words(text) if word in self._known]
        if not known:
            return []
        numbers, scores = self._index.retrieve([known], k=min(k, self._size), show_progress=False)
        return [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if s > 0]
