"""Apps of some routes that refuse as the real app does, and staff who sign in to them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.errors import Refused
from bot.staff import access, sessions
from bot.staff.model import Staff
from bot.staff.rules import staff_rules
from connectors.problems import Problem


def app_of(desk: Desk, *routers: APIRouter) -> FastAPI:
    app = FastAPI()
    app.state.desk = desk

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        detail = desk.wording.say(error.wording, **error.values)
        return Problem(error.status, error.kind, "很抱歉，没有办成", detail, **error.extra).response()

    for router in routers:
        app.include_router(router)
    return app


def signed_in(client: TestClient, desk: Desk, staff: Staff) -> None:
    """The client has a session of this member of staff from now on, and sends the token for unsafe requests."""
    with desk.database.transaction() as session:
        opened = sessions.start(session, staff_rules(desk.rules), staff, datetime.now(UTC))
    client.cookies.set(access.COOKIE, opened.token)
    client.headers[access.CSRF_HEADER] = opened.csrf_token


@pytest.fixture
def sign_in(desk: Desk, client: TestClient) -> Callable[[Staff], None]:
    return lambda staff: signed_in(client, desk, staff)
