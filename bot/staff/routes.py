"""`/api/v1/staff/session` and `/password`: log in, who am I, log out, one's own password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from bot.audit.service import record
from bot.errors import Refused
from bot.parameters import ThisDesk
from bot.staff import login, passwords, sessions
from bot.staff.access import COOKIE, check_origin, drop_cookie, session_of, set_cookie
from bot.staff.account_routes import account_routes
from bot.staff.rules import staff_rules
from bot.staff.sessions import SignedIn
from bot.staff.views import LogIn, PasswordChange, SessionView, session_view

ThisSession = Annotated[SignedIn, Depends(session_of)]


def routes() -> APIRouter:
    """All routes of staff but those of OIDC."""
    router = APIRouter(prefix="/api/v1/staff", tags=["staff"])
    router.add_api_route("/session", log_in, methods=["POST"])
    router.add_api_route("/session", who_am_i, methods=["GET"])
    router.add_api_route("/session", log_out, methods=["DELETE"], status_code=204)
    router.add_api_route("/password", change_password, methods=["POST"])
    router.include_router(account_routes())
    return router


def log_in(body: LogIn, request: Request, response: Response, desk: ThisDesk) -> SessionView:
    """A session by user name and password; one that this browser had before ends."""
    check_origin(request)
    now, rules = datetime.now(UTC), staff_rules(desk.rules)
    proof = login.prove(desk.database, rules, body.username, body.password, now)
    if proof is None:
        raise _wrong_login()
    with desk.database.transaction() as session:
        opened = login.log_in(session, rules, proof, now)
        if opened is None:
            raise _wrong_login()
        if before := request.cookies.get(COOKIE):
            sessions.end(session, sessions.hash_of(before))
    set_cookie(request, response, opened)
    return session_view(opened.staff, opened.csrf_token)


def who_am_i(signed_in: ThisSession, response: Response) -> SessionView:
    """Who is logged in, and the token for unsafe requests."""
    response.headers["Cache-Control"] = "no-store"
    return session_view(signed_in.staff, signed_in.csrf_token)


def log_out(signed_in: ThisSession, request: Request, response: Response, desk: ThisDesk) -> None:
    """Ends this session."""
    with desk.database.transaction() as session:
        sessions.end(session, signed_in.token_hash)
        record(session, signed_in.staff, "staff.logged_out", f"staff:{signed_in.staff.id}", datetime.now(UTC))
    drop_cookie(request, response)


def change_password(
    body: PasswordChange, signed_in: ThisSession, request: Request, response: Response, desk: ThisDesk
) -> SessionView:
    """One's own new password; every session ends, and this browser gets a new one. A wrong old password counts as a
    failed log-in, so that a browser left open is no place to guess."""
    now, rules, username = datetime.now(UTC), staff_rules(desk.rules), signed_in.staff.username
    passwords.check(rules, username, body.new)
    proof = login.prove(desk.database, rules, username, body.old, now)
    if proof is None:
        raise _wrong_password()
    new_hash = passwords.hashed(body.new)
    with desk.database.transaction() as session:
        opened = login.change_password(session, rules, proof, new_hash, now)
    if opened is None:
        raise _wrong_password()
    set_cookie(request, response, opened)
    return session_view(opened.staff, opened.csrf_token)


def _wrong_login() -> Refused:
    return Refused("staff.wrong_login", 401, "wrong-login")


def _wrong_password() -> Refused:
    return Refused("staff.wrong_password", 403, "wrong-password")
