"""All figures of one system on one set, as a tree for the report. Each leaf is a Share or a plain number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from evaluation.figures.classes import by_class, confusion, of_labels
from evaluation.figures.shares import share
from evaluation.judging import Judged
from evaluation.load.figures import percentile
from evaluation.questions import STATUS_OF

REFUSED = ("out_of_scope", "privacy")
ANSWERABLE = ("guide", "several", "hall", "faq")
WHOLE = "whole"
"""The step that stands for the system's whole time for a message."""


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The tree; docs/evaluation.md defines each figure."""
    guide = _expecting(judged, "guide")
    return {
        "questions": len(judged),
        "right": share(j.right for j in judged),
        "right_by_expectation": {e: share(j.right for j in _expecting(judged, e)) for e in _expectations(judged)},
        "guide": guide_figures(guide),
        "refusals": _refusals(judged),
        "linking": _linking(guide),
        "disclosures": _disclosures(guide),
        "several": _several(_expecting(judged, "several")),
        "clarify": {"offers_right": share(j.offers_right for j in _expecting(judged, "clarify") if j.question.items)},
        "classes": _classes(judged),
        "curve": curve(guide),
        "latency_ms": latency(judged),
        "by_group": _grouped(guide, lambda j: j.question.group),
        "by_wording": _grouped(guide, lambda j: j.question.wording),
        "right_by_wording": _right_by_wording(judged),
    }


def guide_figures(guide: Sequence[Judged]) -> dict[str, Any]:
    """Of guide questions. `wrong_item` is a share of those answered without asking, the others of all."""
    return {
        "found": share(j.found for j in guide),
        "exact": share(j.exact for j in guide),
        "exact_or_clarified": share(j.exact or j.offers_right for j in guide),
        "wrong_item": share(j.wrong_item for j in guide if j.answered),
        "answered": share(j.answered for j in guide),
    }


def _refusals(judged: Sequence[Judged]) -> dict[str, Any]:
    """`false`: answerable questions that were refused; `unanswered`: those that nothing was found for."""
    answerable = _expecting(judged, *ANSWERABLE)
    return {
        "right": share(j.right for j in _expecting(judged, *REFUSED)),
        "false": share(_refused(j) for j in answerable),
        "unanswered": share(j.reply.status == STATUS_OF["no_match"] for j in answerable),
    }


def _refused(judged: Judged) -> bool:
    status = judged.reply.status
    return status == STATUS_OF["out_of_scope"] or status.startswith("refused.")


def _linking(guide: Sequence[Judged]) -> dict[str, Any] | None:
    """Whether a right item is the first, or among the first three; None where the system does not tell its ranking."""
    ranked = [(j.question.items, j.reply.ranking) for j in guide if j.reply.ranking is not None]
    if not ranked:
        return None
    return {
        f"recall_at_{k}": share(any(code in items for code in ranking[:k]) for items, ranking in ranked) for k in (1, 3)
    }


def _disclosures(guide: Sequence[Judged]) -> dict[str, Any]:
    """Over the guide questions that were answered from a guide; a whole guide counts as all eight."""
    answered = [j for j in guide if j.reply.status == STATUS_OF["guide"]]
    return of_labels([(j.question.asked, j.reply.disclosures) for j in answered])


def _several(several: Sequence[Judged]) -> dict[str, Any]:
    return {
        "all_items": share(j.all_items_right for j in several),
        "one_item": share(j.answered and bool({*j.reply.items} & {*j.question.items}) for j in several),
        "exact": share(j.right for j in several),
    }


def _classes(judged: Sequence[Judged]) -> dict[str, Any]:
    pairs = [(j.question.expect, j.reply.named) for j in judged]
    return {"confusion": confusion(pairs), "by_class": by_class(pairs)}


def curve(guide: Sequence[Judged]) -> list[dict[str, float]]:
    """Were only the guide questions answered whose confidence is at least the threshold: the share of all guide
    questions answered, and of those the share with the right item. By falling threshold."""
    answered = [j for j in guide if j.answered]
    rows = [(j.reply.confidence, j.item_right) for j in answered if j.reply.confidence is not None]
    rows.sort(key=lambda row: -row[0])
    points, right = [], 0
    for number, (confidence, is_right) in enumerate(rows, start=1):
        right += is_right
        if number == len(rows) or rows[number][0] < confidence:
            point = {"threshold": confidence, "coverage": number / len(guide), "precision": right / number}
            points.append(point)
    return points


def latency(judged: Sequence[Judged]) -> dict[str, dict[str, float | None]]:
    """Median and 95th percentile by step, in the order in which the steps first ran; WHOLE is the whole message."""
    took: dict[str, list[float]] = {}
    for j in judged:
        for step, milliseconds in j.reply.timings.items():
            took.setdefault(step, []).append(milliseconds)
    took[WHOLE] = [j.reply.elapsed_ms for j in judged]
    return {step: {"median": percentile(ms, 50), "p95": percentile(ms, 95)} for step, ms in took.items() if ms}


def _grouped(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, Any]:
    names = sorted({key(j) for j in judged})
    return {name: guide_figures([j for j in judged if key(j) == name]) for name in names}


def _right_by_wording(judged: Sequence[Judged]) -> dict[str, Any]:
    names = sorted({j.question.wording for j in judged})
    return {name: share(j.right for j in judged if j.question.wording == name) for name in names}


def _expecting(judged: Iterable[Judged], *expectations: str) -> list[Judged]:
    return [j for j in judged if j.question.expect in expectations]


def _expectations(judged: Sequence[Judged]) -> list[str]:
    return [e for e in STATUS_OF if any(j.question.expect == e for j in judged)]
