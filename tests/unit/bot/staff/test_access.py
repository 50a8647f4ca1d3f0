"""Who may come in: roles, the session's end, proof that a request comes from our page, and the cookie."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from bot.db.database import Database
from bot.staff.access import COOKIE, CSRF_HEADER, may_see_department
from bot.staff.model import Role, SessionRow, Staff
from tests.unit.bot.staff.helpers import HOST, RULES, account, app_with, browser, kind, log_in, put


@pytest.fixture
def client(database: Database) -> TestClient:
    """A browser before log-in; there is one account of each role, named after it."""
    put(database, *(account(role.value, role) for role in Role))
    return browser(app_with(database))


def age(database: Database, **ago: float) -> None:
    """Makes every session as if nothing had come from it for so long."""
    with database.transaction() as session:
        for row in session.scalars(select(SessionRow)):
            row.seen_at -= timedelta(**ago)
            row.expires_at -= timedelta(**ago)


def test_without_a_session_nobody_comes_in(client: TestClient) -> None:
    assert kind(client.get("/any")) == "401 not-signed-in"
    client.cookies.set(COOKIE, "made-up")
    assert kind(client.get("/any")) == "401 not-signed-in"
    assert kind(client.post("/reviewers")) == "401 not-signed-in"


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("reviewer", 200), ("supervisor", 200)])
def test_a_role_has_to_be_named(client: TestClient, role: str, status: int) -> None:
    log_in(client, role)
    assert client.get("/any").json() == role
    assert client.post("/reviewers").status_code == status


def test_an_administrator_may_not_do_everything(client: TestClient) -> None:
    log_in(client, "administrator")
    assert client.get("/any").status_code == 200
    assert kind(client.post("/reviewers")) == "403 not-allowed"


@pytest.mark.parametrize("sent", [None, "", "wrong", "中文".encode().decode("latin-1")])
def test_an_unsafe_request_needs_the_token(client: TestClient, sent: str | None) -> None:
    log_in(client, "reviewer")
    del client.headers[CSRF_HEADER]
    headers = [] if sent is None else [(CSRF_HEADER.encode(), sent.encode("latin-1"))]
    assert kind(client.post("/reviewers", headers=headers)) == "403 foreign-page"
    assert client.get("/any").status_code == 200


def test_the_token_of_another_session_is_none(client: TestClient, database: Database) -> None:
    other = browser(app_with(database))
    log_in(other, "reviewer")
    log_in(client, "reviewer")
    client.headers[CSRF_HEADER] = other.headers[CSRF_HEADER]
    assert kind(client.post("/reviewers")) == "403 foreign-page"


@pytest.mark.parametrize("origin", [HOST, "HTTP://127.0.0.1:8000"])
def test_our_own_page_may_send(client: TestClient, origin: str) -> None:
    log_in(client, "reviewer")
    assert client.post("/reviewers", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://127.0.0.1:8001", "http://127.0.0.1", "http://[", "x"]
)
def test_another_page_may_not_send_even_with_the_token(client: TestClient, origin: str) -> None:
    log_in(client, "reviewer")
    assert kind(client.post("/reviewers", headers={"Origin": origin})) == "403 foreign-page"
    assert client.get("/any", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize("origin", ["https://hall.example", "https://hall.example:443"])
def test_a_port_that_goes_without_saying_may_be_said(database: Database, origin: str) -> None:
    put(database, account("wang", Role.REVIEWER))
    client = browser(app_with(database), "https://hall.example")
    log_in(client, "wang")
    assert client.post("/reviewers", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    ("host", "secure"),
    [
        ("http://127.0.0.1:8000", False), ("http://localhost", False), ("http://[::1]:8000", False),
        ("https://localhost", True), ("http://10.0.0.8:8000", True), ("https://hall.example", True),
        ("http://localhost.evil.example", True),
    ],
)  # fmt: skip
def test_the_cookie_is_for_https_except_on_the_machine_itself(database: Database, host: str, secure: bool) -> None:
    put(database, account("wang"))
    cookie = log_in(browser(app_with(database), host), "wang").headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and ("Secure" in cookie) is secure
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Max-Age" not in cookie and "expires" not in cookie.lower()


def test_a_session_ends_when_it_is_idle(client: TestClient, database: Database) -> None:
    log_in(client, "clerk")
    age(database, minutes=RULES.idle_minutes - 1)
    assert client.get("/any").status_code == 200
    age(database, minutes=RULES.idle_minutes - 1)
    assert client.get("/any").status_code == 200
    age(database, minutes=RULES.idle_minutes)
    assert kind(client.get("/any")) == "401 not-signed-in"


def test_a_session_in_use_is_written_down_once_a_minute(client: TestClient, database: Database) -> None:
    def seen() -> object:
        with database.transaction() as session:
            return session.scalar(select(SessionRow.seen_at))

    log_in(client, "clerk")
    before = seen()
    client.get("/any")
    assert seen() == before
    age(database, minutes=2)
    client.get("/any")
    assert seen() > before  # type: ignore[operator]


def test_the_longest_session_ends_though_it_is_used(client: TestClient, database: Database) -> None:
    log_in(client, "clerk")
    with database.transaction() as session:
        session.execute(update(SessionRow).values(expires_at=SessionRow.created_at))
    assert kind(client.get("/any")) == "401 not-signed-in"


@pytest.mark.parametrize(
    ("role", "own", "department", "expected"),
    [
        (Role.SUPERVISOR, None, "SC", True), (Role.ADMINISTRATOR, "GA", "SC", True),
        (Role.SUPERVISOR, None, None, True),
        (Role.CLERK, "GA", "GA", True), (Role.CLERK, "GA", "SC", False), (Role.CLERK, "GA", None, False),
        (Role.REVIEWER, None, "GA", False), (Role.REVIEWER, None, None, False), (Role.REVIEWER, "SC", "SC", True),
    ],
)  # fmt: skip
def test_who_sees_a_departments_matters(role: Role, own: str | None, department: str | None, expected: bool) -> None:
    assert may_see_department(Staff("1", "a", "甲", role, own, None), department) is expected
