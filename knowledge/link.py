"""Finds what a message is about: dense and lexical retrieval over names, fused by rank."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from knowledge.encoder.encoder import Vectors
from knowledge.index.dense import DenseIndex
from knowledge.index.fusion import fuse
from knowledge.index.lexical import LexicalIndex
from knowledge.model import Share, Strict
from knowledge.target import Target
from knowledge.text.tokens import Tokens, normalise

VOTE_WIDTH = 0.035
"""A phrase whose cosine is this much below the nearest one's has 1/e of its vote."""
LITERAL_FROM = 4
"""Shortest name, in characters, that counts when it stands in the message word for word."""


class LinkSettings(Strict):
    """Of linking.yaml; the figures hold for the encoder named there.

    depth: how many targets of each shelf are weighed; rrf_k and the weights: rank fusion; cosine_low and cosine_high:
    the cosines that count as 0 and 1; coverage_weight: the share of word coverage in the confidence; unknown_weight:
    how much a word that no name holds speaks against all of them; same_service: the cosine from which a service of
    elsewhere counts as one that is published.
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
    same_service: Share


@dataclass(frozen=True)
class Candidate:
    """A target and how near the message is to it: `cosine` of its best phrase, `coverage` 0..1, the share of the
    message's content words, weighted by rarity, that its phrases hold, `literal` whether one of its phrases stands in
    the message word for word; `votes` 0..1 the share of the nearest phrases that are its own, nearer ones more;
    `confidence` 0..1 is a mean of the first two until `knowledge.confidence` judges it."""

    target: Target
    cosine: float
    coverage: float
    confidence: float
    literal: bool = False
    votes: float = 0.0
    guest: bool = False

    @property
    def code(self) -> str:
        return self.target.id


@dataclass(frozen=True)
class Link:
    """Candidates best first. `words` is how many words of the message could name something, `known_words` the share of
    them, 0..1, that some phrase holds; `elsewhere` the cosine of the nearest service that this hall does not have."""

    candidates: tuple[Candidate, ...]
    words: int
    known_words: float = 0.0
    elsewhere: float = 0.0

    @property
    def names_something(self) -> bool:
        return self.words > 0


class Shelf:
    """The index over the phrases of some targets. Built once; a new one replaces it when knowledge changes."""

    def __init__(
        self,
        targets: list[Target],
        texts: list[str],
        words: list[list[str]],
        vectors: Vectors,
        settings: LinkSettings,
    ) -> None:
        """Each phrase has its target, its normalised text, its content words and its query vector."""
        self._targets, self._settings = targets, settings
        self._dense = DenseIndex(vectors)
        self._lexical = LexicalIndex(words)
        self._vocabulary: dict[Target, set[str]] = {}
        self._long_names: dict[str, list[Target]] = {}
        for target, text, found in zip(targets, texts, words, strict=True):
            self._vocabulary.setdefault(target, set()).update(found)
            if len(text) >= LITERAL_FROM and found:
                self._long_names.setdefault(text, []).append(target)
        self._longest = max(map(len, self._long_names), default=0)
        self._weights = _inverse_frequencies(self._vocabulary)
        self._unknown = settings.unknown_weight * math.log(1 + len(self._vocabulary))

    def candidates(self, text: str, words: list[str], vector: Vectors) -> list[Candidate]:
        """Candidates for normalised text, best first; `vector` is its query vector, shape (dimension,). Their votes are
        weights still, not shares."""
        depth = self._settings.depth
        cosines, votes = self._nearest(vector)
        lexical_entries, _ = self._lexical.search(words, depth)
        by_words = list(dict.fromkeys(self._targets[i] for i in lexical_entries))
        weights = self._settings.dense_weight, self._settings.lexical_weight
        fused = fuse([(weights[0], list(cosines)), (weights[1], by_words)], self._settings.rrf_k)
        literal = {target for name in self._names_in(text) for target in self._long_names[name]}
        asked = sum(self._weights.get(word, self._unknown) for word in words)
        found = [
            self._candidate(t, cosines.get(t, self._settings.cosine_low), self._coverage(t, words, asked),
                            t in literal, votes.get(t, 0.0))
            for t, _ in fused[:depth]
        ]  # fmt: skip
        return sorted(found, key=lambda c: -c.confidence)

    def knows(self, word: str) -> bool:
        """Whether a phrase holds the word."""
        return word in self._weights

    def nearness(self, vectors: Vectors) -> Vectors:
        """The cosine of each vector, of shape (n, dimension), with the phrase nearest to it; shape (n,)."""
        return self._dense.nearness(vectors)

    def _nearest(self, vector: Vectors) -> tuple[dict[Target, float], dict[Target, float]]:
        """Each target's best cosine, best first, and its votes, of the targets among the nearest entries."""
        entries, cosines = self._dense.search(vector, self._settings.depth * 8)
        best: dict[Target, float] = {}
        votes: dict[Target, float] = {}
        for entry, cosine, weight in zip(entries, cosines, np.exp((cosines - 1) / VOTE_WIDTH), strict=True):
            target = self._targets[entry]
            best.setdefault(target, float(cosine))
            votes[target] = votes.get(target, 0.0) + float(weight)
        return best, votes

    def _coverage(self, target: Target, words: Sequence[str], asked: float) -> float:
        """The share of `asked`, the weight of all words, that the words in the target's phrases have."""
        vocabulary = self._vocabulary[target]
        held = [self._weights[word] for word in words if word in vocabulary]
        return sum(held) / asked if held else 0.0

    def _candidate(self, target: Target, cosine: float, coverage: float, literal: bool, votes: float) -> Candidate:
        s = self._settings
        nearness = min(max((cosine - s.cosine_low) / (s.cosine_high - s.cosine_low), 0.0), 1.0)
        confidence = (1 - s.coverage_weight) * nearness + s.coverage_weight * coverage
        return Candidate(target, cosine, coverage, confidence, literal, votes)

    def _names_in(self, text: str) -> set[str]:
        """The names that stand in the text; by look-up of its pieces, because there may be many thousand names."""
        ends = range(LITERAL_FROM, self._longest + 1)
        pieces = {text[i : i + n] for i in range(len(text)) for n in ends if i + n <= len(text)}
        return pieces & self._long_names.keys()


class Linker:
    """The hall's own shelf and the guests' (guides and FAQ entries of other platforms), each with its candidates, and
    beside them the vectors of the services that are only had `elsewhere`, of shape (services, dimension)."""

    def __init__(
        self,
        own: Shelf,
        guests: Shelf | None,
        tokens: Tokens,
        settings: LinkSettings,
        elsewhere: Vectors | None = None,
    ) -> None:
        self._own, self._guests = own, guests
        self._tokens, self.settings = tokens, settings
        self._elsewhere = self._not_here(elsewhere) if elsewhere is not None and len(elsewhere) else None

    def _not_here(self, elsewhere: Vectors) -> DenseIndex | None:
        """The index of those that come near nothing published."""
        nearness = np.max([shelf.nearness(elsewhere) for shelf in (self._own, self._guests) if shelf], axis=0)
        left = elsewhere[nearness < self.settings.same_service]
        return DenseIndex(left) if len(left) else None

    def link(self, text: str, vector: Vectors) -> Link:
        """Candidates for a message; `vector` is its query vector, shape (dimension,)."""
        text = normalise(text)
        words = self._tokens.content(text)
        found = self._own.candidates(text, words, vector)
        if self._guests:
            found += [replace(c, guest=True) for c in self._guests.candidates(text, words, vector)]
            found.sort(key=lambda c: -c.confidence)
        known = sum(self._knows(word) for word in words)
        all_votes = sum(c.votes for c in found) or 1.0
        found = [replace(c, votes=c.votes / all_votes) for c in found]
        elsewhere = float(self._elsewhere.nearness(vector.reshape(1, -1))[0]) if self._elsewhere else 0.0
        return Link(tuple(found), len(words), known / len(words) if words else 0.0, elsewhere)

    def _knows(self, word: str) -> bool:
        return self._own.knows(word) or (self._guests is not None and self._guests.knows(word))


def _inverse_frequencies(vocabulary: Mapping[Target, set[str]]) -> dict[str, float]:
    """log(1 + targets / targets whose phrases hold the word): rare words say more."""
    counts = Counter(word for words in vocabulary.values() for word in words)
    return {word: math.log(1 + len(vocabulary) / count) for word, count in counts.items()}
