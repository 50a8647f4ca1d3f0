"""Expected class against the class that came, and precision and recall of each; the same for sets of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from evaluation.figures.shares import Retrieved, share

Pair = tuple[str, str]
"""(expected, got)"""

Labels = frozenset[str]


def confusion(pairs: Iterable[Pair]) -> dict[str, dict[str, int]]:
    """Expected → got → count, without zeros, sorted."""
    table: dict[str, Counter[str]] = {}
    for expected, got in pairs:
        table.setdefault(expected, Counter())[got] += 1
    return {expected: dict(sorted(table[expected].items())) for expected in sorted(table)}


def by_class(pairs: Sequence[Pair]) -> dict[str, dict[str, float | int | None]]:
    """Precision, recall and F1 of every class that was expected or came."""
    names = sorted({name for pair in pairs for name in pair})
    return {name: _retrieved(pairs, name).as_dict() for name in names}


def _retrieved(pairs: Sequence[Pair], name: str) -> Retrieved:
    hits = sum(expected == got == name for expected, got in pairs)
    wanted = sum(expected == name for expected, _ in pairs)
    came = sum(got == name for _, got in pairs)
    return Retrieved(hits, came - hits, wanted - hits)


def of_labels(pairs: Sequence[tuple[Labels, Labels]]) -> dict[str, Any]:
    """Micro precision, recall and F1 over (asked, got) sets, each label's own, and the share of equal sets."""
    counted = {label: _of_label(pairs, label) for label in sorted({x for pair in pairs for s in pair for x in s})}
    micro = Retrieved(
        sum(r.true_positives for r in counted.values()),
        sum(r.false_positives for r in counted.values()),
        sum(r.false_negatives for r in counted.values()),
    )
    return {
        **micro.as_dict(),
        "exact_set": share(asked == got for asked, got in pairs),
        "by_disclosure": {label: r.as_dict() for label, r in counted.items()},
    }


def _of_label(pairs: Sequence[tuple[Labels, Labels]], label: str) -> Retrieved:
    return Retrieved(
        sum(label in asked and label in got for asked, got in pairs),
        sum(label in got and label not in asked for asked, got in pairs),
        sum(label in asked and label not in got for asked, got in pairs),
    )
