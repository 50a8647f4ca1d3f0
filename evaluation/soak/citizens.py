"""WeChat's side of a soak: pushes with WeChat's patience, and keeps what each push was given."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from connectors.wechat.incoming import read_incoming
from connectors.wechat_standin import messages
from connectors.wechat_standin.model import Push
from connectors.wechat_standin.push import Pusher
from connectors.wechat_standin.replies import BadReply, read_reply
from evaluation.soak.plan import Act, Repeat

AT_ONCE = 0.02
"""Seconds after a push in which its repeat follows it."""


@dataclass(frozen=True)
class Try:
    """One push over HTTP. `seconds`: until its answer or its end; `words`: what it was given, "" for nothing to say,
    None for no answer that WeChat takes; `connected` False: nobody listened."""

    seconds: float
    words: str | None
    connected: bool = True


@dataclass
class Sent:
    """A message: `key` as the app knows it. `tries` are the pushes of the first run, `repeat` the one more."""

    act: Act
    push: Push
    key: str
    began: float
    tries: list[Try] = field(default_factory=list)
    repeat: Try | None = None

    @property
    def waited(self) -> float:
        return sum(t.seconds for t in self.tries)


class SoakPusher(Pusher):
    """Records what the platform's own `push` records, and beside it every try."""

    async def act(self, openid: str, act: Act) -> Sent:
        """Pushes until there is an answer, three times at most; ends when the repeat has ended too."""
        sent = self._sent(openid, act)
        if act.repeat is not Repeat.DURING:
            response = await self._pushed(sent)
            self._judge(sent.push, response)
            if act.repeat is Repeat.AFTER:
                _, sent.repeat = await self._one(sent)
            return sent
        first = asyncio.create_task(self._pushed(sent))
        await asyncio.sleep(AT_ONCE)
        again, sent.repeat = await self._one(sent)
        self._judge(sent.push, await first or again)  # whichever came is shown, once
        return sent

    def _sent(self, openid: str, act: Act) -> Sent:
        told = messages.event("CLICK", act.text) if act.is_tap else messages.text(act.text)
        head = {"ToUserName": self.platform.account.original_id, "FromUserName": openid, "CreateTime": int(time.time())}
        tail = {} if act.is_tap else {"MsgId": self.platform.next_message_id()}
        fields: Mapping[str, Any] = {**head, **told, **tail}
        push = self.platform.record_push(openid, fields)
        return Sent(act, push, read_incoming(messages.xml_of(fields)).key, time.monotonic())

    async def _pushed(self, sent: Sent) -> httpx.Response | None:
        response = None
        while len(sent.tries) < self.platform.limits.pushes and response is None:
            response, made = await self._one(sent)
            sent.tries.append(made)
        sent.push.tries = len(sent.tries)
        return response

    async def _one(self, sent: Sent) -> tuple[httpx.Response | None, Try]:
        """None without a good answer in five seconds; then the connection is closed, so a late one reaches nobody."""
        began, connected, response = time.monotonic(), True, None
        query, body = self.compose(sent.push.fields)
        try:
            async with asyncio.timeout(self.platform.limits.answer_seconds):
                response = await self.send_raw(body, query)
        except (TimeoutError, httpx.TransportError) as error:
            connected = not isinstance(error, httpx.ConnectError)
        words = self._words(sent.push, response)
        return (response if words is not None else None), Try(time.monotonic() - began, words, connected)

    def _words(self, push: Push, response: httpx.Response | None) -> str | None:
        if response is None or response.status_code != httpx.codes.OK:
            return None
        try:
            limit = self.platform.limits.text_bytes
            passive = read_reply(self.platform.account, response.content, push.openid, limit)
        except BadReply:
            return None
        return str(dict(passive.content)) if passive else ""
