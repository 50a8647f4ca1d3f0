"""Finds what a message is about: by cosine to its phrases, and by the words and characters of all that tells of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from knowledge.encoder.encoder import Vectors
from knowledge.index.dense import DenseIndex
from knowledge.index.lexical import LexicalIndex
from knowledge.model import Share, Strict
from knowledge.target import Target
from knowledge.text.tokens import Tokens, normalise

VOTE_WIDTH = 0.035
"""A phrase whose cosine is this much below the nearest one's has 1/e of its vote."""
NOTHING_TOLD: Mapping[Target, Sequence[str]] = MappingProxyType({})
LITERAL_FROM = 4
"""Shortest name, in characters, that counts when it stands in the message word for word."""


class LinkSettings(Strict):
    """Of linking.yaml; the figures hold for the encoder named there.

    depth: how many targets of each shelf are weighed; wording_weight: how much of its cosine a target loses whose
    wording has nothing of the message; unknown_weight: how much a word that no name holds speaks against all of them;
    same_service: the cosine from which a service of elsewhere counts as one that is published.
    """

    encoder: str
    depth: Annotated[int, Field(ge=5, le=50)]
    wording_weight: Share
    unknown_weight: Share
    same_service: Share


@dataclass(frozen=True)
class Candidate:
    """A target and how near the message is to it: `cosine` of its best phrase, less what its wording lacks; `wording`
    0..1, how much of the message its wording has, 1 for the best of its shelf; `coverage` 0..1, the share of the
    message's content words, weighted by rarity, that its phrases hold; `literal`, whether one of its phrases stands in
    the message word for word; `votes` 0..1, the share of the nearest phrases that are its own, nearer ones more;
    `confidence` 0..1 is the cosine until `knowledge.confidence` judges it."""

    target: Target
    cosine: float
    coverage: float
    confidence: float
    wording: float = 0.0
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


@dataclass(frozen=True)
class Phrase:
    """A phrase under which a target is found, normalised, with its content words and its pieces (`Tokens.pieces`)."""

    target: Target
    text: str
    words: Sequence[str]
    pieces: Sequence[str]


class Shelf:
    """The index over the phrases of some targets. Built once; a new one replaces it when knowledge changes."""

    def __init__(
        self,
        phrases: Sequence[Phrase],
        vectors: Vectors,
        settings: LinkSettings,
        told: Mapping[Target, Sequence[str]] = NOTHING_TOLD,
    ) -> None:
        """`vectors` are the query vectors of the phrases, of shape (phrases, dimension); `told` are the pieces of what
        else tells of a target, as the answer of an FAQ entry does."""
        self._settings = settings
        self._targets = list(dict.fromkeys(phrase.target for phrase in phrases))
        owner_of = {target: number for number, target in enumerate(self._targets)}
        self._dense = DenseIndex(vectors)
        self._owners = np.array([owner_of[phrase.target] for phrase in phrases])
        phrases_of: list[list[int]] = [[] for _ in self._targets]
        self._vocabulary: list[set[str]] = [set() for _ in self._targets]
        self._long_names: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            owner = owner_of[phrase.target]
            phrases_of[owner].append(number)
            self._vocabulary[owner].update(phrase.words)
            if len(phrase.text) >= LITERAL_FROM and phrase.words:
                self._long_names.setdefault(phrase.text, []).append(owner)
        self._phrases = [np.array(numbers) for numbers in phrases_of]
        self._longest = max(map(len, self._long_names), default=0)
        self._beginnings = {name[:LITERAL_FROM] for name in self._long_names}
        self._wording = LexicalIndex(
            [
                [piece for number in own for piece in phrases[number].pieces] + list(told.get(target, ()))
                for target, own in zip(self._targets, phrases_of, strict=True)
            ]
        )
        self._weights = _inverse_frequencies(self._vocabulary)
        self._unknown = settings.unknown_weight * math.log(1 + len(self._vocabulary))

    def candidates(self, text: str, words: Sequence[str], pieces: Sequence[str], vector: Vectors) -> list[Candidate]:
        """Candidates for normalised text, best first; `vector` is its query vector, shape (dimension,). Their votes are
        weights still, not shares."""
        depth = min(self._settings.depth, len(self._targets))
        cosines, votes = self._nearest(vector)
        wording = self._wording.relative(pieces)
        for number in np.argpartition(-wording, depth - 1)[:depth]:
            if cosines[number] == -np.inf:
                cosines[number] = self._dense.cosines(self._phrases[number], vector).max()
        near = cosines - self._settings.wording_weight * (1 - wording)
        best = np.argpartition(-near, depth - 1)[:depth]
        best = best[np.argsort(-near[best], kind="stable")]
        literal = {number for name in self._names_in(text) for number in self._long_names[name]}
        asked = sum(self._weights.get(word, self._unknown) for word in words)
        return [
            Candidate(
                self._targets[number],
                cosine,
                self._coverage(number, words, asked),
                cosine,
                likeness,
                number in literal,
                vote,
            )
            for number, cosine, likeness, vote in zip(
                best.tolist(), near[best].tolist(), wording[best].tolist(), votes[best].tolist(), strict=True
            )
            if cosine > -np.inf
        ]

    def knows(self, word: str) -> bool:
        """Whether a phrase holds the word."""
        return word in self._weights

    def nearness(self, vectors: Vectors) -> Vectors:
        """The cosine of each vector, of shape (n, dimension), with the phrase nearest to it; shape (n,)."""
        return self._dense.nearness(vectors)

    def _nearest(self, vector: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The best cosine and the votes of each target, shape (targets,): -inf and 0 for one that is not among the
        nearest entries."""
        entries, cosines = self._dense.search(vector, self._settings.depth * 8)
        owners = self._owners[entries]
        best = np.full(len(self._targets), -np.inf)
        best[owners[::-1]] = cosines[::-1]  # the nearest last: of several to one place, the last stays
        votes = np.zeros(len(self._targets))
        np.add.at(votes, owners, np.exp((cosines - 1) / VOTE_WIDTH))
        return best, votes

    def _coverage(self, target: int, words: Sequence[str], asked: float) -> float:
        """The share of `asked`, the weight of all words, that the words in the target's phrases have."""
        vocabulary = self._vocabulary[target]
        held = [self._weights[word] for word in words if word in vocabulary]
        return sum(held) / asked if held else 0.0

    def _names_in(self, text: str) -> set[str]:
        """The names that stand in the text; by look-up of its pieces, because there may be many thousand names."""
        starts = (i for i in range(len(text)) if text[i : i + LITERAL_FROM] in self._beginnings)
        ends = range(LITERAL_FROM, self._longest + 1)
        pieces = {text[i : i + n] for i in starts for n in ends if i + n <= len(text)}
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
        words, pieces = self._tokens.content(text), self._tokens.pieces(text)
        found = self._own.candidates(text, words, pieces, vector)
        if self._guests:
            found += [replace(c, guest=True) for c in self._guests.candidates(text, words, pieces, vector)]
            found.sort(key=lambda c: -c.confidence)
        known = sum(self._knows(word) for word in words)
        all_votes = sum(c.votes for c in found) or 1.0
        found = [replace(c, votes=c.votes / all_votes) for c in found]
        elsewhere = float(self._elsewhere.nearness(vector.reshape(1, -1))[0]) if self._elsewhere else 0.0
        return Link(tuple(found), len(words), known / len(words) if words else 0.0, elsewhere)

    def _knows(self, word: str) -> bool:
        return self._own.knows(word) or (self._guests is not None and self._guests.knows(word))


def _inverse_frequencies(vocabulary: Sequence[set[str]]) -> dict[str, float]:
    """log(1 + targets / targets whose phrases hold the word): rare words say more."""
    counts = Counter(word for words in vocabulary for word in words)
    return {word: math.log(1 + len(vocabulary) / count) for word, count in counts.items()}
