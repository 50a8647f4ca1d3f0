"""The report in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.reports.gate import KEY_FIGURES, LOWER_IS_BETTER, OURS, value


def print_report(report: Mapping[str, Any], console: Console) -> None:
    """One table a set: key figures by system."""
    for name, systems in report["figures"].items():
        console.print(figures_table(name, systems, report["sets"][name]["questions"]))


def figures_table(name: str, systems: Mapping[str, Any], questions: int) -> Table:
    table = Table("figure", *systems, title=f"{name}, {questions} questions", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for path in KEY_FIGURES:
        cells = [shown(value(tree, path)) for tree in systems.values()]
        if any(cell != "-" for cell in cells):
            table.add_row(path + (" (lower is better)" if path in LOWER_IS_BETTER else ""), *cells)
    for quantile in ("median", "p95"):
        table.add_row(f"ms a message, {quantile}", *(_milliseconds(tree, quantile) for tree in systems.values()))
    return table


def print_failures(report: Mapping[str, Any], console: Console) -> None:
    """What our assistant did not get right."""
    for name, failures in report["failures"].items():
        console.print(f"{name}: {len(failures)} not right by {OURS}", style="bold")
        for f in failures:
            console.print(f"{f['id']} {f['text']}\n    wanted {f['wanted']}\n    got    {f['got']}", markup=False)


def shown(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"


def _milliseconds(tree: Mapping[str, Any], quantile: str) -> str:
    found = value(tree, f"latency_ms.whole.{quantile}")
    return "-" if found is None else f"{found:.1f}"
