"""`wenban evaluate guests`: the Guangdong guides beside the demo hall."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.settings import ROOT, Settings
from evaluation.catalogue import Catalogue
from evaluation.figures.answers import figures
from evaluation.guests.measure import measure
from evaluation.order import Order
from evaluation.own import own_assistant
from evaluation.questions import DATASETS, FROZEN, load_questions
from evaluation.reports.gate import KEY_FIGURES, value
from evaluation.reports.report import plain, write

FILE = ROOT.parent / "shared" / "datasets" / "guangdong_guides.jsonl"
"""The export lies beside the project; docs/evaluation.md says where it is from."""
QUESTIONS = DATASETS / "guangdong_questions.jsonl"


def run(settings: Settings, order: Order, console: Console) -> None:
    """Measures, prints and writes guests.json; raises OSError where the export is absent."""
    questions = load_questions(DATASETS / f"{FROZEN}.jsonl")
    folder = order.out or settings.data / "evaluation"
    catalogue = Catalogue.read(settings.knowledge)
    with (
        console.status("Asking, importing, asking again …"),
        tempfile.TemporaryDirectory() as scratch,
        own_assistant(Path(scratch), folder) as own,
    ):
        result = measure(own, catalogue, questions, QUESTIONS, FILE)
    before, after, guests = (plain(figures(judged)) for judged in (result.before, result.after, result.guests))
    table = Table("figure", "own, before", "own, after", "guests")
    for path in KEY_FIGURES:
        table.add_row(path, *(_shown(value(tree, path)) for tree in (before, after, guests)))
    console.print(table)
    console.print(f"A guest was answerable {result.seconds:.2f} s after the import.", highlight=False)
    missed = [j.question.id for j in result.guests if not j.found]
    console.print(f"Not found: {', '.join(missed) or 'none'}", highlight=False)
    write({"before": before, "after": after, "guests": guests, "seconds": result.seconds}, folder / "guests.json")


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.4f}"
