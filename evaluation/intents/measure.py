"""Asks a running assistant wishes and questions; F1 of each wish, with the questions as what must not be taken for one.

What counts is the wish that the assistant acted on, so it is what the whole way of a message made of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import select

from bot.conversations.model import TurnRow
from bot.db.database import Database
from evaluation.figures.classes import by_class
from evaluation.own import Own

OTHER = "other"
"""Stands for every intent that is no wish for a deed."""
REPLY_SECONDS = 30


@dataclass(frozen=True)
class Wish:
    """A message and the intent that is right for it; OTHER for a question."""

    text: str
    intent: str


@dataclass(frozen=True)
class Heard:
    """`pairs`: (right, heard) in the order of the wishes, both OTHER where it is no wish for a deed."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def macro_f1(self) -> float:
        """The mean over the wishes of the set."""
        classes = by_class(list(self.pairs))
        scores = [c["f1"] or 0.0 for name, c in classes.items() if c["expected"] and name != OTHER]
        return sum(scores) / len(scores) if scores else 0.0

    @property
    def mistaken(self) -> float:
        """The share of the questions that were taken for a wish."""
        others = [heard for right, heard in self.pairs if right == OTHER]
        return sum(heard != OTHER for heard in others) / len(others) if others else 0.0


def load_wishes(path: Path) -> list[Wish]:
    """Rows {"text", "intent"}; raises ValueError with file and line, and quotes nothing."""
    wishes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            wishes.append(Wish(str(row["text"]), str(row["intent"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: {error!r}") from error
    return wishes


def hear(own: Own, wishes: Sequence[Wish]) -> Heard:
    """Asks each in a conversation of its own; raises httpx.HTTPError."""
    deeds = {wish.intent for wish in wishes} - {OTHER}
    run = uuid.uuid4().hex[:8]
    ids = []
    with httpx.Client(base_url=own.url, timeout=REPLY_SECONDS, trust_env=False) as client:
        for number, wish in enumerate(wishes):
            body = {"channel": "web", "sender": f"wish-{run}-{number}", "text": wish.text}
            response = client.post("/api/v1/messages", json=body)
            response.raise_for_status()
            ids.append(response.json()["turn_id"])
    stored = _stored_intents(own.database)
    heard = [stored.get(id_, OTHER) for id_ in ids]
    return Heard(tuple((w.intent, h if h in deeds else OTHER) for w, h in zip(wishes, heard, strict=True)))


def _stored_intents(url: str) -> dict[str, str]:
    """The wish that each turn acted on. An emergency that words alone told was answered before any intent was heard."""
    database = Database(url)
    try:
        with database.transaction() as session:
            rows = session.execute(select(TurnRow.id, TurnRow.status, TurnRow.scores)).all()
    finally:
        database.close()
    return {
        id_: _acted_on(status, (scores.get("intent") or [OTHER])[0]) for id_, status, scores in rows
    }


def _acted_on(status: str, intent: str) -> str:
    """A wish that the assistant heard but did not act on does not count."""
    if status == "emergency":
        return "report_emergency"
    if status.endswith(".handoff"):
        return "talk_to_person"
    acted = status == "answered.progress" or status.split(".")[0] in ("collecting", "done", "cancelled")
    return intent if acted else OTHER
