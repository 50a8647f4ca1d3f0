"""The calendar over HTTP: everybody reads, administrators and supervisors set days, and the audit log knows who."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.audit.model import AuditRow
from bot.db.database import Database
from bot.desk import Desk
from bot.hall_days.routes import routes
from bot.publishing.library import Library
from bot.settings import Settings
from bot.staff.model import Role, Staff
from bot.wording.wording import load_wording
from tests.unit.bot.web import app_of, sign_in

__all__ = ["sign_in"]

CLOSED = {"sessions": [], "reason": "消防演练"}
MORNING = {"sessions": [{"opens": "09:00", "closes": "11:30"}], "reason": "系统升级"}
DAY = "/api/v1/staff/hall-days/2098-03-05"  # a Wednesday
SPAN = "from=2098-03-05&to=2098-03-06"


@pytest.fixture
def desk(database: Database, library: Library, settings: Settings) -> Desk:
    return Desk(settings, database, cast(Any, None), library, load_wording(), cast(Any, None))


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(app_of(desk, routes()), base_url="http://localhost") as client:
        yield client


def detail(client: TestClient, method: str, path: str, status: int, **more: Any) -> str:
    answer = client.request(method, path, **more)
    assert answer.status_code == status, answer.text
    return cast(str, answer.json()["detail"])


def test_a_day_that_is_set_is_told_to_everybody(
    client: TestClient, library: Library, supervisor: Staff, sign_in: Callable[[Staff], None]
) -> None:
    sign_in(supervisor)
    answer = client.put(DAY, json=MORNING)
    assert answer.status_code == 200
    told = answer.json()
    assert datetime.fromisoformat(told.pop("set_at")).utcoffset() is not None
    assert told == {"day": "2098-03-05", "set_by": supervisor.id, **MORNING}
    assert library.refresh()
    client.cookies.clear()
    (first, second) = client.get(f"/api/v1/hall-days?{SPAN}").json()["days"]
    assert first == {"day": "2098-03-05", "working": True, **MORNING}
    assert second == {
        "day": "2098-03-06", "working": True, "reason": None,
        "sessions": [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:30", "closes": "17:00"}],
    }  # fmt: skip


def test_a_closure_is_told_and_given_back(
    client: TestClient, library: Library, supervisor: Staff, sign_in: Callable[[Staff], None]
) -> None:
    sign_in(supervisor)
    assert client.put(DAY, json=CLOSED).status_code == 200
    library.refresh()
    assert client.get(f"/api/v1/hall-days?{SPAN}").json()["days"][0] == {
        "day": "2098-03-05", "working": False, **CLOSED,
    }  # fmt: skip
    answer = client.delete(DAY)
    assert (answer.status_code, answer.content) == (204, b"")
    library.refresh()
    assert client.get(f"/api/v1/hall-days?{SPAN}").json()["days"][0]["working"] is True
    assert "很抱歉" in detail(client, "DELETE", DAY, 404)


@pytest.mark.parametrize(
    ("span", "known"),
    [
        pytest.param("from=2026-10-01&to=2026-10-08", True, id="known"),
        pytest.param("from=2026-12-20&to=2027-01-03", False, id="into the year that is not announced"),
        pytest.param("from=2099-10-01&to=2099-10-01", False, id="not announced"),
    ],
)
def test_years_without_announced_holidays_say_so(client: TestClient, span: str, known: bool) -> None:
    assert client.get(f"/api/v1/hall-days?{span}").json()["holidays_known"] is known


def test_holidays_and_make_up_days_are_told(client: TestClient) -> None:
    days = client.get("/api/v1/hall-days?from=2026-10-01&to=2026-10-11").json()["days"]
    assert [day["day"][-2:] for day in days if day["working"]] == ["08", "09", "10"]
    assert all(day["reason"] is None for day in days)


@pytest.mark.parametrize(
    ("span", "status"),
    [
        ("from=2026-11-01&to=2027-01-01", 200),  # 62 days
        ("from=2026-11-01&to=2027-01-02", 422),
        ("from=2026-11-02&to=2026-11-01", 422),
        ("from=2026-11-31&to=2026-12-01", 422),
        ("from=0001-01-01&to=9999-12-31", 422),
        ("from=9999-12-31&to=9999-12-31", 200),
        ("from=0001-01-01&to=0001-01-02", 200),
        ("to=2026-12-01", 422),
    ],
)
def test_a_stretch_has_an_end(client: TestClient, span: str, status: int) -> None:
    assert client.get(f"/api/v1/hall-days?{span}").status_code == status


def test_a_stretch_too_long_says_how_long_it_may_be(client: TestClient) -> None:
    assert "62" in detail(client, "GET", "/api/v1/hall-days?from=2026-01-01&to=2026-12-31", 422)


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER])
def test_other_staff_read_and_change_nothing(
    client: TestClient, member: Callable[[Role], Staff], role: Role, sign_in: Callable[[Staff], None]
) -> None:
    sign_in(member(role))
    assert client.put(DAY, json=CLOSED).status_code == client.delete(DAY).status_code == 403
    answer = client.get(f"/api/v1/staff/hall-days?{SPAN}")
    assert answer.status_code == 200 and answer.json() == {"days": []}


def test_strangers_read_the_public_calendar_only(client: TestClient) -> None:
    assert client.get(f"/api/v1/hall-days?{SPAN}").status_code == 200
    for answer in (
        client.get(f"/api/v1/staff/hall-days?{SPAN}"), client.put(DAY, json=CLOSED), client.delete(DAY),
    ):  # fmt: skip
        assert answer.status_code == 401


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SUPERVISOR])
def test_staff_see_who_set_what_and_the_audit_log_keeps_it(
    client: TestClient, member: Callable[[Role], Staff], role: Role, sign_in: Callable[[Staff], None], desk: Desk
) -> None:
    staff = member(role)
    sign_in(staff)
    client.put(DAY, json=CLOSED)
    (told,) = client.get("/api/v1/staff/hall-days?from=2098-01-01&to=2098-12-31").json()["days"]
    assert (told["day"], told["set_by"], told["reason"]) == ("2098-03-05", staff.id, "消防演练")
    client.delete(DAY)
    with desk.database.transaction() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    assert [(row.action, row.subject, row.staff_id) for row in rows] == [
        ("hall_day.set", "hall_day:2098-03-05", staff.id), ("hall_day.clear", "hall_day:2098-03-05", staff.id),
    ]  # fmt: skip
    assert rows[0].details == CLOSED


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"sessions": []}, id="no reason"),
        pytest.param({"reason": "演练"}, id="no sessions"),
        pytest.param({**CLOSED, "day": "2098-03-05"}, id="an unknown field"),
        pytest.param({**CLOSED, "reason": "字" * 201}, id="a long reason"),
        pytest.param({**CLOSED, "reason": " "}, id="an empty reason"),
        pytest.param({**CLOSED, "sessions": [{"opens": "9:00", "closes": "12:00"}]}, id="half a clock"),
        pytest.param({**CLOSED, "sessions": [{"opens": "09:00", "closes": "24:00"}]}, id="no such time"),
        pytest.param({**CLOSED, "sessions": [{"opens": "09:00Z", "closes": "12:00"}]}, id="another zone"),
        pytest.param({**CLOSED, "sessions": [{"opens": "12:00", "closes": "09:00"}]}, id="backwards"),
        pytest.param({**CLOSED, "sessions": MORNING["sessions"] * 7}, id="too many"),
    ],
)
def test_a_body_that_is_wrong_sets_nothing(
    client: TestClient, supervisor: Staff, sign_in: Callable[[Staff], None], body: dict[str, Any]
) -> None:
    sign_in(supervisor)
    assert client.put(DAY, json=body).status_code == 422
    assert client.get(f"/api/v1/staff/hall-days?{SPAN}").json() == {"days": []}


def test_past_days_stay_as_they_were(client: TestClient, supervisor: Staff, sign_in: Callable[[Staff], None]) -> None:
    sign_in(supervisor)
    past = "/api/v1/staff/hall-days/2020-01-02"
    assert "很抱歉" in detail(client, "PUT", past, 409, json=CLOSED)
    assert "很抱歉" in detail(client, "DELETE", past, 409)
