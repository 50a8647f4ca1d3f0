"""WeChat tells who opened a page: its OAuth without a question to the citizen (snsapi_base), where an account is set up
(`app.state.wechat_oauth`)."""

from __future__ import annotations

import secrets
from typing import Protocol

from fastapi import Request

COOKIE = "wenban_m_oauth"
PATH = "/m/oauth"
MINUTES = 10
"""So long may the way to WeChat and back take."""


class WeChatOAuth(Protocol):
    """What the app puts into `app.state.wechat_oauth`. `openid_of_code` may take a while and may raise."""

    def authorize_url(self, redirect_uri: str, state: str) -> str: ...
    def openid_of_code(self, code: str) -> str: ...


def of(request: Request) -> WeChatOAuth | None:
    """That of the running app; None when no account is set up."""
    found: WeChatOAuth | None = getattr(request.app.state, "wechat_oauth", None)
    return found


def new_state() -> str:
    """WeChat allows letters and digits only, 128 at most."""
    return secrets.token_hex(16)


def is_state(kept: str, sent: str) -> bool:
    """Whether WeChat sent this browser back with the state that it set out with."""
    return bool(kept) and secrets.compare_digest(kept.encode(), sent.encode())
