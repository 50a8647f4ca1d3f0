"""The server API of api.weixin.qq.com. One table of calls, and one way through: fault, token, body, call, log."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.wechat_standin import calls_account, calls_messages, oauth
from connectors.wechat_standin.errors import ApiError, document
from connectors.wechat_standin.faults import Fault
from connectors.wechat_standin.model import Media
from connectors.wechat_standin.platform import Platform

Run = Callable[[Platform, Mapping[str, str], Mapping[str, Any]], Mapping[str, Any] | Media]
Outcome = tuple[int, Response]

_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?!00[01])")
"""The start of a character that JSON need not escape."""


class Call(NamedTuple):
    method: str
    run: Run
    needs_token: bool = True


CALLS = {
    "/cgi-bin/stable_token": Call("POST", calls_account.stable_token, needs_token=False),
    "/cgi-bin/message/custom/send": Call("POST", calls_messages.send_custom),
    "/cgi-bin/message/custom/typing": Call("POST", calls_messages.set_typing),
    "/cgi-bin/message/template/send": Call("POST", calls_messages.send_template),
    "/cgi-bin/media/get": Call("GET", calls_account.get_media),
    "/cgi-bin/menu/create": Call("POST", calls_account.create_menu),
    "/cgi-bin/menu/get": Call("GET", calls_account.get_menu),
    "/cgi-bin/menu/delete": Call("GET", calls_account.delete_menu),
    "/cgi-bin/qrcode/create": Call("POST", calls_account.create_qr_code),
    "/sns/oauth2/access_token": Call("GET", oauth.exchange_code, needs_token=False),
}


class CutShort(Response):
    """Begins an answer and ends it early: the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def api_router(platform: Platform) -> APIRouter:
    """Every path answers GET and POST; the wrong one of them with its error code."""
    router = APIRouter()
    for path, call in CALLS.items():
        router.add_api_route(
            path, _endpoint(platform, path, call), methods=["GET", "POST"], response_model=None, name=path
        )
    return router


def _endpoint(platform: Platform, path: str, call: Call) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        with platform.lock:
            fault = platform.faults.take(path)
        body = await request.body()
        outcome = _perform(platform, call, request, body) if fault is None or fault.done else None
        if fault:
            await asyncio.sleep(fault.delay)
            outcome = _spoil(platform, path, fault) or outcome
        errcode, response = outcome or _perform(platform, call, request, body)
        if not isinstance(response, CutShort):
            platform.record_call(path, errcode)
        return response

    return endpoint


def _spoil(platform: Platform, path: str, fault: Fault) -> Outcome | None:
    """What the caller gets instead of the true answer; None if the fault is a delay alone."""
    if fault.drop:
        platform.record_call(path, None)
        return 0, CutShort()
    if fault.status != 200:
        return -1, Response(status_code=fault.status)
    return None if fault.errcode is None else (fault.errcode, JSONResponse(document(fault.errcode)))


def _perform(platform: Platform, call: Call, request: Request, body: bytes) -> Outcome:
    query = request.query_params
    try:
        if request.method != call.method:
            raise ApiError(43002 if call.method == "POST" else 43001)
        with platform.lock:
            if call.needs_token:
                platform.tokens.check(query.get("access_token", ""))
            result = call.run(platform, query, _read(body) if call.method == "POST" else {})
    except ApiError as error:
        return error.errcode, JSONResponse(document(error.errcode, error.detail))
    if isinstance(result, Media):
        return 0, _file(request, result)
    # Calls that only do something answer errcode 0; those that give something mostly give it alone.
    plain = "msgid" in result or not result
    return 0, JSONResponse({**(document(0) if plain else {}), **result})


def _read(body: bytes) -> Mapping[str, Any]:
    """Raises ApiError 44002, 47001. WeChat shows escaped characters as they are written, so they stay escaped here."""
    if not body:
        raise ApiError(44002)
    try:
        data = json.loads(_ESCAPED.sub(r"\1\\\\u", body.decode()))
    except (ValueError, RecursionError) as error:
        raise ApiError(47001) from error
    if not isinstance(data, dict):
        raise ApiError(47001)
    return data


def _file(request: Request, media: Media) -> Response:
    """The bytes; of a video only its address."""
    if media.content_type.startswith("video/"):
        return JSONResponse({"video_url": f"{request.base_url}standin/media?{request.url.query}"})
    suffix = media.content_type.rpartition("/")[2]
    headers = {"Content-disposition": f'attachment; filename="media.{suffix}"'}
    return Response(media.data, media_type=media.content_type, headers=headers)
