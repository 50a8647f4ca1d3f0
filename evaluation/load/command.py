"""`wenban bench`: measures our assistant and a plain Rasa bot in turn."""

from __future__ import annotations

import signal
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import load_settings

Seconds = Annotated[float, typer.Option(min=1, max=600, help="length of each phase of concurrent senders, in seconds")]


def bench(seconds: Seconds = 12.0) -> None:
    """Measure answer times and throughput beside a plain Rasa bot."""
    from evaluation.load.benchmark import FAILURES, benchmark  # noqa: PLC0415  the other commands do without it

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to stop is as orderly as Ctrl-C
    try:
        benchmark(load_settings(), seconds, Console())
    except FAILURES as error:
        message = f"The benchmark was not finished: {error}"
        Console(stderr=True).print(message, style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
