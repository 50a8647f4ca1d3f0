"""Fits the confidence: logistic regression over the candidates of all questions, each question in one fold only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from evaluation.calibration.collect import Asked
from knowledge.confidence import FEATURES, Confidence, Thresholds, features
from knowledge.link import Link

FOLDS = 5
INVERSE_REGULARISATION = 1.0
PLACEHOLDER = Thresholds(answer=0.5, rival=0.5, offer=0.05, found=0.1, found_guest=0.1)

Matrix = NDArray[np.float64]


def fit(asked: Sequence[Asked], encoder: str) -> Confidence:
    """The confidence fitted on all of them, with thresholds still to be chosen."""
    rows, right = _examples(asked)
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale < 1e-9] = 1.0
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000).fit((rows - mean) / scale, right)
    return Confidence(
        encoder=encoder,
        thresholds=PLACEHOLDER,
        chosen_on={},
        features=FEATURES,
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(model.coef_[0]),
        bias=round(float(model.intercept_[0]), 5),
    )


def cross_fitted(asked: Sequence[Asked], encoder: str) -> list[Confidence]:
    """For each question the confidence fitted on the other folds, which have not seen it, whatever it was asked
    beside."""
    numbers = np.arange(len(asked))
    texts = [(a.question.id, a.question.text) for a in asked]
    groups = [texts.index(text) for text in texts]
    found: list[Confidence | None] = [None] * len(asked)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(numbers, groups=groups):
        confidence = fit([asked[i] for i in train], encoder)
        for i in test:
            found[i] = confidence
    return [confidence for confidence in found if confidence is not None]


def _examples(asked: Sequence[Asked]) -> tuple[Matrix, NDArray[np.bool_]]:
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    for one in asked:
        link: Link = one.links[0]
        rows += features(link, one.signals)
        right += [c.target.id in one.question.items for c in link.candidates]
    return np.array(rows, float), np.array(right)


def _rounded(values: Matrix) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
