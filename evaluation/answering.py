"""Asks the running assistant every question of a set, over HTTP, each in a conversation of its own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from evaluation.catalogue import Catalogue
from evaluation.judging import Judged, Reply
from evaluation.questions import Question

REPLY_SECONDS = 30


def ask(url: str, questions: Sequence[Question], catalogue: Catalogue) -> list[Judged]:
    """In the order of the set, one after the other, so that latencies are those of one citizen. Raises
    httpx.HTTPError."""
    return asyncio.run(_ask_all(url, questions, catalogue))


async def _ask_all(url: str, questions: Sequence[Question], catalogue: Catalogue) -> list[Judged]:
    run = uuid.uuid4().hex[:8]
    async with httpx.AsyncClient(base_url=url, timeout=REPLY_SECONDS, trust_env=False) as client:
        return [await _ask(client, question, f"evaluation-{run}-{question.id}", catalogue) for question in questions]


async def _ask(client: httpx.AsyncClient, question: Question, sender: str, catalogue: Catalogue) -> Judged:
    body = {"channel": "web", "sender": sender, "text": question.text}
    response = await client.post("/api/v1/messages", json=body)
    response.raise_for_status()
    return Judged(question, reply_of(response.json(), catalogue))


def reply_of(reply: dict[str, Any], catalogue: Catalogue) -> Reply:
    """A reply of HTTP contract, version 1. An FAQ entry's answer is about the items to which the entry belongs."""
    sources = reply["sources"]
    entries = [s["id"] for s in sources if s["kind"] == "faq"]
    items = [reply["item"], *(s["id"] for s in sources if s["kind"] == "guide")]
    items += [code for entry in entries for code in catalogue.faq_items.get(entry, ())]
    options = [o for r in reply["replies"] if r["type"] == "options" for o in r["options"]]
    offered = [catalogue.code_of_option(o["title"], o["payload"]) for o in options]
    return Reply(
        status=reply["status"],
        items=tuple(dict.fromkeys(code for code in items if code)),
        disclosures=frozenset(reply["disclosures"]),
        offered=tuple(code for code in offered if code),
        sources=(*entries, *(s["id"] for s in sources if s["kind"] == "scenario")),
        confidence=reply["confidence"],
        elapsed_ms=reply["elapsed_ms"],
        turn_id=reply["turn_id"],
    )
