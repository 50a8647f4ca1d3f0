"""The report of a soak: a table for people, JSON for comparing runs, and what keeps it from being passed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from evaluation.load.report import machine
from evaluation.soak.plan import Wish
from evaluation.soak.run import Soaked
from evaluation.soak.supervisor import Listening

MOST_SECONDS = 3.8
NONE_OF = ("doubled", "doubled_parts", "unanswered", "wrong_recipient", "notices", "apologies", "repeats_failed")


def missed(done: Soaked) -> list[str]:
    """What is not as it has to be, a line each."""
    return list(_missed(done))


def _missed(done: Soaked) -> Iterator[str]:
    verdict, p99 = done.verdict, done.verdict.passive_seconds.get("p99")
    if verdict.once != verdict.messages:
        yield f"{verdict.messages - verdict.once} messages were not answered exactly once"
    for name in NONE_OF:
        if number := getattr(verdict, name):
            yield f"{name}: {number}, has to be 0"
    if verdict.repeats_alike != verdict.repeats:
        yield f"{verdict.repeats - verdict.repeats_alike} repeats were not answered alike"
    for name in ("complaints_doubled", "bookings_doubled", "outbox_dead"):
        if done.database[name]:
            yield f"{name}: {done.database[name]}, has to be 0"
    if p99 is None or p99 >= MOST_SECONDS:
        yield f"p99 of passive replies: {p99} s, has to be below {MOST_SECONDS} s"


def table(done: Soaked) -> Table:
    """One row a figure."""
    result = Table("figure", "value")
    result.columns[1].justify = "right"
    for name, value in _figures(done):
        result.add_row(name, value)
    return result


def _figures(done: Soaked) -> Iterator[tuple[str, str]]:
    for name, value in asdict(done.verdict).items():
        if name == "faults":
            continue
        told = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
        yield name, told
    for name, value in asdict(done).items():
        if name != "verdict":
            yield name, str(value)


def write(path: Path, wish: Wish, listening: Listening, within: float | None, done: Soaked, missed_: list[str]) -> None:
    """Writes the JSON in one step, so that a reader never sees half of it."""
    data: dict[str, Any] = {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "wish": {**asdict(wish), **asdict(listening), "answer_within": within},
        **asdict(done),
        "missed": missed_,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)
