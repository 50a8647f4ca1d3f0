"""The commands that evaluation adds to `wenban` (entry points `wenban.commands`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from evaluation.answering import evaluate as ask
from evaluation.answering import report
from evaluation.questions import DATASETS, load_questions

console = Console()

Url = Annotated[str, typer.Option(help="address of the running assistant")]


def evaluate(
    file: Annotated[Path, typer.Argument(help="question set, JSON lines")] = DATASETS / "acceptance.jsonl",
    url: Url = "http://127.0.0.1:8000",
    failures: Annotated[bool, typer.Option(help="also list what was not right")] = False,
) -> None:
    """Ask the running assistant a question set and report how much is right."""
    try:
        judged = ask(url, load_questions(file))
    except (httpx.HTTPError, OSError, ValueError) as error:
        console.print(f"评测没有完成：{error}", style="red", markup=False)
        raise typer.Exit(1) from error
    table = Table("group", "right", "of", "share")
    for row in report(judged):
        table.add_row(row.group, str(row.right), str(row.total), f"{row.share:.3f}")
    console.print(table)
    for j in judged:
        if failures and not j.right:
            wanted = f"{j.question.expect} {','.join(j.question.items)} {','.join(j.question.disclosures)}"
            got = f"{j.status} {j.item or '/'.join(j.offered)} {','.join(sorted(j.disclosures))}"
            console.print(f"{j.question.id} {j.question.text}\n    wanted {wanted}\n    got    {got}", markup=False)
