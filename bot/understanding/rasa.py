"""The app's side of Rasa's input channel `wenban` (intents/channels/wenban.py)."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.conversations.model import Deed
from bot.policy import Policy
from bot.understanding.model import Intent, Understanding
from knowledge.encoder.encoder import Vectors
from knowledge.model import Disclosure

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 64
READY_SECONDS = 1.0
PARSE_SECONDS = 3.0
DIALOGUE_SECONDS = 10.0
PAUSE_AFTER_FAILURE_SECONDS = 1.0


class RasaUnavailable(Exception):
    """Rasa did not answer in time, or not as agreed."""


@dataclass(frozen=True)
class DialogueTurn:
    """Rasa's answer to one message of a deed. `messages` are {"wording": key, …}; `form` is None at the end."""

    messages: tuple[dict[str, Any], ...]
    form: str | None
    requested_slot: str | None
    slots: dict[str, Any]


class RasaClient:
    """One kept-alive client. After a failure it answers "unavailable" at once for a moment, so that a hanging
    Rasa does not slow every citizen down."""

    def __init__(self, url: str, token: str, policy: Policy) -> None:
        self._address = f"{url.rstrip('/')}/webhooks/wenban"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None
        self._policy = policy
        self._paused_until = 0.0

    @property
    def _http(self) -> aiohttp.ClientSession:
        """Made at first use, because a session belongs to the running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers, connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
            )
        return self._session

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def ready(self) -> bool:
        """Whether Rasa has its model loaded."""
        try:
            async with self._http.get(f"{self._address}/", timeout=_limit(READY_SECONDS)) as response:
                return response.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def parse(self, text: str, vector: Vectors, named: Collection[Disclosure] = ()) -> Understanding:
        """Intent and disclosures of a message; `vector` has shape (dimension,), `named` are the disclosures that a word
        of the keyword table shows. Raises RasaUnavailable."""
        embedding = base64.b64encode(vector.astype("<f4").tobytes()).decode()
        parsed = await self._post("/parse", {"text": text, "embedding": embedding}, PARSE_SECONDS)
        with _agreed_form():
            return understanding_of(parsed, self._policy, named)

    async def dialogue(
        self, deed: Deed, text: str, understanding: Understanding, metadata: dict[str, Any]
    ) -> DialogueTurn:
        """One turn of a deed's dialogue. Raises RasaUnavailable; nothing is lost, the deed can be sent again."""
        body = {
            "conversation": deed.id,
            "text": text,
            "intent": {"name": understanding.intent.value, "confidence": understanding.confidence},
            "metadata": metadata,
            "state": {
                "active_form": deed.form if deed.requested_slot else None,
                "requested_slot": deed.requested_slot,
                "slots": deed.slots,
            },
        }
        answer = await self._post("/dialogue", body, DIALOGUE_SECONDS)
        with _agreed_form():
            form, slot, slots = answer["active_form"], answer["requested_slot"], dict(answer["slots"])
            return DialogueTurn(tuple(answer["messages"]), form, slot, slots)

    async def _post(self, path: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        if time.monotonic() < self._paused_until:
            raise RasaUnavailable("paused after a failure")
        try:
            async with self._http.post(self._address + path, json=body, timeout=_limit(seconds)) as response:
                response.raise_for_status()
                answer: dict[str, Any] = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self._paused_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            log.warning("rasa_unavailable kind=%s", type(error).__name__)
            raise RasaUnavailable(type(error).__name__) from error
        return answer


def _limit(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds)


@contextmanager
def _agreed_form() -> Iterator[None]:
    """What does not have the agreed form counts as no answer."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("rasa_answer_malformed kind=%s", type(error).__name__)
        raise RasaUnavailable("malformed answer") from error


def understanding_of(parsed: dict[str, Any], policy: Policy, named: Collection[Disclosure] = ()) -> Understanding:
    """The parse of the channel as typed values. A disclosure counts as asked for when its probability is above the
    policy's threshold, which depends on what else shows it; of those that are `named`, a word of the keyword table
    does."""
    ranking = {Intent(i["name"]): float(i["confidence"]) for i in parsed.get("intent_ranking") or ()}
    intent = max(ranking, key=ranking.__getitem__, default=Intent.INFORM)
    scores = {Disclosure(name): float(p) for name, p in (parsed.get("disclosures") or {}).items()}
    by_intent = {i.disclosure: p for i, p in ranking.items() if i.disclosure}
    asked = tuple(
        d for d in Disclosure if scores.get(d, 0.0) > _needed(policy, by_intent.get(d, 0.0), named=d in named)
    )
    asks = sum(p for i, p in ranking.items() if i.asks)
    return Understanding(intent, ranking.get(intent, 0.0), asks, asked, ranking=ranking)


def _needed(policy: Policy, by_intent: float, *, named: bool) -> float:
    """The threshold of one disclosure; `by_intent` is the probability of the intent that asks for it."""
    if named or by_intent > policy.intent_shows:
        return policy.disclosure_shown
    return policy.disclosure_denied if by_intent < policy.intent_denies else policy.disclosure
