"""`/api/v1/staff/oidc`: to the city's identity provider and back with a session."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from bot.audit.service import record
from bot.desk import Desk
from bot.errors import Refused
from bot.parameters import ThisDesk
from bot.staff import oidc_states, service, sessions
from bot.staff.access import COOKIE, needs_tls, set_cookie
from bot.staff.oidc import Oidc, OidcFailed, Started
from bot.staff.rules import staff_rules
from bot.staff.sessions import Opened

log = logging.getLogger(__name__)
PREFIX = "/api/v1/staff/oidc"
BROWSER_COOKIE = "wenban_oidc"
AFTER_LOGIN = "/"
Secret = Annotated[str, Query(max_length=4096)]


def oidc_routes(oidc: Oidc) -> APIRouter:
    """The two routes; only mounted where the hall has a provider."""
    router = APIRouter(prefix=PREFIX, tags=["staff"])

    @router.get("/login")
    async def log_in(request: Request, desk: ThisDesk) -> RedirectResponse:
        started = await asyncio.to_thread(_begin, desk)
        try:
            url = await oidc.authorization_url(started)
        except OidcFailed as error:
            log.warning("oidc_failed step=login reason=%s", error)
            raise Refused("staff.oidc_failed", 503, "oidc-failed") from error
        response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
        response.set_cookie(
            BROWSER_COOKIE, started.browser, path=PREFIX, httponly=True, samesite="lax", secure=needs_tls(request)
        )
        return response

    @router.get("/callback")
    async def callback(request: Request, desk: ThisDesk, state: Secret = "", code: Secret = "") -> RedirectResponse:
        browser = request.cookies.get(BROWSER_COOKIE, "")
        used = await asyncio.to_thread(_use, desk, state, browser)
        try:
            if used is None or not code:
                raise OidcFailed("no code" if used else "unknown state")
            subject = await oidc.subject(code, *used)
        except OidcFailed as error:
            log.warning("oidc_failed step=callback reason=%s", error)
            await asyncio.to_thread(_failed, desk)
            raise Refused("staff.oidc_failed", 401, "oidc-failed") from error
        opened = await asyncio.to_thread(_open, desk, subject, request.cookies.get(COOKIE))
        if opened is None:
            await asyncio.to_thread(_failed, desk)
            raise Refused("staff.oidc_unknown", 403, "oidc-unknown")
        response = RedirectResponse(AFTER_LOGIN, 303)
        set_cookie(request, response, opened)
        response.delete_cookie(BROWSER_COOKIE, path=PREFIX, httponly=True, samesite="lax", secure=needs_tls(request))
        return response

    return router


def _begin(desk: Desk) -> Started:
    with desk.database.transaction() as session:
        return oidc_states.begin(session, staff_rules(desk.rules), datetime.now(UTC))


def _use(desk: Desk, state: str, browser: str) -> tuple[str, str] | None:
    with desk.database.transaction() as session:
        return oidc_states.use(session, state, browser, datetime.now(UTC))


def _open(desk: Desk, subject: str, before: str | None) -> Opened | None:
    """A session of the account that is linked to `subject`; one that this browser had before ends."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        staff = service.by_identity(session, subject)
        if staff is None:
            return None
        record(session, staff, "staff.logged_in", f"staff:{staff.id}", now, method="oidc")
        if before:
            sessions.end(session, sessions.hash_of(before))
        return sessions.start(session, staff_rules(desk.rules), staff, now)


def _failed(desk: Desk) -> None:
    with desk.database.transaction() as session:
        record(session, None, "staff.login_failed", "staff:unknown", datetime.now(UTC), method="oidc")
