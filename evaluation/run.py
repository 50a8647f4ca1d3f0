"""One evaluation of answers from beginning to end: our assistant, then the peers, report, gate."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.settings import Settings
from evaluation.answering import ask
from evaluation.catalogue import Catalogue
from evaluation.judging import Judged
from evaluation.order import Order
from evaluation.own import own_assistant, with_stored
from evaluation.peers.all import all_peers
from evaluation.peers.peer import ask_peer
from evaluation.questions import Question, load_questions
from evaluation.reports import page, report, summary
from evaluation.reports.configuration import configuration
from evaluation.reports.gate import OURS, gate, load_baseline, write_baseline

Sets = Mapping[str, Sequence[Question]]


def run(settings: Settings, order: Order, console: Console) -> list[str]:
    """The figures that fell below the baseline; without the gate, none. Prints and writes the report."""
    folder = order.out or settings.data / "evaluation"
    baseline = load_baseline() if order.gate else None
    built = evaluate(settings, order, folder, console)
    report.write(built, folder / "report.json")
    (folder / "report.html").write_text(page.render(built), encoding="utf-8")
    summary.print_report(built, console)
    if order.failures:
        summary.print_failures(built, console)
    console.print(f"Written to {folder / 'report.html'}", highlight=False, soft_wrap=True)
    fallen = gate(built, baseline, order.slack) if baseline else []
    if order.set_baseline:
        write_baseline(built)
    return fallen


def evaluate(settings: Settings, order: Order, folder: Path, console: Console) -> dict[str, Any]:
    """The report; `folder` takes the logs of what is started."""
    paths = {path.stem: path for path in order.files}
    if len(paths) < len(order.files):
        raise ValueError("two question sets have the same name")
    sets = {name: load_questions(path) for name, path in paths.items()}
    catalogue = Catalogue.read(settings.knowledge)
    answers: dict[str, dict[str, list[Judged]]] = {name: {} for name in sets}
    with console.status("Asking our assistant …"):
        for name, judged in _ask_ours(sets, order.url, folder, catalogue).items():
            answers[name][OURS] = judged
    if order.peers:
        with console.status("Asking the peers …"), all_peers(settings, catalogue.faq_items, console) as peers:
            for peer in peers:
                for name, questions in sets.items():
                    answers[name][peer.name] = ask_peer(peer, questions)
    return report.build(answers, paths, configuration(settings, order.url))


def _ask_ours(sets: Sets, url: str | None, folder: Path, catalogue: Catalogue) -> dict[str, list[Judged]]:
    if url is not None:
        return {name: ask(url, questions, catalogue) for name, questions in sets.items()}
    with tempfile.TemporaryDirectory() as scratch, own_assistant(Path(scratch), folder) as own:
        asked = {name: ask(own.url, questions, catalogue) for name, questions in sets.items()}
        return {name: with_stored(judged, own.database) for name, judged in asked.items()}
