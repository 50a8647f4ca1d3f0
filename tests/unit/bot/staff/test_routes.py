"""The routes of staff as a browser meets them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.db.database import Database
from bot.staff.access import COOKIE, CSRF_HEADER
from bot.staff.model import Role
from tests.unit.bot.staff.helpers import NEW_PASSWORD, PASSWORD, RULES, account, app_with, browser, kind, log_in, put

SESSION = "/api/v1/staff/session"
ACCOUNTS = "/api/v1/staff/accounts"
AUDIT = "/api/v1/staff/audit"


@pytest.fixture
def admin(database: Database) -> TestClient:
    """An administrator's browser, logged in; there are a clerk `wang` and a supervisor `li` too."""
    put(database, account("admin", Role.ADMINISTRATOR), account("wang"), account("li", Role.SUPERVISOR))
    client = browser(app_with(database))
    assert log_in(client, "admin").status_code == 200
    return client


def another(admin: TestClient) -> TestClient:
    """A browser of somebody else at the same app."""
    return browser(admin.app)  # type: ignore[arg-type]


def id_of(admin: TestClient, username: str) -> str:
    return str(next(a["id"] for a in admin.get(ACCOUNTS).json() if a["username"] == username))


def actions(admin: TestClient, **wanted: Any) -> list[str]:
    """Newest first."""
    return [entry["action"] for entry in admin.get(AUDIT, params=wanted).json()["entries"]]


def test_log_in_who_am_i_log_out(admin: TestClient) -> None:
    client = another(admin)
    response = log_in(client, "Wang")
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["staff"] == {
        "id": id_of(admin, "wang"), "username": "wang", "name": "wang女士", "role": "clerk", "department": "GA",
        "window": None,
    }  # fmt: skip
    assert client.get(SESSION).json() == response.json()
    token = client.cookies[COOKIE]
    left = client.delete(SESSION)
    assert left.status_code == 204 and f'{COOKIE}=""' in left.headers["set-cookie"]
    client.cookies.set(COOKIE, token)
    assert kind(client.get(SESSION)) == "401 not-signed-in"
    assert actions(admin)[:2] == ["staff.logged_out", "staff.logged_in"]


def test_log_out_needs_the_token_too(admin: TestClient) -> None:
    del admin.headers[CSRF_HEADER]
    assert kind(admin.delete(SESSION)) == "403 foreign-page"


def test_what_was_wrong_is_not_told(admin: TestClient, database: Database) -> None:
    put(database, account("left", active=False), account("outside", password_hash=None))
    client, bodies = another(admin), []
    for username, password in (("wang", "wrong"), ("nobody", PASSWORD), ("left", PASSWORD), ("outside", PASSWORD)):
        response = log_in(client, username, password)
        assert kind(response) == "401 wrong-login" and "set-cookie" not in response.headers
        bodies.append(response.json())
    for _ in range(RULES.failed_logins):
        log_in(client, "wang", "wrong")
    bodies.append(log_in(client, "wang").json())
    assert all(body == bodies[0] for body in bodies)
    assert actions(admin).count("staff.locked_out") == 1
    assert [a["locked_until"] is not None for a in admin.get(ACCOUNTS).json() if a["username"] == "wang"] == [True]


def test_log_in_from_another_page_is_refused(admin: TestClient) -> None:
    client = another(admin)
    client.headers["Origin"] = "https://evil.example"
    assert kind(log_in(client, "wang")) == "403 foreign-page"


def test_a_new_log_in_has_a_new_token_and_ends_the_old(admin: TestClient) -> None:
    old = admin.cookies[COOKIE]
    log_in(admin, "admin")
    assert admin.cookies[COOKIE] != old
    client = another(admin)
    client.cookies.set(COOKIE, old)
    assert kind(client.get(SESSION)) == "401 not-signed-in"


@pytest.mark.parametrize(
    "body", [{}, {"username": "wang"}, {"username": "wang", "password": PASSWORD, "role": "administrator"}, [], "x"]
)
def test_a_malformed_log_in_is_refused(admin: TestClient, body: Any) -> None:
    assert another(admin).post(SESSION, json=body).status_code == 422


def test_ones_own_password(admin: TestClient) -> None:
    client, elsewhere = another(admin), another(admin)
    log_in(client, "wang"), log_in(elsewhere, "wang")
    path = "/api/v1/staff/password"
    assert kind(client.post(path, json={"old": "wrong", "new": NEW_PASSWORD})) == "403 wrong-password"
    assert kind(client.post(path, json={"old": PASSWORD, "new": "short"})) == "422 weak-password"
    assert kind(another(admin).post(path, json={"old": PASSWORD, "new": NEW_PASSWORD})) == "401 not-signed-in"
    response = client.post(path, json={"old": PASSWORD, "new": NEW_PASSWORD})
    assert response.status_code == 200 and client.get(SESSION).json() == response.json()
    assert kind(elsewhere.get(SESSION)) == "401 not-signed-in"
    assert kind(log_in(elsewhere, "wang")) == "401 wrong-login"
    assert log_in(elsewhere, "wang", NEW_PASSWORD).status_code == 200


def test_the_old_password_cannot_be_guessed_at_an_open_browser(admin: TestClient) -> None:
    client = another(admin)
    log_in(client, "wang")
    path = "/api/v1/staff/password"
    for _ in range(RULES.failed_logins):
        client.post(path, json={"old": "wrong", "new": NEW_PASSWORD})
    assert kind(client.post(path, json={"old": PASSWORD, "new": NEW_PASSWORD})) == "403 wrong-password"


def test_an_administrator_adds_changes_and_lists_accounts(admin: TestClient) -> None:
    new = {"username": "zhao", "name": "赵先生", "role": "clerk", "department": "SC", "password": NEW_PASSWORD}
    added = admin.post(ACCOUNTS, json=new)
    assert added.status_code == 201 and added.json()["has_password"] and "password_hash" not in added.text
    path = f"{ACCOUNTS}/{added.json()['id']}"
    changed = admin.patch(path, json={"role": "reviewer", "department": None, "oidc_subject": "sub-9"}).json()
    assert (changed["role"], changed["department"], changed["oidc_subject"]) == ("reviewer", None, "sub-9")
    assert (changed["name"], changed["active"]) == ("赵先生", True)
    assert [a["username"] for a in admin.get(ACCOUNTS).json()] == ["admin", "li", "wang", "zhao"]
    assert actions(admin, subject=f"staff:{added.json()['id']}") == ["staff.changed", "staff.added"]
    assert log_in(another(admin), "zhao", NEW_PASSWORD).json()["staff"]["role"] == "reviewer"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"username": "WANG"}, "409 username-taken"), ({"username": "a b"}, "422 bad-username"),
        ({"department": None}, "422 needs-department"), ({"department": "XX"}, "422 unknown-department"),
        ({"password": "short"}, "422 weak-password"), ({"username": "abcdefghijklm", "password": "Abcdefghijklm"},
        "422 weak-password"),
    ],
)  # fmt: skip
def test_an_account_that_is_no_good(admin: TestClient, change: dict[str, Any], expected: str) -> None:
    new = {"username": "zhao", "name": "赵先生", "role": "clerk", "department": "SC", "password": NEW_PASSWORD}
    assert kind(admin.post(ACCOUNTS, json=new | change)) == expected


@pytest.mark.parametrize(
    "change",
    [{"name": None}, {"role": None}, {"active": None}, {"role": "king"}, {"username": "x"}, {"name": "a\0b"},
     {"department": "ga"}, {"oidc_subject": ""}, {"active": "perhaps"}],
)  # fmt: skip
def test_a_malformed_change_is_refused(admin: TestClient, change: dict[str, Any]) -> None:
    assert admin.patch(f"{ACCOUNTS}/{id_of(admin, 'wang')}", json=change).status_code == 422


def test_a_deactivated_account_is_out_at_once(admin: TestClient) -> None:
    client = another(admin)
    log_in(client, "wang")
    assert admin.patch(f"{ACCOUNTS}/{id_of(admin, 'wang')}", json={"active": False}).json()["active"] is False
    assert kind(client.get(SESSION)) == "401 not-signed-in"
    assert kind(log_in(client, "wang")) == "401 wrong-login"


def test_the_last_administrator_stays(admin: TestClient) -> None:
    path = f"{ACCOUNTS}/{id_of(admin, 'admin')}"
    assert kind(admin.patch(path, json={"active": False})) == "409 last-administrator"
    assert kind(admin.patch(path, json={"role": "clerk"})) == "409 last-administrator"
    assert admin.get(SESSION).status_code == 200


def test_a_forgotten_password_and_a_lock(admin: TestClient) -> None:
    client, path = another(admin), f"{ACCOUNTS}/{id_of(admin, 'wang')}"
    for _ in range(RULES.failed_logins):
        log_in(client, "wang", "wrong")
    assert admin.post(f"{path}/unlock").json()["locked_until"] is None
    assert log_in(client, "wang").status_code == 200
    assert kind(admin.post(f"{path}/password", json={"password": "short"})) == "422 weak-password"
    assert admin.post(f"{path}/password", json={"password": NEW_PASSWORD}).status_code == 200
    assert kind(client.get(SESSION)) == "401 not-signed-in"
    assert log_in(client, "wang", NEW_PASSWORD).status_code == 200
    assert actions(admin, staff=id_of(admin, "admin"))[:2] == ["staff.password_set", "staff.unlocked"]


def test_accounts_are_for_administrators_only(admin: TestClient) -> None:
    path = f"{ACCOUNTS}/{id_of(admin, 'wang')}"
    for username in ("wang", "li"):
        client = another(admin)
        log_in(client, username)
        answers = [
            client.get(ACCOUNTS), client.post(ACCOUNTS, json={"username": "zhao", "name": "赵", "role": "reviewer"}),
            client.patch(path, json={"role": "administrator"}), client.post(f"{path}/unlock"),
            client.post(f"{path}/password", json={"password": NEW_PASSWORD}),
        ]  # fmt: skip
        assert {kind(answer) for answer in answers} == {"403 not-allowed"}
    assert kind(another(admin).get(ACCOUNTS)) == "401 not-signed-in"


@pytest.mark.parametrize("id_", ["0" * 32, "nobody"])
def test_an_account_that_is_not_there(admin: TestClient, id_: str) -> None:
    expected = 404 if len(id_) == 32 else 422
    answers = [
        admin.patch(f"{ACCOUNTS}/{id_}", json={"name": "甲"}), admin.post(f"{ACCOUNTS}/{id_}/unlock"),
        admin.post(f"{ACCOUNTS}/{id_}/password", json={"password": NEW_PASSWORD}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [expected] * 3


def test_the_audit_log_is_for_administrators_and_supervisors(admin: TestClient) -> None:
    supervisor, clerk = another(admin), another(admin)
    log_in(supervisor, "li"), log_in(clerk, "wang")
    assert kind(clerk.get(AUDIT)) == "403 not-allowed"
    first = supervisor.get(AUDIT, params={"limit": 2}).json()
    assert [e["staff"]["username"] for e in first["entries"]] == ["wang", "li"]
    last = supervisor.get(AUDIT, params={"limit": 2, "before": first["next"]}).json()
    assert [e["staff"]["username"] for e in last["entries"]] == ["admin"] and last["next"] is None
    assert supervisor.get(AUDIT, params={"limit": 3}).json()["next"] is None
    assert supervisor.get(AUDIT, params={"action": "staff.locked_out"}).json() == {"entries": [], "next": None}


@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 201}, {"before": 0}, {"before": 2**40}, {"action": "a\0"}])
def test_what_cannot_be_looked_for_is_refused(admin: TestClient, wanted: dict[str, Any]) -> None:
    assert admin.get(AUDIT, params=wanted).status_code == 422
