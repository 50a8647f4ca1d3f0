"""Puts load on one system: a number of senders, each sending its next message when the last one is answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from evaluation.load.systems import System

REPLY_SECONDS = 30.0
MOST_MESSAGES = 20_000


@dataclass(frozen=True)
class Load:
    """`senders` at once, until `seconds` have passed or `messages` are sent, whichever comes first."""

    senders: int
    seconds: float = 300.0
    messages: int = MOST_MESSAGES


@dataclass(frozen=True)
class Reply:
    """`ended` counts in seconds from the beginning of the load; `kind` is None for a bad reply or none in time."""

    ended: float
    took_ms: float
    kind: str | None


class LoadClient:
    """An async context around one kept-alive HTTP session. aiohttp, because the client shares the machine: it costs
    0.1 to 0.4 ms of processor time a message, httpx 1.2 ms with one sender and 3.7 ms with 32."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=REPLY_SECONDS)
        self._http = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def put(self, system: System, load: Load) -> list[Reply]:
        """Every reply, also those that came after the last message was sent. Each load begins with the first text."""
        texts = itertools.islice(itertools.cycle(self._texts), load.messages)
        began = time.perf_counter()
        senders = (self._sender(system, texts, began, load.seconds) for _ in range(load.senders))
        return [reply for replies in await asyncio.gather(*senders) for reply in replies]

    async def _sender(self, system: System, texts: Iterator[str], began: float, seconds: float) -> list[Reply]:
        replies = []
        while time.perf_counter() - began < seconds:
            text = next(texts, None)
            if text is None:
                break
            sent = time.perf_counter()
            kind = await self._ask(system, text)
            ended = time.perf_counter()
            replies.append(Reply(ended - began, (ended - sent) * 1000, kind))
        return replies

    async def _ask(self, system: System, text: str) -> str | None:
        """The kind of the reply; the sender's id is new every time, so that no conversation grows long."""
        body = system.body(f"bench-{uuid.uuid4().hex}", text)
        try:
            async with self._http.post(system.address, json=body) as response:
                raw = await response.read()
            return system.kind(json.loads(raw)) if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
