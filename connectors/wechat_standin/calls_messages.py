"""The server API for messages to citizens: 客服接口-发消息, 客服输入状态, 模板消息."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.wechat_standin.errors import ApiError
from connectors.wechat_standin.model import Channel, User
from connectors.wechat_standin.platform import Platform

Body = Mapping[str, Any]

LONGEST_VALUE = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20, "name": 10}
"""Characters of a template's fields, by what their names begin with (类目模板 参数说明)."""


def send_custom(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    """text, news with one article, msgmenu; the citizen must have done something lately."""
    user, kind = _subscriber(platform, body), str(body.get("msgtype"))
    content = body.get(kind)
    if kind not in _READERS:
        raise ApiError(40008)
    if not isinstance(content, Mapping):
        raise ApiError(44003 if kind == "news" else 44004)
    shown = _READERS[kind](content, platform.limits.text_bytes)
    platform.spend_grant(user)
    platform.record_delivery(user.openid, Channel.CUSTOM, kind, shown)
    return {}


def _text(content: Body, most: int) -> dict[str, Any]:
    return {"content": _words(content.get("content"), most)}


def _news(content: Body, _most: int) -> dict[str, Any]:
    articles = content.get("articles")
    if not isinstance(articles, list) or not articles:
        raise ApiError(44003)
    if len(articles) > 1:
        raise ApiError(45008)
    names = ("title", "description", "url", "picurl")
    return {"articles": [{name: str(articles[0].get(name) or "") for name in names}]}


def _menu(content: Body, most: int) -> dict[str, Any]:
    entries = content.get("list")
    if not isinstance(entries, list) or not entries:
        raise ApiError(44004)
    head, tail = (str(content.get(name) or "") for name in ("head_content", "tail_content"))
    shown = [{"id": str(e.get("id") or ""), "content": str(e.get("content") or "")} for e in entries]
    if not all(e["id"] and e["content"] for e in shown):
        raise ApiError(44004)
    _words("".join([head, tail, *(e["content"] for e in shown)]), most)
    return {"head_content": head, "list": shown, "tail_content": tail}


_READERS = {"text": _text, "news": _news, "msgmenu": _menu}


def _words(content: Any, most: int) -> str:
    if not isinstance(content, str) or not content:
        raise ApiError(44004)
    if len(content.encode()) > most:
        raise ApiError(45002)
    return content


def set_typing(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    """Typing and CancelTyping; the citizen must have sent a message within the last 30 seconds."""
    user = _subscriber(platform, body)
    if body.get("command") not in {"Typing", "CancelTyping"}:
        raise ApiError(45072)
    since = platform.now() - user.last_message_at if user.last_message_at else None
    if since is None or since.total_seconds() > 30:
        raise ApiError(45080)
    if body["command"] == "Typing" and user.typing:
        raise ApiError(45081)
    user.typing = body["command"] == "Typing"
    return {}


def send_template(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    """At any time; the same `client_msg_id` to the same citizen within ten minutes is shown once."""
    user, template, data = _subscriber(platform, body), str(body.get("template_id") or ""), body.get("data")
    if not template or (platform.templates and template not in platform.templates):
        raise ApiError(40037)
    if not isinstance(data, Mapping) or not data:
        raise ApiError(47003, "data is empty")
    values = {name: _value(name, value) for name, value in data.items()}
    key = (user.openid, str(body.get("client_msg_id") or ""))
    known = platform.template_ids.get(key)
    if key[1] and known and (platform.now() - known[0]).total_seconds() < platform.limits.repeat_window:
        return {"msgid": known[1]}
    message_id = platform.next_message_id() % 10**18
    platform.template_ids[key] = (platform.now(), message_id)
    shown = {"template_id": template, "url": str(body.get("url") or ""), "data": values, "msgid": message_id}
    platform.record_delivery(user.openid, Channel.TEMPLATE, "template", shown)
    platform.on_template(user.openid, message_id)
    return {"msgid": message_id}


def _value(name: str, value: Any) -> str:
    words = value.get("value") if isinstance(value, Mapping) else None
    if not isinstance(words, str) or not words:
        raise ApiError(47003, f"data.{name}.value is empty")
    most = LONGEST_VALUE.get(re.sub(r"\d+$", "", name))
    if most and len(words) > most:
        raise ApiError(47003, f"data.{name}.value invalid")
    return words


def _subscriber(platform: Platform, body: Body) -> User:
    user = platform.users.get(str(body.get("touser")))
    if user is None:
        raise ApiError(40003)
    if not user.subscribed:
        raise ApiError(43004)
    return user
