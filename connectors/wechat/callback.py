"""`/wechat/callback`: to ours, receive, from ours. What is refused is logged once by its code, and told nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from connectors.wechat.account import Account
from connectors.wechat.envelope import (
    MAX_BYTES,
    BadBody,
    Forged,
    Opened,
    Refusal,
    open_envelope,
    seal_reply,
    verify_echo,
)
from connectors.wechat.incoming import BadMessage, Incoming, read_incoming
from connectors.wechat.outgoing import Outgoing
from connectors.wechat.passive import passive_reply
from connectors.wechat.signatures import signature

log = logging.getLogger(__name__)

PATH = "/wechat/callback"
Signed = tuple[str, str, str]
"""Timestamp and nonce of a callback, and the signature of the address over both."""
Receive = Callable[[Incoming, Signed], Awaitable[Outgoing | None]]
"""Takes a verified message; gives the passive reply in time, None for nothing to say; raises Replay."""
Told = Callable[[Incoming, bool], Awaitable[None]]
"""Is told whether the platform still listens for the passive reply, or hung up before it was ready."""


class Replay(Refusal):
    """A signature that was used before, for something else than a repeat of the platform's."""

    def __init__(self) -> None:
        super().__init__("replayed", 403)


def callback_router(account: Account, receive: Receive, told: Told) -> APIRouter:
    """The two routes of the callback address."""
    router = APIRouter(include_in_schema=False)

    async def verify(request: Request) -> Response:
        """The platform's check of the address when it is entered on its settings page."""
        try:
            return PlainTextResponse(verify_echo(account, request.query_params, datetime.now(UTC)))
        except Refusal as refusal:
            return _refused(refusal)

    async def push(request: Request) -> Response:
        """One message or event."""
        now = datetime.now(UTC)
        try:
            opened = open_envelope(
                account, request.query_params, request.headers.get("content-type"), await _body(request), now
            )
            incoming = _read(opened)
            # Reckoned and not read: with msg_signature for one request and signature for the next, what is the same
            # to the platform would look like two.
            signed = signature(account.token, opened.timestamp, opened.nonce)
            reply = await receive(incoming, (opened.timestamp, opened.nonce, signed))
        except Refusal as refusal:
            return _refused(refusal)
        if reply is None:
            return PlainTextResponse("success")
        await told(incoming, not await request.is_disconnected())
        now = datetime.now(UTC)
        xml = seal_reply(account, opened, passive_reply(reply, incoming, now), now)
        return Response(xml, media_type="application/xml")

    router.add_api_route(PATH, verify, methods=["GET"], response_class=PlainTextResponse)
    router.add_api_route(PATH, push, methods=["POST"], response_class=Response)
    return router


def _read(opened: Opened) -> Incoming:
    try:
        return read_incoming(opened.xml)
    except BadMessage as error:
        raise BadBody(error.code, 400) from error


async def _body(request: Request) -> bytes:
    """At most a little more than what is taken, whatever is sent."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            break
    return bytes(body)


def _refused(refusal: Refusal) -> Response:
    kind = "forged" if isinstance(refusal, Forged) else "refused"
    log.warning("wechat_%s code=%s status=%s", kind, refusal.code, refusal.status)
    return Response(status_code=refusal.status)
