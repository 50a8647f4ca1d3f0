"""Shares with their uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """`right` of `of`; `low` and `high` are the 95 % interval (Wilson, 1927). All None without cases."""

    right: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def share(flags: Iterable[bool]) -> Share:
    """The share of true ones."""
    listed = list(flags)
    right, n = sum(listed), len(listed)
    if not n:
        return Share(0, 0, None, None, None)
    p = right / n
    middle = p + _Z**2 / (2 * n)
    width = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    return Share(right, n, p, max((middle - width) / scale, 0.0), min((middle + width) / scale, 1.0))


@dataclass(frozen=True)
class Retrieved:
    """Precision, recall and F1 from counts; None where there is nothing to divide by."""

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float | None:
        return _divided(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        return _divided(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        wrong = self.false_positives + self.false_negatives
        return _divided(2 * self.true_positives, 2 * self.true_positives + wrong)

    def as_dict(self) -> dict[str, float | int | None]:
        """For the report."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "expected": self.true_positives + self.false_negatives,
            "got": self.true_positives + self.false_positives,
        }


def _divided(part: int, whole: int) -> float | None:
    return part / whole if whole else None
