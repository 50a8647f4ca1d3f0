"""`GET /m/oauth`: back from WeChat, with a session, to the page that was asked for."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.errors import Refused
from bot.mobile import oauth, session
from bot.mobile.page import PRIVATE
from bot.mobile.session import Purpose, Visitor
from bot.parameters import ThisDesk
from connectors.contract import Channel

log = logging.getLogger(__name__)
LONGEST_CODE = 512


def finish(request: Request, desk: ThisDesk, code: str = "", state: str = "") -> Response:
    """Raises Refused: 404 without an account, 400 for a state that this browser did not bring along, 503 when WeChat
    does not answer."""
    wechat, now = oauth.of(request), datetime.now(UTC)
    if wechat is None:
        raise Refused("mobile.no_page", 404, "not-found")
    kept = session.unseal(desk.vault, Purpose.OAUTH, request.cookies.get(oauth.COOKIE, ""), now) or {}
    if not oauth.is_state(str(kept.get("state", "")), state) or not 0 < len(code) <= LONGEST_CODE:
        raise Refused("mobile.bad_state", 400, "bad-state")
    openid = _openid(wechat, code)
    response = RedirectResponse(str(kept["back"]), 303, headers=PRIVATE)
    response.delete_cookie(oauth.COOKIE, path=oauth.PATH, httponly=True, samesite="lax")
    who = Visitor(desk.vault.sender_key(Channel.WECHAT.value, openid), Channel.WECHAT)
    session.enter(request, desk, response, who, now)
    return response


def _openid(wechat: oauth.WeChatOAuth, code: str) -> str:
    try:
        openid = wechat.openid_of_code(code)
    except Exception as error:  # whatever the connector raises: the citizen is told kindly, and can try again
        log.warning("mobile_oauth_failed kind=%s", type(error).__name__)
        raise Refused("mobile.wechat_away", 503, "unavailable") from error
    if not openid:
        raise Refused("mobile.wechat_away", 503, "unavailable")
    return openid
