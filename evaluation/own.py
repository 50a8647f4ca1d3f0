"""An assistant of its own for the evaluation, on a scratch database, and what it stored with each turn."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.conversations.model import TurnRow
from bot.db.database import Database
from bot.processes.rasa_process import free_port
from bot.settings import ROOT
from evaluation.judging import Judged
from evaluation.load.processes import running
from knowledge.target import Kind

READY_SECONDS = 180.0


@dataclass(frozen=True)
class Own:
    """A running assistant: its address, the SQLAlchemy URL of its database, and how long it took to be ready."""

    url: str
    database: str
    start_seconds: float


@contextmanager
def own_assistant(scratch: Path, logs: Path) -> Iterator[Own]:
    """As `wenban serve` starts it, but on a free port, on loopback; raises BenchError when it does not start."""
    port = free_port()
    url, database = f"http://127.0.0.1:{port}", f"sqlite:///{scratch / 'evaluation.sqlite3'}"
    settings = {"WENBAN_HOST": "127.0.0.1", "WENBAN_PORT": str(port), "WENBAN_DATABASE_URL": database}
    command = [sys.executable, "-m", "bot.cli.main", "serve"]
    with running("wenban", command, ROOT, {**os.environ, **settings}, logs / "wenban.log") as child:
        seconds = child.wait_until_ready(f"{url}/healthz", READY_SECONDS)
        yield Own(url, database, seconds)


def with_stored(judged: Sequence[Judged], database: str) -> list[Judged]:
    """The replies with the ranking of items and the timings that were stored with their turns."""
    with closing(Database(database)) as opened, opened.transaction() as session:
        rows = session.execute(select(TurnRow.id, TurnRow.scores, TurnRow.timings)).all()
    stored = {id_: (scores, timings) for id_, scores, timings in rows}
    result = []
    for j in judged:
        scores, timings = stored.get(j.reply.turn_id, ({}, {}))
        reply = replace(j.reply, ranking=ranking_of(scores), timings=timings)
        result.append(Judged(j.question, reply))
    return result


def ranking_of(scores: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The items among the targets that were stored, [kind, id, confidence, cosine] best first; None when nothing was
    searched for."""
    found = scores.get("found")
    return None if found is None else tuple(row[1] for row in found if row[0] == Kind.GUIDE)
