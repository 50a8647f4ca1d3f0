"""`POST /api/v1/messages`: checks what came in, hands it to the message handler, shapes what comes back."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from connectors.contract import MAX_BODY_BYTES, Channel, Handle, TurnReply, UserMessage
from connectors.problems import Problem

_FIELDS = {
    "channel": f"channel（渠道）只能是 {'、'.join(c.value for c in Channel)} 之一。",
    "sender": "sender（发送者标识）必须是1到128个字符的文字。",
    "text": "text（消息内容）必须是文字，并且不能太长。",
    "message_id": "message_id（消息编号）必须是1到128个字符的文字，也可以不填。",
    "metadata": "metadata（附加信息）必须是一个对象，也可以不填。",
}


def messages_router(handle: Handle) -> APIRouter:
    """The route; `handle` is the bot's message handler."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/messages", response_model=TurnReply)
    async def messages(request: Request) -> Response:
        reply = await handle(read_message(await read_json(request)))
        # Written here, once: a reply that was checked when it was made need not be checked again.
        return Response(reply.model_dump_json(), media_type="application/json")

    return router


async def read_json(request: Request) -> Any:
    """The JSON of a body of at most 16 KB; raises Problem."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Problem(413, "too-large", "消息太大", "一次请求不能超过16KB，请缩短内容或者分几次发送。")
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not-json", "请求格式不对", "请求内容必须是UTF-8编码的JSON。") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_message(data: Any) -> UserMessage:
    """The message; raises Problem when a field is wrong or there is nothing to read."""
    if not isinstance(data, dict):
        raise Problem(400, "not-an-object", "请求格式不对", "请求内容必须是一个JSON对象。")
    try:
        message = UserMessage.model_validate(data)
    except ValidationError as error:
        wrong = dict.fromkeys(str(e["loc"][0]) for e in error.errors() if e["loc"])
        detail = "".join(_FIELDS.get(field, f"不认识的字段：{clean(field)[:40]}。") for field in wrong)
        raise Problem(422, "wrong-field", "请求内容不对", detail or "请求里有无法识别的字段。") from error
    text = clean(message.text)
    if not text:
        raise Problem(422, "empty", "消息是空的", "请输入您的问题，例如“身份证丢了怎么补”。")
    return message.model_copy(update={"text": text})


def clean(text: str) -> str:
    """The text without control characters, lone surrogates, and white space around it; line breaks stay."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"}).strip()
