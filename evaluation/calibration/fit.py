"""Fits the confidence: boosted trees over the candidates of all questions, each question in one fold only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from evaluation.calibration.collect import Among, Asked
from knowledge.confidence import FEATURES, Confidence, Thresholds, features
from knowledge.link import Link
from knowledge.target import Kind
from knowledge.trees import Trees

FOLDS = 5
PLACEHOLDER = Thresholds(
    answer=0.5, rival=0.5, offer=0.05, found=0.1, answer_guest=0.5, rival_guest=0.5, found_guest=0.1
)
MORE_IS_LIKELIER = frozenset((
    "cosine", "coverage", "cosine_lead", "coverage_lead", "cosine_lead_of_kind", "coverage_lead_of_kind", "literal",
    "wording", "wording_lead", "votes", "votes_lead", "elsewhere_lead",
))  # fmt: skip
"""Of two candidates that are equal otherwise, the one with more of it is never held for the less likely one."""
BOOSTING = {
    "max_iter": 150, "learning_rate": 0.06, "max_leaf_nodes": 24, "max_depth": 7, "min_samples_leaf": 40,
    "l2_regularization": 5.0,
}  # fmt: skip
DIGITS = 6
JUDGED = {Among.WISHES: {Kind.FAQ, Kind.FACILITY, Kind.TOPIC}, Among.ELSEWHERE: {Kind.GUIDE}}
"""What is known to be wrong there: an item may well be what a wish is about, and a topic what another hall does."""

Matrix = NDArray[np.float64]


def fit(asked: Sequence[Asked], encoder: str) -> Confidence:
    """The confidence fitted on all of them, with thresholds still to be chosen."""
    rows, right = _examples(asked)
    trees = boosted(rows, right, [int(name in MORE_IS_LIKELIER) for name in FEATURES])
    return Confidence(encoder=encoder, thresholds=PLACEHOLDER, chosen_on={}, features=FEATURES, trees=trees)


def boosted(rows: Matrix, right: NDArray[np.bool_], rising: Sequence[int]) -> Trees:
    """Trees whose sum is the log odds of `right`; where `rising` is 1, they never fall with that column."""
    model = HistGradientBoostingClassifier(
        **BOOSTING, monotonic_cst=list(rising), early_stopping=False, random_state=0
    ).fit(rows, right)
    nodes = [predictor.nodes for (predictor,) in model._predictors]
    roots = np.cumsum([0, *map(len, nodes)])
    every, first = np.concatenate(nodes), np.repeat(roots[:-1], list(map(len, nodes)))
    leaf, itself = every["is_leaf"].astype(bool), np.arange(len(every))
    return Trees(
        baseline=round(float(model._baseline_prediction.item()), DIGITS),
        depth=int(every["depth"].max()),
        roots=tuple(roots[:-1].tolist()),
        feature=tuple(np.where(leaf, 0, every["feature_idx"]).tolist()),
        threshold=tuple(np.where(leaf, 0.0, every["num_threshold"]).tolist()),  # a figure may be equal to it
        left=tuple(np.where(leaf, itself, every["left"] + first).tolist()),
        right=tuple(np.where(leaf, itself, every["right"] + first).tolist()),
        value=_rounded(np.where(leaf, every["value"], 0.0)),
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
        for candidate, row in zip(link.candidates, features(link, one.signals), strict=True):
            if candidate.target.kind in JUDGED.get(one.among, Kind):
                rows.append(row)
                right.append(candidate.target.id in one.question.items)
    return np.array(rows, float), np.array(right)


def _rounded(values: Matrix) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) for value in values)
