"""Whoever has no session, no token of it, or no account any more, gets nowhere; and rights that hang on more than the
matrix can say."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from bot.progress.model import ApplicationRow
from bot.staff.access import CSRF_HEADER
from tests.unit.bot.authorisation.asking import ASK
from tests.unit.bot.authorisation.house import PEOPLE
from tests.unit.bot.authorisation.matrix import MATRIX, guarded
from tests.unit.bot.authorisation.rows import LONG_AGO, Rows

GUARDED = guarded()
UNSAFE = [route for route in GUARDED if not route.startswith("GET ")]
ROLES = [column for column in MATRIX.columns if column in PEOPLE]
NOBODYS = dict.fromkeys(("id", "id_", "number", "slot_id"), "0" * 32) | {"day": "2099-01-01"}


def ask(client: TestClient, route: str, **headers: str) -> httpx.Response:
    """Without body or row: what is tested here is told before they are looked at."""
    method, path = route.split(" ", 1)
    response: httpx.Response = client.request(method, path.format_map(NOBODYS), headers=headers)
    return response


def kinds(client: TestClient, routes: list[str], **headers: str) -> set[tuple[int, str]]:
    """Status and kind of problem of each answer."""
    answers = [ask(client, route, **headers) for route in routes]
    return {(answer.status_code, answer.json()["type"].removeprefix("/problems/")) for answer in answers}


def test_the_matrix_guards_what_lies_under_staff() -> None:
    """Only the ways to a session are open there."""
    open_ = {r for r in MATRIX.routes if " /api/v1/staff/" in r and " | " not in r} - set(GUARDED)
    ways_in = ("POST /api/v1/staff/session", "GET /api/v1/staff/oidc/login", "GET /api/v1/staff/oidc/callback")
    assert open_ == set(ways_in)
    assert all(" /api/v1/staff/" in route for route in GUARDED)
    assert len(UNSAFE) > 50


@pytest.mark.parametrize("who", ROLES)
def test_an_unsafe_request_needs_the_token_of_its_session(rows: Rows, who: str) -> None:
    client, another = rows.house.client(who, fresh=True), rows.house.client(who, fresh=True)
    right = client.headers.pop(CSRF_HEADER)
    assert kinds(client, UNSAFE) == {(403, "foreign-page")}
    foreign = {CSRF_HEADER: another.headers[CSRF_HEADER]}
    assert kinds(client, UNSAFE, **foreign) == {(403, "foreign-page")}
    evil = {CSRF_HEADER: right, "Origin": "https://evil.example"}
    assert kinds(client, UNSAFE, **evil) == {(403, "foreign-page")}
    assert ask(client, "GET /api/v1/staff/session").status_code == 200


@pytest.mark.parametrize("who", ROLES)
def test_the_session_of_a_deactivated_account_is_none(rows: Rows, who: str) -> None:
    assert kinds(rows.house.deactivated(who), GUARDED) == {(401, "not-signed-in")}


def test_a_session_that_never_was_is_none(rows: Rows) -> None:
    client = rows.house.client("anonymous", fresh=True)
    client.cookies.set("wenban_staff", "a" * 43)
    assert kinds(client, GUARDED, **{CSRF_HEADER: "a" * 43}) == {(401, "not-signed-in")}


def test_rasas_actions_know_no_session_but_a_token(rows: Rows) -> None:
    client, call = rows.house.client("administrator"), {"next_action": None}
    wrong = {"Authorization": f"Bearer {client.cookies['wenban_staff']}"}
    assert client.post("/rasa/actions", json=call, headers=wrong).status_code == 401
    right = {"Authorization": "Bearer a-token"}
    assert rows.house.client("anonymous").post("/rasa/actions", json=call, headers=right).status_code == 200


def test_another_departments_application_is_not_taken_over(rows: Rows) -> None:
    """By writing it anew as one of the own department."""
    number = rows.application()
    before = rows.house.row(ApplicationRow, number)
    client, path = rows.house.client("other_clerk"), f"/api/v1/staff/applications/{number}"
    body = {"item": "RS-002", "state": "refused", "telephone": "13800007777"}
    assert client.put(path, json=body).status_code == 409
    assert rows.house.row(ApplicationRow, number) == before and client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["consultations", "alarms?limit=500", "threads?limit=200"])
def test_a_reviewer_of_no_department_sees_nobodys_matters_neither(rows: Rows, path: str) -> None:
    """No department is not the same as the department of what has none."""
    hidden: list[Any] = [rows.consultation(None, at=LONG_AGO), rows.alarm(), rows.thread(department=None)]
    body = rows.house.client("reviewer_of_nothing").get(f"/api/v1/staff/{path}").text
    assert not [row.id for row in hidden if row.id in body]


def test_a_thread_of_no_department_is_for_every_clerk(rows: Rows) -> None:
    row = rows.thread(department=None)
    for who, sees in {"own_clerk": True, "other_clerk": True, "supervisor": True, "reviewer": False}.items():
        assert (row.id in rows.house.client(who).get("/api/v1/staff/threads?limit=200").text) is sees, who


def test_the_window_that_was_rated_is_not_told_who_rated(rows: Rows) -> None:
    """S19: though it belongs to the department that follows up."""
    row = rows.rating("A01")
    client, path = rows.house.client("window_complained_of"), "/api/v1/staff/ratings"
    assert client.post(f"{path}/{row.id}/reveal", json={"reason": "call_back"}).status_code == 403
    telephone = rows.desk.vault.open(row.telephone or "").removeprefix("+86")
    for answer in (client.get(path), client.get(f"{path}/{row.id}")):
        assert row.id in answer.text and "王小美" not in answer.text and telephone not in answer.text


def test_the_window_that_was_rated_does_not_even_see_masks(rows: Rows) -> None:
    """docs/ratings-and-requests.md: it never sees who rated it; whoever has just served him knows him by the mask."""
    row = rows.rating("A01")
    telephone = rows.desk.vault.open(row.telephone or "")
    shown = rows.house.client("window_complained_of").get(f"/api/v1/staff/ratings/{row.id}").json()
    assert not shown["name"].startswith("王") and not shown["telephone"].endswith(telephone[-4:])


def test_every_refused_entry_has_somebody_who_may(rows: Rows) -> None:
    """A request that nobody would be granted proves nothing about those who are refused."""
    nobody = {entry for entry, rights in MATRIX.routes.items() if "allowed" not in rights}
    assert {entry for entry in nobody if "wrong telephone" not in entry} == {"POST /rasa/actions"}
    assert nobody <= set(ASK)
