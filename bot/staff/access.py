"""Who may come in: the session of a request, its roles, and proof that an unsafe request comes from our own page."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from bot.desk import Desk, desk_of
from bot.errors import Refused
from bot.staff import sessions
from bot.staff.model import Role, Staff
from bot.staff.rules import staff_rules
from bot.staff.sessions import Opened, SignedIn

COOKIE = "wenban_staff"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def allow(*roles: Role) -> Callable[..., Staff]:
    """A dependency that gives the member of staff who asks. Raises Refused: 401 without a session, 403 when none of
    `roles` is his (none named: any member of staff) or when an unsafe request does not come from our page."""

    def allowed(signed_in: Annotated[SignedIn, Depends(session_of)]) -> Staff:
        if roles and signed_in.staff.role not in roles:
            raise Refused("staff.not_allowed", 403, "not-allowed")
        return signed_in.staff

    return allowed


def session_of(request: Request, desk: Annotated[Desk, Depends(desk_of)]) -> SignedIn:
    """The session of a request (a dependency); raises Refused as `allow` does."""
    token = request.cookies.get(COOKIE)
    now = datetime.now(UTC)
    found = None
    if token:
        with desk.database.transaction() as session:
            found = sessions.find(session, staff_rules(desk.rules), token, now)
    if found is None:
        raise Refused("staff.not_signed_in", 401, "not-signed-in")
    if request.method not in _SAFE:
        check_origin(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(sent.encode(), found.csrf_token.encode()):
            raise Refused("staff.foreign_page", 403, "foreign-page")
    if now - found.seen_at >= sessions.TOUCH_AFTER:
        with desk.database.transaction() as session:
            sessions.touch(session, found, now)
    return found


def may_see_department(staff: Staff, department: str | None) -> bool:
    """Supervisors and administrators see every department's matters, others those of their own."""
    if staff.role in {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return True
    return department is not None and department == staff.department


def check_origin(request: Request) -> None:
    """Raises Refused when a browser says that the request comes from a page of another host."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    theirs = _host(origin)
    # A proxy may have taken TLS off, so that only the browser knows the scheme.
    ours = _host(f"{origin.partition('://')[0]}://{request.headers.get('Host', '')}")
    if theirs is None or theirs != ours:
        raise Refused("staff.foreign_page", 403, "foreign-page")


def set_cookie(request: Request, response: Response, opened: Opened) -> None:
    """The cookie of a new session; it ends with the browser, since windows are shared."""
    response.set_cookie(COOKIE, opened.token, path="/", httponly=True, samesite="lax", secure=needs_tls(request))
    response.headers["Cache-Control"] = "no-store"


def drop_cookie(request: Request, response: Response) -> None:
    """Takes the cookie back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=needs_tls(request))


def needs_tls(request: Request) -> bool:
    """Whether cookies are only for https: always, except on the machine itself over plain http."""
    return not (request.url.scheme == "http" and is_loopback(request.url.hostname))


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _host(address: str) -> tuple[str, int | None] | None:
    """Host and port of an address; None if it is none."""
    try:
        parts = urlsplit(address)
        if not parts.hostname:
            return None
        return parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
