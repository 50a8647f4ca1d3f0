"""Finds the item that a message is about: dense and lexical retrieval over names, fused by rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.encoder.encoder import Encoder, Vectors
from knowledge.index.dense import DenseIndex
from knowledge.index.fusion import fuse
from knowledge.index.lexical import LexicalIndex
from knowledge.model import Guide, Published
from knowledge.tokens import Tokens, normalise


class LinkSettings(Published):
    """Of `linking.yaml`. Cosines are of the encoder named there; another encoder needs its own figures.

    floor: least confidence at which an item counts as found; margin: how much nearer than every rival it must
    be to answer without asking.
    """

    encoder: str
    depth: int
    rrf_k: float
    dense_weight: float
    lexical_weight: float
    cosine_low: float
    cosine_high: float
    coverage_weight: float
    floor: float
    margin: float


@dataclass(frozen=True)
class Candidate:
    """An item and how near the message is to it: `cosine` of its best name, `coverage` 0..1 of the message's
    content words that its names hold, `confidence` 0..1 from both."""

    code: str
    cosine: float
    coverage: float
    confidence: float


@dataclass(frozen=True)
class Link:
    """Candidates best first, and whether the message holds any word that could name an item."""

    candidates: tuple[Candidate, ...]
    names_something: bool

    def close(self, settings: LinkSettings, most: int = 5) -> tuple[Candidate, ...]:
        """The best candidate and its rivals within the margin; empty when nothing is above the floor."""
        if not self.candidates or self.candidates[0].confidence < settings.floor:
            return ()
        least = max(self.candidates[0].confidence - settings.margin, settings.floor)
        return tuple(c for c in self.candidates if c.confidence >= least)[:most]


class Linker:
    """The index over every name of every guide. Built once; a new one replaces it when guides change."""

    def __init__(
        self, guides: Mapping[str, Guide], encoder: Encoder, tokens: Tokens, settings: LinkSettings
    ) -> None:
        entries = [(guide.code, normalise(name)) for guide in guides.values() for name in guide.names]
        self._codes = [code for code, _ in entries]
        self._tokens, self.settings = tokens, settings
        self._dense = DenseIndex(encoder.encode_queries([name for _, name in entries]))
        self._lexical = LexicalIndex([tokens.content(name) for _, name in entries])
        self._vocabulary: dict[str, set[str]] = {}
        for code, name in entries:
            self._vocabulary.setdefault(code, set()).update(tokens.content(name))

    def link(self, text: str, vector: Vectors) -> Link:
        """Candidates for a message; `vector` is its query vector, shape (dimension,)."""
        words = self._tokens.content(text)
        cosines = self._best_cosines(vector)
        lexical_entries, _ = self._lexical.search(words, self.settings.depth)
        by_words = list(dict.fromkeys(self._codes[i] for i in lexical_entries))
        fused = fuse(
            [(self.settings.dense_weight, list(cosines)), (self.settings.lexical_weight, by_words)],
            self.settings.rrf_k,
        )
        found = [self._candidate(code, cosines, words) for code, _ in fused]
        found.sort(key=lambda c: -c.confidence)
        return Link(tuple(found[: self.settings.depth]), bool(words))

    def _best_cosines(self, vector: Vectors) -> dict[str, float]:
        """Each item's best cosine, best first, of the items among the nearest entries."""
        entries, cosines = self._dense.search(vector, self.settings.depth * 8)
        best: dict[str, float] = {}
        for entry, cosine in zip(entries, cosines, strict=True):
            best.setdefault(self._codes[entry], float(cosine))
        return best

    def _candidate(self, code: str, cosines: Mapping[str, float], words: list[str]) -> Candidate:
        s = self.settings
        cosine = cosines.get(code, s.cosine_low)
        known = [w for w in words if self._lexical.knows(w)]
        coverage = sum(w in self._vocabulary[code] for w in known) / len(known) if known else 0.0
        nearness = min(max((cosine - s.cosine_low) / (s.cosine_high - s.cosine_low), 0.0), 1.0)
        confidence = (1 - s.coverage_weight) * nearness + s.coverage_weight * coverage
        return Candidate(code, cosine, coverage, confidence)
