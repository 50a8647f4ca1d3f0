"""Finds the item that a message is about: dense and lexical retrieval over names, fused by rank."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from knowledge.encoder.encoder import Encoder, Vectors
from knowledge.index.dense import DenseIndex
from knowledge.index.fusion import fuse
from knowledge.index.lexical import LexicalIndex
from knowledge.model import Guide, Published, Share
from knowledge.tokens import Tokens, normalise

LITERAL_FROM = 4
"""Shortest name, in characters, that counts when it stands in the message word for word."""


class LinkSettings(Published):
    """Of linking.yaml; the figures hold for the encoder named there.

    depth: how many items are weighed; rrf_k and the weights: rank fusion; cosine_low and cosine_high: the cosines
    that count as 0 and 1; coverage_weight: the share of word coverage in the confidence; unknown_weight: how much a
    word that no item's name holds speaks against all of them; not_literal_factor: what is left of an item's confidence
    when the message holds another item's name word for word; floor: least confidence at which an item counts as
    found; margin: how far behind the best an item is still a rival.
    """

    encoder: str
    depth: Annotated[int, Field(ge=5, le=50)]
    rrf_k: Annotated[float, Field(gt=0)]
    dense_weight: Share
    lexical_weight: Share
    cosine_low: Share
    cosine_high: Share
    coverage_weight: Share
    unknown_weight: Share
    not_literal_factor: Share
    floor: Share
    margin: Share


@dataclass(frozen=True)
class Candidate:
    """An item and how near the message is to it: `cosine` of its best name, `coverage` 0..1, the share of the
    message's content words, weighted by rarity, that its names hold, `confidence` 0..1 from both."""

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
        """The best candidate and its rivals within the margin; empty when nothing is above the floor, or when no word
        of the message could name an item."""
        if not self.names_something or not self.candidates or self.candidates[0].confidence < settings.floor:
            return ()
        least = max(self.candidates[0].confidence - settings.margin, settings.floor)
        return tuple(c for c in self.candidates if c.confidence >= least)[:most]


class Linker:
    """The index over every name of every guide. Built once; a new one replaces it when guides change."""

    def __init__(self, guides: Mapping[str, Guide], encoder: Encoder, tokens: Tokens, settings: LinkSettings) -> None:
        entries = [(guide.code, normalise(name)) for guide in guides.values() for name in guide.names]
        words = [tokens.content(name) for _, name in entries]
        self._codes = [code for code, _ in entries]
        self._tokens, self.settings = tokens, settings
        self._dense = DenseIndex(encoder.encode_queries([name for _, name in entries]))
        self._lexical = LexicalIndex(words)
        self._vocabulary: dict[str, set[str]] = {}
        for code, found in zip(self._codes, words, strict=True):
            self._vocabulary.setdefault(code, set()).update(found)
        self._long_names: dict[str, list[str]] = {}
        for code, name in entries:
            if len(name) >= LITERAL_FROM:
                self._long_names.setdefault(code, []).append(name)
        self._weights = _inverse_frequencies(self._vocabulary)
        self._unknown = settings.unknown_weight * math.log(1 + len(self._vocabulary))

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
        found = [self._candidate(code, cosines, words) for code, _ in fused[: self.settings.depth]]
        found = self._prefer_literal(found, normalise(text))
        found.sort(key=lambda c: -c.confidence)
        return Link(tuple(found), bool(words))

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
        asked = [self._weights.get(word, self._unknown) for word in words]
        held = [self._weights[word] for word in words if word in self._vocabulary[code]]
        coverage = sum(held) / sum(asked) if held else 0.0
        nearness = min(max((cosine - s.cosine_low) / (s.cosine_high - s.cosine_low), 0.0), 1.0)
        confidence = (1 - s.coverage_weight) * nearness + s.coverage_weight * coverage
        return Candidate(code, cosine, coverage, confidence)

    def _prefer_literal(self, found: list[Candidate], text: str) -> list[Candidate]:
        """Where a name stands in the message word for word, items with no such name step back."""
        literal = {c.code for c in found if any(name in text for name in self._long_names.get(c.code, ()))}
        if not literal:
            return found
        factor = self.settings.not_literal_factor
        return [c if c.code in literal else replace(c, confidence=c.confidence * factor) for c in found]


def _inverse_frequencies(vocabulary: Mapping[str, set[str]]) -> dict[str, float]:
    """log(1 + items / items whose names hold the word): rare words say more."""
    counts = Counter(word for words in vocabulary.values() for word in words)
    return {word: math.log(1 + len(vocabulary) / count) for word, count in counts.items()}
