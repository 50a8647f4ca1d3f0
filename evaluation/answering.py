"""Asks the running assistant every question of a set, over HTTP, and compares the replies with what is right."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from evaluation.questions import STATUS_OF, Question


@dataclass(frozen=True)
class Judged:
    """One question with the reply's status, item and disclosures, and whether they are right."""

    question: Question
    status: str
    item: str | None
    disclosures: frozenset[str]
    offered: tuple[str, ...]
    elapsed_ms: int

    @property
    def item_right(self) -> bool:
        return self.item is not None and self.item in self.question.items

    @property
    def right(self) -> bool:
        """For a guide question item and disclosures, both exactly; otherwise the status."""
        if self.question.expect == "guide":
            return self.item_right and self.disclosures == self.question.asked
        return self.status == STATUS_OF[self.question.expect]


async def ask_all(url: str, questions: Iterable[Question]) -> list[Judged]:
    """One conversation of its own for each question."""
    run = uuid.uuid4().hex[:8]
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        return [await _ask(client, question, f"evaluation-{run}-{question.id}") for question in questions]


async def _ask(client: httpx.AsyncClient, question: Question, sender: str) -> Judged:
    body = {"channel": "web", "sender": sender, "text": question.text}
    response = await client.post("/api/v1/messages", json=body)
    response.raise_for_status()
    reply: dict[str, Any] = response.json()
    options = [o["title"] for r in reply["replies"] if r["type"] == "options" for o in r["options"]]
    return Judged(
        question,
        reply["status"],
        reply["item"],
        frozenset(reply["disclosures"]),
        tuple(options),
        reply["elapsed_ms"],
    )


@dataclass(frozen=True)
class Row:
    """A line of the report: how many of a group were right."""

    group: str
    right: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


def report(judged: list[Judged]) -> list[Row]:
    """By what was expected, the parts of guide questions, and by kind of wording."""
    guide = [j for j in judged if j.question.expect == "guide"]
    rows = [_row(f"expect {e}", (j for j in judged if j.question.expect == e)) for e in STATUS_OF]
    rows.append(Row("guide: item right", sum(j.item_right for j in guide), len(guide)))
    answered = [j for j in guide if j.item is not None]
    rows.append(Row("guide: item right, of those answered", sum(j.item_right for j in answered), len(answered)))
    kinds = Counter(j.question.wording for j in guide)
    rows += [_row(f"guide, wording {kind}", (j for j in guide if j.question.wording == kind)) for kind in sorted(kinds)]
    return [row for row in rows if row.total]


def _row(group: str, judged: Iterable[Judged]) -> Row:
    listed = list(judged)
    return Row(group, sum(j.right for j in listed), len(listed))


def evaluate(url: str, questions: list[Question]) -> list[Judged]:
    """Blocking form of `ask_all`."""
    return asyncio.run(ask_all(url, questions))
