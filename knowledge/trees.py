"""Boosted regression trees as plain figures: no library is needed to ask them, and a file of them can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer, model_validator

from knowledge.model import Strict


def _split(given: Any) -> Any:
    return given.split() if isinstance(given, str) else given


def _join(numbers: Sequence[float]) -> str:
    return " ".join(map(str, numbers))


# One text of many figures: YAML would take half a second to read each as a value of its own.
_Integers = Annotated[tuple[int, ...], BeforeValidator(_split), PlainSerializer(_join)]
_Figures = Annotated[tuple[float, ...], BeforeValidator(_split), PlainSerializer(_join)]


class Trees(Strict):
    """All nodes of all trees, one after the other. In node i the column `feature[i]` of a row is compared with
    `threshold[i]`: a figure that is not above it goes on to node `left[i]`, another to `right[i]`. A leaf leads to
    itself, and `value[i]` is what it adds to `baseline`. `roots` are the first nodes, `depth` is the most steps to a
    leaf."""

    baseline: float
    depth: int
    roots: _Integers
    feature: _Integers
    threshold: _Figures
    left: _Integers
    right: _Integers
    value: _Figures

    @model_validator(mode="after")
    def _complete(self) -> Trees:
        nodes = len(self.feature)
        if {len(self.threshold), len(self.left), len(self.right), len(self.value)} != {nodes}:
            raise ValueError("feature、threshold、left、right、value 的个数必须相同，请重新运行 wenban calibrate")
        if not all(0 <= node < nodes for node in (*self.roots, *self.left, *self.right)):
            raise ValueError("roots、left、right 必须是已有的节点，请重新运行 wenban calibrate")
        return self

    @cached_property
    def _nodes(self) -> tuple[NDArray[np.intp], ...]:
        """Roots, features, and the next nodes: those of node i, left and right, are at 2i and 2i + 1."""
        following = np.array([self.left, self.right], np.intp).T.ravel()
        return np.array(self.roots, np.intp), np.array(self.feature, np.intp), following

    @cached_property
    def _figures(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array(self.threshold), np.array(self.value)

    def sums(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the trees add up to for each row; `rows` has shape (n, features), the result (n,)."""
        roots, feature, following = self._nodes
        threshold, value = self._figures
        at = np.broadcast_to(roots, (len(rows), len(roots)))
        figures, row = rows.ravel(), np.arange(len(rows))[:, None] * rows.shape[1]
        for _ in range(self.depth):  # `take` costs half of what an index in brackets does
            above = figures.take(row + feature.take(at)) > threshold.take(at)
            at = following.take(2 * at + above)
        total: NDArray[np.float64] = self.baseline + value.take(at).sum(axis=1)
        return total
