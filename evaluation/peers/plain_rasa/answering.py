"""The plain Rasa bot as a peer: which of its responses it would say to a text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from evaluation.judging import Reply
from evaluation.load.systems import plain_rasa
from evaluation.peers.plain_rasa.project import WHOLE_GUIDE
from evaluation.peers.plain_rasa.training import Peer as Project
from evaluation.questions import DISCLOSURES, STATUS_OF
from knowledge.target import Kind

REPLY_SECONDS = 30
_RETRIEVAL_INTENT, _FALLBACK = "faq", "nlu_fallback"
_EXPECTATION_OF = {Kind.FAQ: "faq", Kind.FACILITY: "hall", Kind.SCENARIO: "scenario", Kind.TOPIC: "out_of_scope"}


class PlainRasa:
    """Asks Rasa's HTTP API for the parse, which names the response that the rules then say."""

    name = "plain Rasa"

    def __init__(self, client: httpx.Client, faq_items: Mapping[str, tuple[str, ...]]) -> None:
        self._client, self._faq_items = client, faq_items

    def answer(self, text: str) -> Reply:
        response = self._client.post("/model/parse", json={"text": text})
        response.raise_for_status()
        return self._reply(response.json())

    def _reply(self, parsed: dict[str, Any]) -> Reply:
        intent = parsed["intent"]["name"]
        if intent == _RETRIEVAL_INTENT:
            said = parsed["response_selector"][_RETRIEVAL_INTENT]["response"]
            return self._said(said["intent_response_key"].partition("/")[2], float(said["confidence"]))
        return Reply(STATUS_OF["no_match" if intent in {_FALLBACK, None} else "smalltalk"])

    def _said(self, key: str, confidence: float) -> Reply:
        kind, _, rest = key.partition("_")
        if kind not in set(Kind):
            disclosures = frozenset(DISCLOSURES if rest == WHOLE_GUIDE else (rest,))
            return Reply(STATUS_OF["guide"], (kind,), disclosures, confidence=confidence)
        items = self._faq_items.get(rest, ()) if kind == Kind.FAQ else ()
        return Reply(STATUS_OF[_EXPECTATION_OF[Kind(kind)]], items, sources=(rest,), confidence=confidence)


@contextlib.contextmanager
def running_plain_rasa(project: Project, logs: Path, faq_items: Mapping[str, tuple[str, ...]]) -> Iterator[PlainRasa]:
    """The trained bot, running inside the context."""
    with plain_rasa(project, logs, "--enable-api") as system:
        address = system.address.removesuffix("/webhooks/rest/webhook")
        with httpx.Client(base_url=address, timeout=REPLY_SECONDS, trust_env=False) as client:
            yield PlainRasa(client, faq_items)
