"""网页授权: the authorize page of open.weixin.qq.com, and the exchange of its code for the openid."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from connectors.wechat_standin.errors import ApiError
from connectors.wechat_standin.model import OAuthCode
from connectors.wechat_standin.platform import Platform

USER_COOKIE = "standin_user"
SCOPES = {"snsapi_base", "snsapi_userinfo"}
_STATE = re.compile(r"[0-9a-zA-Z]{0,128}")


def authorize_router(platform: Platform) -> APIRouter:
    """GET /connect/oauth2/authorize. Who opens it: the query's `openid`, else the cookie, else `oauth_user`."""
    router = APIRouter()

    @router.get("/connect/oauth2/authorize")
    def authorize(request: Request) -> Response:
        query = request.query_params
        openid = query.get("openid") or request.cookies.get(USER_COOKIE) or platform.oauth_user or ""
        problem = _problem(platform, query, openid)
        if problem:
            return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>无法打开</title><p>{problem}</p>", 400)
        code = secrets.token_hex(16)
        with platform.lock:
            platform.oauth_codes[code] = OAuthCode(openid, query["scope"], platform.now())
        return RedirectResponse(_with(query["redirect_uri"], code=code, state=query.get("state", "")), 302)

    return router


def _problem(platform: Platform, query: Mapping[str, str], openid: str) -> str | None:
    if query.get("appid") != platform.account.app_id:
        return "AppID 参数错误"
    if urlsplit(query.get("redirect_uri", "")).scheme not in {"http", "https"}:
        return "redirect_uri 参数错误"
    if query.get("response_type") != "code" or query.get("scope") not in SCOPES:
        return "Scope 参数错误或没有 Scope 权限"
    if not _STATE.fullmatch(query.get("state", "")):
        return "state 参数只能是 a-z、A-Z、0-9，最多 128 字节"
    return None if openid in platform.users else "没有选定用户：请先在替身页面选择一位用户"


def _with(url: str, **more: str) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))


def exchange_code(platform: Platform, query: Mapping[str, str], _body: Mapping[str, Any]) -> dict[str, Any]:
    """GET /sns/oauth2/access_token: a code is good for five minutes and once."""
    if query.get("appid") != platform.account.app_id:
        raise ApiError(40013)
    if query.get("secret") != platform.account.secret:
        raise ApiError(40125)
    if query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    code = platform.oauth_codes.get(query.get("code", ""))
    if code is None:
        raise ApiError(40029)
    if code.used:
        raise ApiError(40163)
    if (platform.now() - code.at).total_seconds() > platform.limits.code_seconds:
        raise ApiError(42003)
    code.used = True
    tokens = {name: secrets.token_urlsafe(64) for name in ("access_token", "refresh_token")}
    return {**tokens, "expires_in": 7200, "openid": code.openid, "scope": code.scope}
