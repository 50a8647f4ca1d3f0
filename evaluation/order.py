"""What one run of `wenban evaluate` is to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """`files`: question sets, named by their stems; `url`: of a running assistant, None starts one; `out`: folder of
    the reports, None for the one of the data folder; `failures`: also list them in the terminal; `slack`: how many
    questions a figure may lose at the gate."""

    files: tuple[Path, ...]
    url: str | None = None
    out: Path | None = None
    peers: bool = False
    failures: bool = False
    gate: bool = False
    set_baseline: bool = False
    slack: int = 0
