"""A small callback server that answers as it is told, request by request."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.wechat_standin import crypto
from connectors.wechat_standin.messages import xml_of
from connectors.wechat_standin.model import Limits, Mode, StandInAccount
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.push import Pusher

SILENCE = "silence"
BREAK = "break"
OPENID = "oCitizen_of_the_tests_000001"


@dataclass
class Request:
    method: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


Answer = bytes | int | str | Callable[[Request], bytes]


@dataclass
class Callback:
    """`plan`: what the next requests get: a body, an HTTP status, SILENCE, BREAK, or a function of the request. Without
    a plan: "success". `given_up`: how often SILENCE was ended by the other side."""

    url: str = ""
    plan: deque[Answer] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    given_up: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.requests.append(request)
        answer = self.plan.popleft() if self.plan else b"success"
        if answer == SILENCE:
            await reader.read()  # ends when the other side closes the connection
            self.given_up += 1
        elif answer != BREAK:
            status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
            body = body(request) if callable(body) else body
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)), headers, body)


@asynccontextmanager
async def running_callback() -> AsyncIterator[Callback]:
    callback = Callback()
    server = await asyncio.start_server(callback.serve, "127.0.0.1", 0)
    callback.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/wechat/callback"
    async with server:
        yield callback


def pusher_for(callback: Callback, mode: Mode = Mode.ENCRYPTED, **limits: Any) -> Pusher:
    platform = Platform(StandInAccount(mode=mode), Limits(**limits))
    platform.callback_url = callback.url
    return Pusher(platform)


def reply_fields(account: StandInAccount, **more: Any) -> dict[str, Any]:
    """A passive reply to OPENID; a text unless `more` says otherwise."""
    fields = {"ToUserName": OPENID, "FromUserName": account.original_id, "CreateTime": int(time.time())}
    return {**fields, "MsgType": "text", "Content": "您好", **more}


def sealed(account: StandInAccount, xml: str, **changed: str) -> bytes:
    """The encrypted form of a reply; `changed` replaces elements of it."""
    parts = {
        "Encrypt": crypto.encrypt(account.aes_key, account.app_id, xml),
        "TimeStamp": str(int(time.time())),
        "Nonce": "42",
    }
    signature = crypto.signature(account.token, parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    return xml_of({**parts, "MsgSignature": signature, **changed}).encode()


def reply(account: StandInAccount, **more: Any) -> bytes:
    """A passive reply in the account's own form."""
    xml = xml_of(reply_fields(account, **more))
    return xml.encode() if account.mode is Mode.PLAIN else sealed(account, xml)
