"""Who is looking at a page: a signed link from a conversation opens a short session in a sealed cookie (S21, S24).

A link's token leaves the address at once, so that it stays out of histories and of what other sites are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from bot.db.vault import Vault
from bot.desk import Desk
from bot.errors import Refused
from bot.mobile import oauth
from bot.mobile.page import PATH, PRIVATE, Away
from bot.notices.address import base_url
from bot.parameters import ThisDesk
from connectors.contract import Channel

COOKIE = "wenban_m"
PARAMETER = "t"
SESSION_MINUTES = 30
_SENDER_KEY = re.compile(r"[0-9a-f]{64}")


class Purpose(StrEnum):
    """What a sealed token is for; one for something else is none."""

    LINK = "mobile.link"
    SESSION = "mobile.session"
    OAUTH = "mobile.oauth"
    FORM = "mobile.form"


@dataclass(frozen=True)
class Visitor:
    """A citizen who came from a conversation, or by WeChat's OAuth."""

    sender_key: str
    channel: Channel


def seal(vault: Vault, purpose: Purpose, now: datetime, minutes: int, **told: str) -> str:
    """A token that nobody can read or make, good for so many minutes."""
    ends = now + timedelta(minutes=minutes)
    return vault.seal_json({**told, "purpose": purpose.value, "exp": int(ends.timestamp())})


def unseal(vault: Vault, purpose: Purpose, token: str, now: datetime) -> Mapping[str, Any] | None:
    """What a token tells; None for one that is none, is over, or is for something else."""
    try:
        told = vault.open_json(token)
    except (InvalidToken, ValueError):
        return None
    if not isinstance(told, dict) or told.get("purpose") != purpose.value:
        return None
    return told if told["exp"] > now.timestamp() else None


def signed_link(
    vault: Vault,
    base_url: str,
    path: str,
    sender_key: str,
    now: datetime,
    minutes: int,
    channel: Channel = Channel.WECHAT,
) -> str:
    """The address of a page (`path` begins with /m/ and may have a query) that opens as this sender's, for so many
    minutes. It is to be sent to him alone. `channel`: that of the conversation."""
    token = seal(vault, Purpose.LINK, now, minutes, sender_key=sender_key, channel=channel.value)
    return f"{base_url.rstrip('/')}{path}{'&' if '?' in path else '?'}{PARAMETER}={token}"


def visitor(request: Request, desk: ThisDesk) -> Visitor | None:
    """Who looks at the page (a dependency); None for somebody unknown. Raises Away to take a token off the address."""
    now = datetime.now(UTC)
    token = request.query_params.get(PARAMETER)
    if token is not None and request.method == "GET":
        raise Away(_without_token(request, desk, token, now))
    told = unseal(desk.vault, Purpose.SESSION, request.cookies.get(COOKIE, ""), now)
    return _visitor(told) if told else None


MaybeVisitor = Annotated[Visitor | None, Depends(visitor)]


def known_visitor(request: Request, desk: ThisDesk, found: MaybeVisitor) -> Visitor:
    """The citizen (a dependency). Raises Away to ask WeChat who it is, where an account is set up; else Refused."""
    if found is not None:
        return found
    wechat = oauth.of(request)
    if wechat is None or request.method != "GET":
        raise Refused("mobile.not_known", 401, "not-known")
    raise Away(begin_oauth(request, desk, wechat))


ThisVisitor = Annotated[Visitor, Depends(known_visitor)]


def enter(request: Request, desk: Desk, response: Response, who: Visitor, now: datetime) -> None:
    """Opens the session in this browser."""
    told = {"sender_key": who.sender_key, "channel": who.channel.value}
    token = seal(desk.vault, Purpose.SESSION, now, SESSION_MINUTES, **told)
    set_cookie(request, desk, response, COOKIE, token, SESSION_MINUTES, PATH)


def set_cookie(
    request: Request, desk: Desk, response: Response, name: str, value: str, minutes: int, path: str
) -> None:
    """A cookie that scripts cannot read and other sites' forms do not send."""
    secure = base_url(desk, request).startswith("https://")
    response.set_cookie(name, value, max_age=minutes * 60, path=path, httponly=True, samesite="lax", secure=secure)


def begin_oauth(request: Request, desk: Desk, wechat: oauth.WeChatOAuth) -> Response:
    """Off to WeChat, and back to the page that was asked for."""
    now, state = datetime.now(UTC), oauth.new_state()
    kept = seal(desk.vault, Purpose.OAUTH, now, oauth.MINUTES, state=state, back=_address(request))
    url = wechat.authorize_url(base_url(desk, request) + oauth.PATH, state)
    response = RedirectResponse(url, 303, headers=PRIVATE)
    set_cookie(request, desk, response, oauth.COOKIE, kept, oauth.MINUTES, oauth.PATH)
    return response


def _without_token(request: Request, desk: Desk, token: str, now: datetime) -> Response:
    """To the same address without its token; a token that is over opens nothing, and an open session goes on."""
    response = RedirectResponse(_address(request), 303, headers=PRIVATE)
    told = unseal(desk.vault, Purpose.LINK, token, now)
    who = _visitor(told) if told else None
    if who is not None:
        enter(request, desk, response, who, now)
    return response


def _address(request: Request) -> str:
    """Path and query of a request, without the token. The path is one of our routes, so never another host's."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]
    return request.url.path + (f"?{urlencode(query)}" if query else "")


def _visitor(told: Mapping[str, Any]) -> Visitor | None:
    key = str(told.get("sender_key", ""))
    return Visitor(key, Channel(told["channel"])) if _SENDER_KEY.fullmatch(key) else None
