"""Notices over HTTP: issued by staff, downloaded and verified by everybody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.audit.model import AuditRow
from bot.desk import Desk
from bot.outbox.model import OutboxRow
from bot.staff.model import Role, Staff
from tests.unit.bot.notices.conftest import VAULT

STAFF = "/api/v1/staff/notices"
REFUSAL = {
    "kind": "refusal", "item": "GA-003", "recipient": "王小明", "applied_on": "2026-11-20",
    "reasons": ["不属于职权范围。"], "legal_basis": "《某法》第一条",
}  # fmt: skip
Sign = Callable[[Staff], None]
Member = Callable[..., Staff]


@pytest.fixture
def clerk(member: Member, sign_in: Sign) -> Staff:
    staff = member()
    sign_in(staff)
    return staff


def issued(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post(STAFF, json=REFUSAL, **more)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def sent_address(desk: Desk) -> str:
    with desk.database.transaction() as session:
        row = session.scalars(select(OutboxRow)).one()
    found = re.search(r"http://localhost(/d/[\w-]{43})", VAULT.open(row.text))
    assert found
    return found[1]


def test_staff_only(client: TestClient) -> None:
    assert client.post(STAFF, json=REFUSAL).status_code == 401
    assert client.get(STAFF).status_code == 401


def test_a_clerk_issues_lists_and_prints(client: TestClient, clerk: Staff, desk: Desk) -> None:
    told = issued(client)
    assert told["number"].startswith("BYGA") and told["recipient"] == "王**" and told["created_by"] == clerk.id
    assert client.get(STAFF, params={"kind": "refusal"}).json()["notices"] == [told]
    assert client.get(STAFF, params={"kind": "one_time"}).json()["notices"] == []
    pdf = client.get(f"{STAFF}/{told['id']}/pdf")
    assert pdf.content.startswith(b"%PDF") and pdf.headers["content-type"] == "application/pdf"
    with desk.database.transaction() as session:
        actions = [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.number))]
        details = str([row.details for row in session.scalars(select(AuditRow))])
    assert actions == ["notice.issue", "notice.read"] and "王" not in details


def test_the_same_key_issues_once(client: TestClient, clerk: Staff) -> None:
    first = issued(client, headers={"Idempotency-Key": "12345678"})
    assert issued(client, headers={"Idempotency-Key": "12345678"}) == first
    assert issued(client, headers={"Idempotency-Key": "87654321"})["id"] != first["id"]


def test_other_departments_see_nothing(client: TestClient, clerk: Staff, member: Member, sign_in: Sign) -> None:
    told = issued(client)
    sign_in(member(department="RS"))
    assert client.post(STAFF, json=REFUSAL).status_code == 403
    assert client.get(STAFF).json()["notices"] == []
    assert client.get(f"{STAFF}/{told['id']}/pdf").status_code == 404
    assert client.post(f"{STAFF}/{told['id']}/send", json={}).status_code == 404
    sign_in(member(Role.SUPERVISOR, "RS"))
    assert client.get(STAFF).json()["notices"] == [told]


@pytest.mark.parametrize("change", [{"kind": "other"}, {"extra": 1}, {"reasons": [""]}, {"applied_on": "昨天"}])
def test_a_wrong_body_is_refused(client: TestClient, clerk: Staff, change: dict[str, Any]) -> None:
    assert client.post(STAFF, json={**REFUSAL, **change}).status_code == 422


def test_the_address_is_sent_and_gives_the_same_file(client: TestClient, clerk: Staff, desk: Desk) -> None:
    told = issued(client)
    sent = client.post(f"{STAFF}/{told['id']}/send", json={"telephone": "13800001111"})
    assert (sent.status_code, sent.json()) == (202, {"sent_by": "telephone"})
    client.cookies.clear()
    first = client.get(sent_address(desk))
    assert first.status_code == 200 and client.get(sent_address(desk)).content == first.content
    assert first.headers["cache-control"] == "no-store"
    disposition = first.headers["content-disposition"]
    assert "filename*=UTF-8''%E4%B8%8D%E4%BA%88" in disposition and f'filename="{told["number"]}.pdf"' in disposition


def test_nobody_to_send_to(client: TestClient, clerk: Staff) -> None:
    told = issued(client)
    for body in ({}, {"telephone": "123"}):
        assert client.post(f"{STAFF}/{told['id']}/send", json=body).status_code == 422


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    answer = client.get("/d/" + "x" * 43)
    assert answer.status_code == 404 and answer.json()["type"] == "/problems/not-found"


def test_the_verification_page_tells_only_what_it_may(client: TestClient, clerk: Staff, desk: Desk) -> None:
    from bot.notices import service

    told = issued(client)
    with desk.database.transaction() as session:
        code = service.notice(session, told["id"]).code
    page = client.get(f"/v/{code.lower()}")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    for said in (told["number"], "不予受理通知书", "居民身份证遗失补领", "示范大厅", "王**"):
        assert said in page.text
    for hidden in ("小明", "职权", "某法", "李女士"):
        assert hidden not in page.text


def test_an_unknown_code_is_said_kindly(client: TestClient) -> None:
    page = client.get("/v/<script>")
    assert page.status_code == 404 and "很抱歉" in page.text and "<script>" not in page.text
