"""Ratings over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import AuditRow
from bot.ratings.routes import routes
from bot.staff.model import Role
from tests.unit.bot.assistance.helpers import Browser, Place

BODY = {
    "grade": "very_dissatisfied",
    "kinds": ["attitude"],
    "window": "A03",
    "name": "王女士",
    "telephone": "13800001234",
}
STAFF = "/api/v1/staff/ratings"


@pytest.fixture
def browser(place: Place) -> Iterator[Browser]:
    with place.browser(routes()) as browser:
        yield browser


def rate(browser: Browser, status: int = 201, key: str = "key-00001", **changes: Any) -> Any:
    return browser.post("/api/v1/ratings", {**BODY, **changes}, status, **{"Idempotency-Key": key})


def test_a_key_is_one_rating(browser: Browser) -> None:
    first = rate(browser)
    assert (
        first == rate(browser) and first["follow_up_by"] and first["number"] != rate(browser, key="key-00002")["number"]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"telephone": "123"}, {"telephone": None}, {"name": "!!"}, {"window": "Z01"}, {"item": "GA-999"},
        {"grade": "bad"}, {"kinds": ["x"]}, {"extra": 1}, {"key": "short"},
    ],
    ids=str,
)  # fmt: skip
def test_bad_bodies_are_refused(browser: Browser, changes: dict[str, Any]) -> None:
    rate(browser, 422, **changes)


def test_staff_follow_up_and_all_is_audited(place: Place, browser: Browser) -> None:
    rate(browser)
    browser.get(STAFF, 401)
    browser.sign_in(place.staff(Role.CLERK, "GA", "A01"))
    page = browser.get(f"{STAFF}?bad=true")
    assert page["total"] == 1 and "13800001234" not in str(page)
    path = f"{STAFF}/{page['ratings'][0]['id']}"
    assert browser.post(f"{path}/reveal", {"reason": "call_back"})["name"] == "王女士"
    browser.post(f"{path}/settle", {"result": "已经道歉"}, 409)
    assert browser.post(f"{path}/contacted")["follow_up"]["state"] == "contacted"
    assert browser.post(f"{path}/settle", {"result": "已经道歉"})["follow_up"]["result"] == "已经道歉"
    assert browser.get(f"{STAFF}/statistics?from=2020-01-01&to=2029-01-01")["named_share"] == 1
    browser.get(f"{STAFF}/statistics?from=2029-01-01&to=2020-01-01", 422)
    with place.database.transaction() as session:
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.number)).all()
    assert actions == ["rating.reveal", "rating.contacted", "rating.settle"]


def test_handed_to_another_department(place: Place, browser: Browser) -> None:
    rate(browser)
    other = place.staff(Role.CLERK, "RS")
    browser.sign_in(other)
    assert browser.get(STAFF)["total"] == 0
    browser.sign_in(place.staff(Role.SUPERVISOR))
    id_ = browser.get(STAFF)["ratings"][0]["id"]
    browser.post(f"{STAFF}/{id_}/assign", {"department": "ZZ"}, 422)
    browser.post(f"{STAFF}/{id_}/assign", {"department": "GA", "assigned_to": other.id}, 422)
    told = browser.post(f"{STAFF}/{id_}/assign", {"department": "RS", "assigned_to": other.id})
    assert told["follow_up"]["assigned_to"] == other.id
    browser.sign_in(other)
    assert browser.get(f"{STAFF}/{id_}")["number"] == told["number"]


def test_readers_change_nothing(place: Place, browser: Browser) -> None:
    rate(browser)
    browser.sign_in(place.staff(Role.ADMINISTRATOR))
    id_ = browser.get(STAFF)["ratings"][0]["id"]
    browser.post(f"{STAFF}/{id_}/contacted", None, 403)
    browser.sign_in(place.staff(Role.REVIEWER))
    browser.get(STAFF, 403)
