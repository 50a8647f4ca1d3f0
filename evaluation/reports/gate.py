"""No key figure may fall: compares a report with the committed baseline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BASELINE = Path(__file__).parents[1] / "baseline.json"

KEY_FIGURES = (
    "right",
    "guide.found",
    "guide.exact",
    "guide.exact_or_clarified",
    "guide.wrong_item",
    "refusals.right",
    "refusals.false",
    "several.all_items",
    "right_by_expectation.clarify",
    "right_by_expectation.hall",
    "right_by_expectation.no_match",
    "linking.recall_at_1",
    "linking.recall_at_3",
    "disclosures.f1",
    "disclosures.exact_set",
)
LOWER_IS_BETTER = frozenset({"guide.wrong_item", "refusals.false"})
OURS = "wenban"

MANY = 250
_ROUNDING = 1e-9


def value(tree: Mapping[str, Any] | None, path: str) -> float | None:
    """The number at a dotted path; of a share, its value. None where there is none."""
    found: Any = tree
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        found = found.get("share")
    return None if found is None else float(found)


def questions(tree: Mapping[str, Any] | None, path: str) -> int:
    """Of how many questions the figure at a dotted path is; MANY for one that is no share of questions (F1)."""
    found: Any = tree
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return int(found.get("of") or MANY) if isinstance(found, Mapping) else MANY


def baseline_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """The key figures of our assistant, by set, in the form of baseline.json."""
    sets = {}
    for name, described in report["sets"].items():
        tree = report["figures"][name][OURS]
        figures = {path: found for path in KEY_FIGURES if (found := value(tree, path)) is not None}
        sets[name] = {"sha256": described["sha256"], "figures": figures}
    origin = {key: report["configuration"].get(key) for key in ("commit", "uncommitted_changes")}
    return {**origin, "sets": sets}


def gate(report: Mapping[str, Any], baseline: Mapping[str, Any], slack: int = 0) -> list[str]:
    """A sentence for each key figure that fell by more than `slack` questions below its baseline; empty when all is
    well. A set that was not evaluated, or has changed since, cannot be compared and is named too. Another kind of
    processor rounds the encoder's 8-bit products differently, which may move a question or two: hence the slack."""
    told = []
    for name, kept in baseline["sets"].items():
        described = report["sets"].get(name)
        if described is None:
            told.append(f"{name}: was not evaluated")
        elif described["sha256"] != kept["sha256"]:
            told.append(f"{name}: the questions are not those of the baseline")
        else:
            told += _fallen(name, report["figures"][name][OURS], kept["figures"], slack)
    return told


def _fallen(name: str, tree: Mapping[str, Any], kept: Mapping[str, float], slack: int) -> list[str]:
    told = []
    for path, before in kept.items():
        now, allowed = value(tree, path), slack / questions(tree, path) + _ROUNDING
        worse = now is None or (now > before + allowed if path in LOWER_IS_BETTER else now < before - allowed)
        if worse:
            told.append(f"{name}: {path} is {'missing' if now is None else f'{now:.4f}'}, the baseline {before:.4f}")
    return told


def load_baseline(path: Path = BASELINE) -> dict[str, Any]:
    """The committed figures; raises OSError or ValueError."""
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def write_baseline(report: Mapping[str, Any], path: Path = BASELINE) -> None:
    path.write_text(json.dumps(baseline_of(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
