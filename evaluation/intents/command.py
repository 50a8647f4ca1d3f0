"""`wenban evaluate intents`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.settings import Settings
from evaluation.figures.classes import by_class, confusion
from evaluation.intents.measure import OTHER, Heard, Wish, hear, load_wishes
from evaluation.order import Order
from evaluation.own import own_assistant
from evaluation.questions import DATASETS, FROZEN, load_questions
from evaluation.reports.report import write

BASELINE = Path(__file__).parents[1] / "baseline_intents.json"
SETS = {
    "development": (DATASETS / "development_deeds.jsonl", DATASETS / "development.jsonl"),
    "frozen": (DATASETS / f"{FROZEN}_deeds.jsonl", DATASETS / f"{FROZEN}.jsonl"),
}
"""Wishes, and the questions that stand beside them as what is no wish."""
ONE_QUESTION = 1 / 196
"""What one wish of the frozen set is worth, about, in macro F1."""


def run(settings: Settings, order: Order, console: Console) -> list[str]:
    """Prints the F1 of each wish, writes intents.json, and tells what fell below the baseline."""
    folder = order.out or settings.data / "evaluation"
    with (
        console.status("Asking wishes and questions …"),
        tempfile.TemporaryDirectory() as scratch,
        own_assistant(Path(scratch), folder) as own,
    ):
        heard = {name: hear(own, _mixed(*paths)) for name, paths in SETS.items()}
    console.print(_table(heard))
    built = {name: _described(h) for name, h in heard.items()}
    write(built, folder / "intents.json")
    figures = {name: {"macro_f1": h.macro_f1, "mistaken": h.mistaken} for name, h in heard.items()}
    fallen = _fallen(figures, json.loads(BASELINE.read_text()), order.slack) if BASELINE.exists() else []
    if order.set_baseline:
        BASELINE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return fallen


def _mixed(wishes: Path, questions: Path) -> list[Wish]:
    return [*load_wishes(wishes), *(Wish(q.text, OTHER) for q in load_questions(questions))]


def _table(heard: Mapping[str, Heard]) -> Table:
    table = Table("wish", *heard)
    classes = {name: by_class(list(h.pairs)) for name, h in heard.items()}
    for wish in sorted(set().union(*classes.values()) - {OTHER}):
        table.add_row(wish, *(f"{(classes[name].get(wish) or {}).get('f1') or 0:.3f}" for name in heard))
    table.add_row("macro F1", *(f"{h.macro_f1:.3f}" for h in heard.values()))
    table.add_row("questions taken for a wish", *(f"{h.mistaken:.3f}" for h in heard.values()))
    return table


def _described(heard: Heard) -> dict[str, Any]:
    pairs = list(heard.pairs)
    figures = {"macro_f1": heard.macro_f1, "mistaken": heard.mistaken}
    return {**figures, "by_class": by_class(pairs), "confusion": confusion(pairs)}


def _fallen(now: Mapping[str, Any], before: Mapping[str, Any], slack: int) -> list[str]:
    allowed = slack * ONE_QUESTION + 1e-9
    told = []
    for name, kept in before.items():
        if now[name]["macro_f1"] < kept["macro_f1"] - allowed:
            told.append(f"{name}: macro F1 is {now[name]['macro_f1']:.4f}, the baseline {kept['macro_f1']:.4f}")
        if now[name]["mistaken"] > kept["mistaken"] + allowed:
            told.append(f"{name}: {now[name]['mistaken']:.4f} mistaken for wishes, the baseline {kept['mistaken']:.4f}")
    return told
