"""The commands that evaluation adds to `wenban` (entry points `wenban.commands`)."""

from __future__ import annotations

import importlib
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.settings import load_settings
from evaluation.order import Order
from evaluation.questions import DATASETS, FROZEN

console = Console()
MODULES = {"nlu": "nlu", "answers": "answer_text", "guests": "guests", "intents": "intents", "scale": "scale"}
"""The packages behind the words that stand for no question set."""

What = Annotated[
    list[str] | None,
    typer.Argument(help="question sets (JSON lines; by default frozen), or: nlu, answers, guests, intents, scale"),
]
Url = Annotated[str | None, typer.Option(help="ask the assistant there; without it, one is started")]
Out = Annotated[Path | None, typer.Option(help="folder of the reports, by default <data_dir>/evaluation")]
Peers = Annotated[bool, typer.Option(help="also ask the peers the same questions")]
Failures = Annotated[bool, typer.Option(help="also list what was not right")]
Gate = Annotated[bool, typer.Option(help="exit 1 when a key figure is below evaluation/baseline.json")]
Slack = Annotated[int, typer.Option(help="how many questions a figure may lose at the gate, for another processor")]
Keep = Annotated[bool, typer.Option(help="write the key figures to evaluation/baseline.json")]


def evaluate(
    what: What = None,
    *,
    url: Url = None,
    out: Out = None,
    peers: Peers = True,
    failures: Failures = False,
    gate: Gate = False,
    slack: Slack = 0,
    set_baseline: Keep = False,
) -> None:
    """Ask the assistant and its peers question sets; or cross-validate the NLU (nlu); or find a city's FAQ by answer
    and by paraphrase (answers); or ask beside the guides of another platform (guests); or hear wishes for deeds
    (intents); or search in 100,000 names (scale)."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to stop is as orderly as Ctrl-C
    words = tuple(what or ())
    special = MODULES.get(words[0]) if len(words) == 1 else None
    files = () if special else tuple(map(Path, words)) or (DATASETS / f"{FROZEN}.jsonl",)
    order = Order(files, url, out, peers, failures, gate, set_baseline, slack)
    module = f"evaluation.{special}.command" if special else "evaluation.run"
    fallen = _done(lambda: _module(module).run(load_settings(), order, console))
    for line in fallen or ():
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    if gate and fallen:
        raise typer.Exit(1)


def _done(do: Callable[[], Any]) -> Any:
    """Its result; what can go wrong becomes a line for people and exit status 1."""
    failures = (*_module("evaluation.load.benchmark").FAILURES, OSError, ValueError, LookupError)
    try:
        return do()
    except (*failures, _module("httpx").HTTPError) as error:
        console.print(f"评测没有完成：{error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _module(name: str) -> Any:
    """Imported when it is used: the other commands do without it, and the app alone lacks its libraries."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LookupError(f"{error.name} is missing: `make test` installs it, or pip install -e '.[dev]'") from error


def calibrate() -> None:
    """Choose the weights of confidence and the thresholds on the development sets (docs/calibration.md)."""
    _done(lambda: _module("evaluation.calibration.command").run(load_settings(), console))


def tune() -> None:
    """Learn the default encoder's adapter anew from pairs of texts that mean the same (an hour of processor time)."""
    _done(lambda: _module("evaluation.tuning.command").run(load_settings(), console))
