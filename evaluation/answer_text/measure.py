"""Recall at the first place: each question must find its own answer, its phrasing being known to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.answer_text.material import Entry, Vectors
from knowledge.confidence import Confidence, Signals, judged
from knowledge.encoder.encoder import Encoder
from knowledge.index.answers import AnswerIndex, Answers, AnswerSettings, Questions, pieces
from knowledge.index.lexical import LexicalIndex
from knowledge.link import Linker, LinkSettings, Phrase, Shelf
from knowledge.target import Kind, Target
from knowledge.text.script import simplified
from knowledge.text.tokens import Tokens, normalise

Cut = Callable[[str], list[str]]
GRID = {"directions": (2, 3), "lexical_weight": (0.3, 0.4, 0.5), "neighbour_weight": (0.0, 0.7)}


@dataclass(frozen=True)
class Found:
    """Which questions found their answer at the first place; answers of the same words are the same answer."""

    right: NDArray[np.bool_]

    @property
    def share(self) -> float:
        return float(self.right.mean())

    def of(self, half: slice) -> float:
        """The share in every other entry."""
        return float(self.right[half].mean())


def by_answer(entries: Sequence[Entry], vectors: Vectors, cut: Cut, settings: AnswerSettings) -> Found:
    """Leave-one-out: the question asked is taken out of the known questions; of the others, none speaks for its own
    answer."""
    owners = np.concatenate([np.full(len(pieces(e.answer, settings)), i) for i, e in enumerate(entries)])
    words = [cut(e.question) for e in entries]
    known = Questions(vectors.questions, words, np.arange(len(entries)))
    answers = Answers(vectors.answers, vectors.pieces, owners, [cut(e.answer) for e in entries])
    index = AnswerIndex(answers, known, settings)
    best = [int(index.scores(vectors.questions[i], words[i], unseen=i).argmax()) for i in range(len(entries))]
    return Found(np.array([entries[b].answer == e.answer for b, e in zip(best, entries, strict=True)]))


def by_dense(entries: Sequence[Entry], vectors: Vectors) -> Found:
    """The baseline: cosine of question and whole answer."""
    best = (vectors.questions @ vectors.answers.T).argmax(axis=1)
    return Found(np.array([entries[b].answer == e.answer for b, e in zip(best, entries, strict=True)]))


def by_words(entries: Sequence[Entry], cut: Cut) -> Found:
    """The other baseline: BM25 over the words of the answers."""
    index = LexicalIndex([cut(e.answer) for e in entries])
    best = [int(index.relative(cut(e.question)).argmax()) for e in entries]
    return Found(np.array([entries[b].answer == e.answer for b, e in zip(best, entries, strict=True)]))


def chosen(entries: Sequence[Entry], vectors: Vectors, cut: Cut, base: AnswerSettings) -> AnswerSettings:
    """The settings of GRID that are best on the even entries."""
    tried = [base.model_copy(update=dict(zip(GRID, values, strict=True))) for values in product(*GRID.values())]
    return max(tried, key=lambda s: by_answer(entries, vectors, cut, s).of(slice(0, None, 2)))


@dataclass(frozen=True)
class Paraphrased:
    """Shares of the paraphrases that found their question at the first place."""

    total: int
    ours: float
    dense: float


def paraphrases(
    entries: Sequence[Entry],
    path: Path,
    encoder: Encoder,
    tokens: Tokens,
    *,
    settings: LinkSettings,
    confidence: Confidence,
) -> Paraphrased:
    """Paraphrases against all the questions, which are indexed and judged as the app does with FAQ entries."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [normalise(simplified(entry.question)) for entry in entries]
    vectors = encoder.encode_queries(texts)
    targets = [Target(Kind.FAQ, entry.id) for entry in entries]
    phrases = [
        Phrase(target, text, tokens.content(text), tokens.pieces(text))
        for target, text in zip(targets, texts, strict=True)
    ]
    told = {target: tokens.pieces(normalise(simplified(e.answer))) for target, e in zip(targets, entries, strict=True)}
    shelf = Shelf(phrases, vectors, settings, told)
    linker = Linker(shelf, None, tokens, settings)
    ours = dense = 0
    for row in rows:
        text = normalise(simplified(row["text"]))
        vector = encoder.encode_queries([text])[0]
        found = judged(linker.link(text, vector), Signals(asks=1.0), confidence).candidates
        ours += bool(found) and found[0].target.id == row["id"]
        dense += entries[int((vectors @ vector).argmax())].id == row["id"]
    return Paraphrased(len(rows), ours / len(rows), dense / len(rows))
