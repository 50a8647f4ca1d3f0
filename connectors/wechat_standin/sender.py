"""Sends pushes to the account's callback, with WeChat's patience: about five seconds, three times."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx

from connectors.wechat_standin import crypto, messages
from connectors.wechat_standin.model import Channel, Mode, Push
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.replies import BadReply, Passive, read_reply

HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache"}
FAILED = "该公众号提供的服务出现故障，请稍后再试"
UNANSWERED = {"unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH"}
"""Events on which WeChat shows no reply."""


@cache
def _trust() -> ssl.SSLContext:
    """Made once: it takes longer than a push."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class PushResult:
    """`status`: HTTP status of the last answer in time, None without any; `tries`: how often it was pushed; `passive`:
    what the citizen saw of it, None if nothing; `seconds`: from the first try to the end; `problem`: why an answer
    was not shown; `key`: marks its deliveries."""

    status: int | None
    tries: int
    passive: Passive | None
    seconds: float
    key: str
    problem: str | None = None

    @property
    def text(self) -> str:
        """The words of the reply; nothing if there is none or it is no text."""
        return self.passive.text if self.passive else ""


class Sender:
    """Signs, packs and sends. `transport` puts another HTTP transport under it, for example httpx.ASGITransport."""

    def __init__(self, platform: Platform, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.platform, self._transport, self._ssl = platform, transport, _trust()

    def signed(self, **more: str) -> dict[str, str]:
        """The query that every request of WeChat carries."""
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
        signature = crypto.signature(self.platform.account.token, timestamp, nonce)
        return {"signature": signature, "timestamp": timestamp, "nonce": nonce, **more}

    def compose(self, fields: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
        """Query and body of one push in the account's mode; tests of forgery change them."""
        account = self.platform.account
        query, xml = self.signed(openid=str(fields["FromUserName"])), messages.xml_of(fields)
        if account.mode is Mode.PLAIN:
            return query, xml.encode()
        encrypted = crypto.encrypt(account.aes_key, account.app_id, xml)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = crypto.signature(account.token, query["timestamp"], query["nonce"], encrypted)
        plain = fields if account.mode is Mode.COMPATIBLE else {"ToUserName": account.original_id}
        return query, messages.xml_of({**plain, "Encrypt": encrypted}).encode()

    async def send_raw(
        self,
        body: bytes,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        """Anything, once; raises httpx.TransportError."""
        async with httpx.AsyncClient(
            transport=self._transport, verify=self._ssl, timeout=60, trust_env=False
        ) as client:
            url = httpx.URL(self.platform.callback_url).copy_merge_params(dict(query or {}))
            return await client.request(
                method, url, content=body, headers=dict(HEADERS if headers is None else headers)
            )

    async def echo(self, echostr: str = "5461828391203746519") -> bool:
        """The verification of the callback's address: whether it gives the echo back."""
        response = await self.send_raw(b"", self.signed(echostr=echostr), method="GET")
        return response.status_code == httpx.codes.OK and response.text == echostr

    async def push(self, openid: str, fields: Mapping[str, Any], at: datetime | None = None) -> PushResult:
        """Pushes `fields` (MsgType and what belongs to it). `at` sets CreateTime, which has whole seconds only."""
        platform = self.platform
        head = {
            "ToUserName": platform.account.original_id,
            "FromUserName": openid,
            "CreateTime": int(at.timestamp() if at else time.time()),
        }
        tail = {} if fields["MsgType"] == "event" else {"MsgId": platform.next_message_id()}
        push = platform.record_push(openid, {**head, **fields, **tail})
        began = time.monotonic()
        response = await self._try(push)
        passive = self._judge(push, response)
        status = None if response is None else response.status_code
        return PushResult(status, push.tries, passive, time.monotonic() - began, push.key, push.problem)

    async def _try(self, push: Push) -> httpx.Response | None:
        """The first answer in time. Silence is ended by closing the connection, so a late answer reaches nobody."""
        limits, response = self.platform.limits, None
        query, body = self.compose(push.fields)
        while push.tries < limits.pushes and (response is None or response.status_code != httpx.codes.OK):
            if push.tries and not limits.same_query_on_repeat:
                query, body = self.compose(push.fields)
            push.tries += 1
            try:
                async with asyncio.timeout(limits.answer_seconds):
                    response = await self.send_raw(body, query)
            except (TimeoutError, httpx.TransportError):
                response = None
        return response

    def _judge(self, push: Push, response: httpx.Response | None) -> Passive | None:
        """Records once what the citizen sees."""
        platform, passive = self.platform, None
        try:
            if response is None or response.status_code != httpx.codes.OK:
                raise BadReply("no answer in time" if response is None else f"HTTP status {response.status_code}")
            passive = read_reply(platform.account, response.content, push.openid, platform.limits.text_bytes)
        except BadReply as error:
            push.problem = str(error)
        if push.fields.get("Event") in UNANSWERED or not platform.users[push.openid].subscribed:
            return None
        if push.problem:
            platform.record_delivery(push.openid, Channel.SYSTEM, "text", {"content": FAILED}, push.key)
        elif passive:
            platform.record_delivery(push.openid, Channel.PASSIVE, passive.msgtype, passive.content, push.key)
        return passive
