"""Staff look applications up and keep them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.audit.model import AuditRow
from bot.desk import Desk
from bot.progress.system import system_of
from bot.staff.model import Role, Staff
from tests.unit.bot.progress.conftest import NUMBER

ADDRESS = f"/api/v1/staff/applications/{NUMBER}"
BODY = {"item": "GA-003", "state": "accepted", "telephone": "13800001111", "due_at": "2026-12-18T09:00:00Z"}
Sign = Callable[[Staff], None]
Member = Callable[..., Staff]


@pytest.fixture
def clerk(member: Member, sign_in: Sign) -> Staff:
    staff = member()
    sign_in(staff)
    return staff


def test_staff_only(client: TestClient) -> None:
    assert client.get(ADDRESS).status_code == client.put(ADDRESS, json=BODY).status_code == 401


def test_a_clerk_keeps_and_looks_up(client: TestClient, clerk: Staff, desk: Desk) -> None:
    assert client.get(ADDRESS).status_code == 404
    assert client.put(ADDRESS, json=BODY).status_code == 200
    told = client.get(ADDRESS).json()
    assert (told["state"], told["item_name"], told["department"]) == ("accepted", "居民身份证遗失补领", "GA")
    assert "13800001111" not in str(told)
    assert client.put(ADDRESS, json={"item": "GA-003", "state": "ready"}).json()["state"] == "ready"
    found = system_of(desk).find(NUMBER, "1111")
    assert found and found.state == "ready"
    with desk.database.transaction() as session:
        rows = list(session.scalars(select(AuditRow)))
    assert [row.action for row in rows].count("progress.look_up") == 2 and "1380000" not in str(
        [r.details for r in rows]
    )


def test_other_departments_are_left_alone(client: TestClient, clerk: Staff, member: Member, sign_in: Sign) -> None:
    client.put(ADDRESS, json=BODY)
    sign_in(member(department="RS"))
    assert client.get(ADDRESS).status_code == 404
    assert client.put(ADDRESS, json=BODY).status_code == 403
    sign_in(member(Role.SUPERVISOR, "RS"))
    assert client.get(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    ("address", "change"),
    [
        (ADDRESS, {"telephone": ""}),
        (ADDRESS, {"telephone": "12345"}),
        (ADDRESS, {"item": "XX-999"}),
        (ADDRESS, {"state": "lost"}),
        (ADDRESS, {"due_at": "2026-12-18T09:00:00"}),
        ("/api/v1/staff/applications/编号", {}),
    ],
)
def test_a_wrong_application_is_refused(client: TestClient, clerk: Staff, address: str, change: dict[str, Any]) -> None:
    assert client.put(address, json={**BODY, **change}).status_code == 422
    assert client.get(ADDRESS).status_code == 404
