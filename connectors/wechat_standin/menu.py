"""Checks a custom menu as `menu/create` does (自定义菜单 创建接口)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.wechat_standin.errors import ApiError

KEY_TYPES = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
KEY_BYTES, URL_BYTES = 128, 1024
NAME_BYTES, SUB_NAME_BYTES = 16, 60


def check_menu(buttons: Any) -> list[dict[str, Any]]:
    """The buttons as they are kept: each with its `sub_button`. Raises ApiError."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016)
    return [_button(button) for button in buttons]


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, Mapping):
        raise ApiError(47001)
    below = button.get("sub_button") or []
    if not below:
        return _leaf(button, sub=False)
    if not isinstance(below, list) or not 1 <= len(below) <= 5:
        raise ApiError(40023)
    return {"name": _name(button, sub=False), "sub_button": [_leaf(entry, sub=True) for entry in below]}


def _leaf(button: Any, sub: bool) -> dict[str, Any]:
    """A button that does something; codes differ for the first and the second level."""
    if not isinstance(button, Mapping):
        raise ApiError(47001)
    kind, name = button.get("type"), _name(button, sub)
    if kind == "view":
        url = _limited(button.get("url"), URL_BYTES, 40027 if sub else 40020)
        if not url.startswith(("http://", "https://")):
            raise ApiError(40055)
        return {"type": kind, "name": name, "url": url, "sub_button": []}
    if kind not in KEY_TYPES:
        raise ApiError(40024 if sub else 40017)
    key = _limited(button.get("key"), KEY_BYTES, 40026 if sub else 40019)
    return {"type": kind, "name": name, "key": key, "sub_button": []}


def _name(button: Mapping[str, Any], sub: bool) -> str:
    return _limited(button.get("name"), SUB_NAME_BYTES if sub else NAME_BYTES, 40025 if sub else 40018)


def _limited(value: Any, most: int, errcode: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise ApiError(errcode)
    return value
