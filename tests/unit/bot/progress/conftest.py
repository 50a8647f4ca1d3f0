"""The desk, staff and vault of the notices' tests, and an app with the progress routes."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.progress import routes
from bot.progress.model import Applicant, Progress
from bot.progress.sql_system import keep
from tests.unit.bot.notices.conftest import NOW, VAULT, desk, member
from tests.unit.bot.web import app_of, sign_in

__all__ = ["desk", "member", "sign_in"]

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
    with TestClient(app_of(desk, routes.routes()), base_url="http://localhost") as client:
        yield client
