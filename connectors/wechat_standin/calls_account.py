"""The server API for the account itself: 稳定版接口调用凭据, 临时素材, 自定义菜单, 带参数二维码."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.wechat_standin.errors import ApiError
from connectors.wechat_standin.menu import check_menu
from connectors.wechat_standin.model import Media, QrCode
from connectors.wechat_standin.platform import Platform

Body = Mapping[str, Any]

LONGEST_QR_LIFE = 2_592_000
"""Seconds: 30 days."""


def stable_token(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    account = platform.account
    if body.get("grant_type") != "client_credential":
        raise ApiError(40002)
    if body.get("appid") != account.app_id:
        raise ApiError(40013)
    if body.get("secret") != account.secret:
        raise ApiError(40125)
    token, seconds = platform.tokens.get(force=body.get("force_refresh") is True)
    return {"access_token": token, "expires_in": seconds}


def get_media(platform: Platform, query: Mapping[str, str], _body: Body) -> Media:
    """Raises ApiError 40007 for an unknown file, and for one older than three days."""
    media = platform.media.get(query.get("media_id", ""))
    if media is None or (platform.now() - media.at).total_seconds() > platform.limits.media_seconds:
        raise ApiError(40007)
    return media


def create_menu(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    platform.menu = {"button": check_menu(body.get("button"))}
    return {}


def get_menu(platform: Platform, _query: Mapping[str, str], _body: Body) -> dict[str, Any]:
    if platform.menu is None:
        raise ApiError(46003)
    return {"menu": platform.menu}


def delete_menu(platform: Platform, _query: Mapping[str, str], _body: Body) -> dict[str, Any]:
    platform.menu = None
    return {}


def create_qr_code(platform: Platform, _query: Mapping[str, str], body: Body) -> dict[str, Any]:
    """A ticket for a scene; the temporary ones live 60 seconds unless told, 30 days at most."""
    name = str(body.get("action_name"))
    if name not in {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}:
        raise ApiError(40052)
    scene, permanent = _scene(name, body), "LIMIT" in name
    seconds = min(int(body.get("expire_seconds") or 60), LONGEST_QR_LIFE)
    ticket = "gQ" + secrets.token_urlsafe(66)
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    ends_at = None if permanent else platform.now() + timedelta(seconds=seconds)
    platform.qr_codes[ticket] = QrCode(ticket, scene, url, ends_at)
    return {"ticket": ticket, "url": url, **({} if permanent else {"expire_seconds": seconds})}


def _scene(name: str, body: Body) -> str:
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, Mapping) else None
    if not isinstance(scene, Mapping):
        raise ApiError(40053)
    if "STR" in name:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise ApiError(40053)
        return text
    number, most = scene.get("scene_id"), 100_000 if "LIMIT" in name else 2**32 - 1
    if not isinstance(number, int) or not 1 <= number <= most:
        raise ApiError(40053)
    return str(number)
