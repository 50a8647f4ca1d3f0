"""Accounts made by hand, and a small app with the routes of staff as the real app has them."""

import uuid
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Annotated, Any, cast

from cryptography.fernet import Fernet
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.settings import load_settings
from bot.staff import passwords
from bot.staff.access import CSRF_HEADER, allow
from bot.staff.model import Role, Staff, StaffRow
from bot.staff.oidc import Oidc
from bot.staff.oidc_routes import oidc_routes
from bot.staff.routes import routes
from bot.staff.rules import staff_rules
from bot.wording.wording import load_wording
from knowledge.loader import DATA, load_hall
from tests.unit.bot.web import app_of

RULES = staff_rules(DATA / "deeds")
HALL = load_hall()
PASSWORD = "示范大厅-窗口-2026"
NEW_PASSWORD = "另一个-更长的-密码-2026"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WORDING = load_wording()
HOST = "http://127.0.0.1:8000"


@cache
def hash_of_password() -> str:
    return passwords.hashed(PASSWORD)


def account(username: str, role: Role = Role.CLERK, **values: Any) -> StaffRow:
    """An account with PASSWORD, of department GA unless told."""
    given = {
        "id": uuid.uuid4().hex, "username": username, "name": f"{username}女士", "role": role.value, "department": "GA",
        "password_hash": hash_of_password(), "active": True, "failed_logins": 0, "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return StaffRow(**given | values)


def put(database: Database, *rows: StaffRow) -> None:
    with database.transaction() as session:
        session.add_all(rows)


def desk_with(database: Database) -> Desk:
    library = SimpleNamespace(current=SimpleNamespace(hall=HALL))
    vault = Vault(Fernet.generate_key().decode())
    return Desk(load_settings(), database, vault, cast(Any, library), WORDING, cast(Any, None))


def app_with(database: Database, oidc: Oidc | None = None) -> FastAPI:
    """The routes of staff, and two of another part that only some roles may use."""
    app = app_of(desk_with(database), routes())
    if oidc:
        app.include_router(oidc_routes(oidc))

    @app.get("/any")
    def for_any(staff: Annotated[Staff, Depends(allow())]) -> str:
        return staff.username

    @app.post("/reviewers")
    def for_reviewers(staff: Annotated[Staff, Depends(allow(Role.REVIEWER, Role.SUPERVISOR))]) -> str:
        return staff.username

    return app


def browser(app: FastAPI, host: str = HOST) -> TestClient:
    """A browser with cookies of its own; with https its cookies are Secure."""
    return TestClient(app, base_url=host, follow_redirects=False)


def log_in(client: TestClient, username: str, password: str = PASSWORD) -> Any:
    """Logs in and sends the token of the session with whatever follows."""
    response = client.post("/api/v1/staff/session", json={"username": username, "password": password})
    if response.status_code == 200:
        client.headers[CSRF_HEADER] = response.json()["csrf_token"]
    return response


def kind(response: Any) -> str:
    """The last part of a problem's type, with its status."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return f"{response.status_code} {response.json()['type'].removeprefix('/problems/')}"
