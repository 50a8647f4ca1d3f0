"""The report as one tree: configuration, question sets, the figures of every system, what was not right."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.settings import ROOT
from evaluation.figures.answers import figures
from evaluation.judging import Judged
from evaluation.questions import FROZEN, fingerprint
from evaluation.reports.gate import OURS

Answers = Mapping[str, Mapping[str, Sequence[Judged]]]
"""Set → system → replies in the order of the set; our assistant is OURS."""


def build(answers: Answers, paths: Mapping[str, Path], configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values only, ready for JSON."""
    tree = {
        "configuration": configuration,
        "sets": {name: _described(paths[name], answers[name][OURS]) for name in answers},
        "figures": {
            name: {system: figures(judged) for system, judged in systems.items()} for name, systems in answers.items()
        },
        "failures": {name: failures(answers[name][OURS], hidden=name == FROZEN) for name in answers},
    }
    return plain(tree)


def plain(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree as JSON would have it, shares as mappings."""
    result: dict[str, Any] = json.loads(json.dumps(tree, default=_plain, ensure_ascii=False))
    return result


def failures(judged: Sequence[Judged], hidden: bool) -> list[dict[str, str]]:
    """What was wanted and what came, for each question that was not right; its text unless `hidden`."""
    return [
        {
            "id": j.question.id,
            "wording": j.question.wording,
            "text": "" if hidden else j.question.text,
            "wanted": _line(j.question.expect, j.question.items, j.question.disclosures),
            "got": _line(j.reply.status, j.reply.items or j.reply.offered, sorted(j.reply.disclosures)),
        }
        for j in judged
        if not j.right
    ]


def write(report: Mapping[str, Any], path: Path) -> None:
    """In one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def _line(kind: str, items: Sequence[str], disclosures: Sequence[str]) -> str:
    return " ".join(filter(None, (kind, "/".join(items), ",".join(disclosures))))


def _described(path: Path, judged: Sequence[Judged]) -> dict[str, Any]:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return {"file": str(shown), "sha256": fingerprint(path), "questions": len(judged)}


def _plain(leaf: Any) -> Any:
    if dataclasses.is_dataclass(leaf) and not isinstance(leaf, type):
        return dataclasses.asdict(leaf)
    raise TypeError(type(leaf).__name__)
