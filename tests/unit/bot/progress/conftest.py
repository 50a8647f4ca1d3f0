"""The desk, staff and vault of the notices' tests, and an app with the progress routes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.errors import Refused
from bot.progress import routes
from bot.progress.model import Applicant, Progress
from bot.progress.sql_system import keep
from bot.staff import access, sessions
from bot.staff.model import Staff
from bot.staff.rules import staff_rules
from tests.unit.bot.notices.conftest import NOW, VAULT, desk, member

__all__ = ["desk", "member"]

NUMBER = "SL20261120A001"
PERSON = Applicant("11010119900307123X", "+8613800001111")


def progress(**changes: Any) -> Progress:
    data = {
        "number": NUMBER, "item": "GA-003", "item_name": "居民身份证遗失补领", "department": "GA", "state": "examining",
        "steps": [{"name": "受理", "at": "2026-11-20T02:00:00Z"}, {"name": "收件", "at": "2026-11-19T02:00:00Z"}],
        "due_at": "2026-12-18T09:00:00Z",
    }  # fmt: skip
    return Progress.model_validate({**data, **changes})


@pytest.fixture
def kept(desk: Desk) -> Callable[..., None]:
    def keep_it(applicant: Applicant | None = PERSON, now: datetime = NOW, **changes: Any) -> None:
        with desk.database.transaction() as session:
            keep(session, VAULT, progress(**changes), applicant, now)

    return keep_it


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.desk = desk

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> JSONResponse:
        detail = desk.wording.say(error.wording, **error.values)
        return JSONResponse({"type": f"/problems/{error.kind}", "detail": detail}, error.status)

    app.include_router(routes.routes())
    with TestClient(app, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def sign_in(desk: Desk, client: TestClient) -> Callable[[Staff], None]:
    def sign(staff: Staff) -> None:
        with desk.database.transaction() as session:
            opened = sessions.start(session, staff_rules(desk.rules), staff, datetime.now(UTC))
        client.cookies.set(access.COOKIE, opened.token)
        client.headers[access.CSRF_HEADER] = opened.csrf_token

    return sign
