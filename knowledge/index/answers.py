"""Finds FAQ entries by the text of their answers, for questions that no known phrasing resembles.

A question and its answer are farther apart than two phrasings, and some answers are near to every question. So the
vectors are centred and freed of their common directions (Mu and Viswanath, "All-but-the-Top", ICLR 2018), words count
as well (BM25), and from each score is taken how near the answer is to questions of other entries (querybank
normalisation: Bogolin et al., CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from knowledge.encoder.encoder import Vectors
from knowledge.index.lexical import LexicalIndex
from knowledge.model import Share, Strict

Scores = NDArray[np.float32]


class AnswerSettings(Strict):
    """Of answers.yaml: characters of a piece of an answer and of the step to the next; how many common directions are
    removed; the weight of words; how many foreign questions speak against an answer, and how much."""

    piece: Annotated[int, Field(ge=20, le=500)]
    step: Annotated[int, Field(ge=10, le=500)]
    directions: Annotated[int, Field(ge=0, le=20)]
    lexical_weight: Share
    neighbours: Annotated[int, Field(ge=1, le=100)]
    neighbour_weight: Share

    @model_validator(mode="after")
    def _no_gaps(self) -> AnswerSettings:
        if self.step > self.piece:
            raise ValueError("step 不能大于 piece，否则答案会有漏掉的部分")
        return self


@dataclass(frozen=True)
class Questions:
    """Known questions: query vectors of shape (questions, dimension), their words, and whose they are (answer
    numbers)."""

    vectors: Vectors
    words: Sequence[Sequence[str]]
    owners: NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """Passage vectors of whole answers and of their pieces, with the answer number of each piece; the words of each
    answer."""

    whole: Vectors
    pieces: Vectors
    owners: NDArray[np.int64]
    words: Sequence[Sequence[str]]


def pieces(answer: str, settings: AnswerSettings) -> list[str]:
    """Overlapping pieces of an answer; a short one is one piece."""
    last = max(len(answer) - (settings.piece - settings.step), 1)
    return [answer[start : start + settings.piece] for start in range(0, last, settings.step)]


class AnswerIndex:
    """Scores every answer for a question."""

    def __init__(self, answers: Answers, known: Questions, settings: AnswerSettings) -> None:
        self._settings, self._owners = settings, answers.owners
        directions = _Space(answers.whole).principal(settings.directions)
        self._queries = _Space(known.vectors, directions)
        self._whole = _Space(answers.whole, directions).map(answers.whole)
        self._pieces = _Space(answers.pieces, directions).map(answers.pieces)
        self._lexical = LexicalIndex(answers.words)
        self._bank_owners = known.owners
        self._bank_scores = self._raw(known.vectors, known.words)
        self._nearest, self._stranger_scores = self._nearest_strangers()

    def scores(self, vector: Vectors, words: Sequence[str], unseen: int | None = None) -> Scores:
        """A score for each answer. `unseen` is the number of the known question that is to be treated as if it had
        never been known (for leave-one-out evaluation)."""
        raw = self._raw(vector.reshape(1, -1), [words])[0]
        result: Scores = raw - self._settings.neighbour_weight * self._against(unseen)
        return result

    def _raw(self, vectors: Vectors, words: Sequence[Sequence[str]]) -> Scores:
        """Scores before normalisation, of shape (questions, answers)."""
        queries = self._queries.map(vectors)
        near = queries @ self._pieces.T
        best = np.full((len(vectors), len(self._whole)), -1.0, np.float32)
        np.maximum.at(best.T, self._owners, near.T)
        scores = queries @ self._whole.T + best
        lexical = np.stack([self._lexical.relative(w) for w in words])
        together: Scores = scores + self._settings.lexical_weight * lexical
        return together

    def _nearest_strangers(self) -> tuple[NDArray[np.int64], Scores]:
        """For each answer the known questions of other entries that score highest, one more than are needed, and their
        scores; -inf where there are not so many."""
        scores = self._bank_scores.copy()
        scores[np.arange(len(scores)), self._bank_owners] = -np.inf
        nearest = np.argsort(-scores, axis=0)[: self._settings.neighbours + 1]
        return nearest, np.take_along_axis(scores, nearest, axis=0)

    def _against(self, unseen: int | None) -> Scores:
        """The mean score of each answer's nearest foreign questions; 0 where there are none."""
        counted = np.isfinite(self._stranger_scores)
        if unseen is not None:
            counted &= self._nearest != unseen
        counted &= counted.cumsum(axis=0) <= self._settings.neighbours
        total = np.where(counted, self._stranger_scores, 0.0).sum(axis=0)
        mean: Scores = (total / np.maximum(counted.sum(axis=0), 1)).astype(np.float32)
        return mean


class _Space:
    """Takes from vectors what all of a kind have in common: their mean, and given directions."""

    def __init__(self, vectors: Vectors, directions: Vectors | None = None) -> None:
        self._mean = vectors.mean(axis=0)
        self._vectors, self._directions = vectors, directions

    def principal(self, count: int) -> Vectors:
        """The first principal directions of the vectors, of shape (count, dimension)."""
        found: Vectors = np.linalg.svd(self._vectors - self._mean, full_matrices=False)[2][:count]
        return found

    def map(self, vectors: Vectors) -> Vectors:
        """L2-normalised vectors of the same shape."""
        centred = vectors - self._mean
        if self._directions is not None:
            centred = centred - (centred @ self._directions.T) @ self._directions
        mapped: Vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return mapped
