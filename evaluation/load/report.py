"""The report of a benchmark: a table for people, JSON for comparing runs."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.table import Table

from bot.settings import Settings
from evaluation.load.client import REPLY_SECONDS
from evaluation.load.figures import Figures, Ratios, ratios
from evaluation.load.plan import COMPARED_AT, IN_SEQUENCE, WARM_UP
from evaluation.load.systems import System
from evaluation.peers.plain_rasa.training import Peer

SETTINGS_SHOWN = {"encoder", "encoder_threads", "context_minutes", "log_level"}
PACKAGES = ("wenban", "fastapi", "uvicorn", "onnxruntime", "sentence-transformers", "aiohttp")


def table(measured: Sequence[Figures]) -> Table:
    """One row a phase and system, in the order of the phases."""
    result = Table("system", "senders", *(f"{unit}" for unit in ("messages/s", "p50 ms", "p99 ms", "errors")))
    for column in result.columns[2:]:
        column.justify = "right"
    for f in measured:
        result.add_row(f.system, f.phase, f"{f.rate:.1f}", _ms(f.p50_ms), _ms(f.p99_ms), str(f.errors))
    return result


def compared(measured: Sequence[Figures], names: Sequence[str]) -> Ratios:
    """Ours (the first name) to the peer (the second) at COMPARED_AT senders."""
    ours, peer = (next(f for f in measured if f.system == name and f.senders == COMPARED_AT) for name in names)
    return ratios(ours, peer)


def ratio_lines(ratio: Ratios) -> list[str]:
    """The two ratios as sentences."""
    return [
        f"messages/s, {ratio.phase}, wenban / plain Rasa: {_times(ratio.rate)} (above 1 is better)",
        f"p99, {ratio.phase}, wenban / plain Rasa: {_times(ratio.p99)} (below 1 is better)",
    ]


def machine() -> dict[str, Any]:
    """What is measured on; `load_average` (1 minute) tells whether others used the machine just before."""
    return {
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "cpus_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "load_average": os.getloadavg()[0],
    }


def configuration(settings: Settings, peer: Peer, systems: Sequence[System]) -> dict[str, Any]:
    """Versions and settings; secrets are not among the settings shown."""
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "rasa": peer.rasa_version,
        "plain_rasa_model": peer.folder.name,
        "settings": settings.model_dump(mode="json", include=SETTINGS_SHOWN),
        "own_rasa": settings.rasa_url is None,
        "start_seconds": {system.name: round(system.start_seconds, 1) for system in systems},
        "warm_up_messages": WARM_UP.messages,
        "messages_in_sequence": IN_SEQUENCE,
        "reply_limit_seconds": REPLY_SECONDS,
    }


def write(
    path: Path, before: dict[str, Any], config: dict[str, Any], measured: Sequence[Figures], ratio: Ratios
) -> None:
    """Writes the JSON in one step, so that a reader never sees half of it."""
    data = {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": before,
        "configuration": config,
        "figures": [dataclasses.asdict(f) for f in measured],
        "ratios": dataclasses.asdict(ratio),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
