"""The routes: who may do what, what is shown and refused, and that all of it is audited."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.audit.model import AuditRow
from bot.cases.model import CaseRevealRow
from bot.cases.routes import routes
from bot.staff.access import session_of
from bot.staff.model import Role, Staff
from bot.staff.sessions import SignedIn
from tests.unit.bot.cases.helpers import COMPLAINT, REQUEST, Cases, staff_of
from tests.unit.bot.web import app_of

STAFF = "/api/v1/staff/cases"


class Web:
    """An app of these routes alone; `as_` says who asks from now on."""

    def __init__(self, cases: Cases) -> None:
        self.app = app_of(cases.desk, routes())
        self.client = TestClient(self.app)

    def as_(self, staff: Staff | None) -> TestClient:
        if staff is None:
            self.app.dependency_overrides.clear()
        else:
            self.app.dependency_overrides[session_of] = lambda: SignedIn(staff, "", "", datetime.now(UTC))
        return self.client


@pytest.fixture
def web(cases: Cases) -> Iterator[Web]:
    found = Web(cases)
    with found.client:
        yield found


def now() -> datetime:
    return datetime.now(UTC)


def audited(cases: Cases) -> list[tuple[str, str]]:
    with cases.database.transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject.like("case%")).order_by(AuditRow.number)).all()
    return [(row.action, row.subject) for row in rows]


def test_the_whole_way_over_http(cases: Cases, web: Web) -> None:
    row = cases.open(now=now())
    client, at = web.as_(cases.supervisor), f"{STAFF}/{row.id}"
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("assign", {"grading": "complex", "department": "GA", "staff_id": cases.clerk.id}, "assigned"),
        ("start", {}, "in_progress"),
        ("extend", {"working_days": 2, "reason": "需要调查"}, "in_progress"),
        ("settle", {"result": "已经办好"}, "settled"),
        ("follow-up", {"note": "满意"}, "followed_up"),
        ("close", {}, "closed"),
        ("reopen", {"reason": "又反映了"}, "reopened"),
    ]
    for name, body, state in steps:
        answer = client.post(f"{at}/{name}", json=body)
        assert (answer.status_code, answer.json()["case"]["state"]) == (200, state), name
    assert len(answer.json()["events"]) == 8
    names = ["assign", "start", "extend", "settle", "follow_up", "close", "reopen"]
    assert audited(cases) == [(f"case.{name}", f"case:{row.id}") for name in names]


def test_refusing_and_transferring_over_http(cases: Cases, web: Web) -> None:
    client = web.as_(cases.supervisor)
    for name, body, state in [
        ("refuse", {"reason": "依据某办法", "way": "申请复议"}, "not_accepted"),
        ("transfer", {"authority": "省厅", "contact": "12345"}, "transferred"),
    ]:
        row = cases.open(replace(REQUEST, deed_id=name), now())
        assert client.post(f"{STAFF}/{row.id}/{name}", json={}).status_code == 422
        assert client.post(f"{STAFF}/{row.id}/{name}", json=body).json()["case"]["state"] == state
        assert client.post(f"{STAFF}/{row.id}/{name}", json=body).status_code == 409


def test_lists_are_masked_and_filtered(cases: Cases, web: Web) -> None:
    mine = cases.assigned(now=now(), department="GA", staff_id=cases.clerk.id)
    cases.open(REQUEST, now() - timedelta(days=20))
    client = web.as_(cases.supervisor)
    everything = client.get(STAFF).json()
    assert (
        everything["total"] == 2
        and everything["cases"][0]["overdue"]
        and everything["cases"][0]["kind"] == "fallback_request"
    )
    assert "王＊＊" in str(everything) and "王小美" not in str(everything) and "13800001111" not in str(everything)
    assert "sender_key" not in str(everything)
    for query, total in [
        ("state=assigned", 1), ("kind=complaint", 1), ("due=overdue", 1), ("due=later", 1), ("department=RS", 1),
        ("assignee=GA", 1), ("assignee=XX", 0), ("limit=1&offset=1", 2),
    ]:  # fmt: skip
        assert client.get(f"{STAFF}?{query}").json()["total"] == total, query
    assert client.get(f"{STAFF}?state=lost").status_code == 422
    theirs = web.as_(cases.clerk).get(STAFF).json()
    assert [case["id"] for case in theirs["cases"]] == [mine.id]


def test_a_clerk_meets_other_departments_cases_as_if_there_were_none(cases: Cases, web: Web) -> None:
    row = cases.assigned(now=now(), department="RS")
    client = web.as_(cases.clerk)
    answers = [client.get(f"{STAFF}/{row.id}"), client.post(f"{STAFF}/{row.id}/start"), client.get(f"{STAFF}/nothing")]
    answers.append(client.post(f"{STAFF}/{row.id}/reveal", json={"reason": "想知道"}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert cases.read(row).state == "assigned"


def test_the_window_complained_of_sees_nothing(cases: Cases, web: Web) -> None:
    row = cases.assigned(now=now(), department="GA")
    client = web.as_(staff_of(cases.database, Role.CLERK, "GA", "A01"))
    assert client.get(STAFF).json()["total"] == 0 and client.get(f"{STAFF}/{row.id}").status_code == 404


def test_the_identity_is_shown_to_those_who_need_it_and_each_look_is_kept(cases: Cases, web: Web) -> None:
    row = cases.assigned(now=now(), department="GA", staff_id=cases.clerk.id)
    at = f"{STAFF}/{row.id}"
    shown = web.as_(cases.clerk).get(at).json()
    assert shown["may_reveal"] and "王小美" not in str(shown) and "13800001111" not in str(shown)
    assert web.client.post(f"{at}/reveal", json={}).status_code == 422
    answer = web.client.post(f"{at}/reveal", json={"reason": "需要回电话"})
    assert answer.json() == {"name": "王小美", "telephone": "+8613800001111"}
    with cases.database.transaction() as session:
        assert [look.staff_id for look in session.scalars(select(CaseRevealRow))] == [cases.clerk.id]
    assert ("case.reveal", f"case:{row.id}") in audited(cases)


def test_a_confidential_complaint_is_handled_without_knowing_who(cases: Cases, web: Web) -> None:
    secret = replace(COMPLAINT, confidential=True)
    row = cases.assigned(secret, now(), department="GA", staff_id=cases.clerk.id)
    at = f"{STAFF}/{row.id}"
    shown = web.as_(cases.clerk).get(at).json()
    assert not shown["may_reveal"] and (shown["case"]["name"], shown["case"]["telephone"]) == ("", "")
    assert "一个月没有消息" in shown["facts"] and "王小美" not in str(shown)
    assert web.client.post(f"{at}/reveal", json={"reason": "想知道"}).status_code == 403
    assert web.as_(cases.supervisor).post(f"{at}/reveal", json={"reason": "回访"}).json()["name"] == "王小美"
    with cases.database.transaction() as session:
        assert len(list(session.scalars(select(CaseRevealRow)))) == 1


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.REVIEWER, "GET", "", 403), (Role.ADMINISTRATOR, "GET", "", 403),
        (Role.CLERK, "POST", "/x/extend", 403), (Role.CLERK, "POST", "/x/reopen", 403),
        (Role.CLERK, "GET", "/statistics?from=2026-11-01&to=2026-11-30", 403),
        (Role.ADMINISTRATOR, "GET", "/statistics?from=2026-11-01&to=2026-11-30", 200),
        (Role.SUPERVISOR, "GET", "/statistics?from=2026-11-30&to=2026-11-01", 422),
        (None, "GET", "", 401), (None, "POST", "/x/start", 401),
    ],
)  # fmt: skip
def test_roles(cases: Cases, web: Web, role: Role | None, method: str, path: str, status: int) -> None:
    staff = staff_of(cases.database, role, "GA" if role is Role.CLERK else None) if role else None
    body = {"working_days": 1, "reason": "需要"} if "extend" in path else {"reason": "需要"}
    kwargs = {"json": body} if method == "POST" else {}
    assert web.as_(staff).request(method, STAFF + path, **kwargs).status_code == status


def test_statistics_over_http(cases: Cases, web: Web) -> None:
    cases.settled(now=now())
    today = now().astimezone().date()
    period = f"from={today - timedelta(days=1)}&to={today + timedelta(days=1)}"
    [counted] = web.as_(cases.supervisor).get(f"{STAFF}/statistics?{period}").json()["counts"]
    assert (counted["kind"], counted["total"], counted["kept"], counted["missed"]) == ("complaint", 1, 1, 0)


def test_a_citizen_asks_with_number_and_telephone_in_the_body(cases: Cases, web: Web) -> None:
    row = cases.settled(now=now())
    asking = {"number": row.number, "telephone": "13800001111"}
    told = web.client.post("/api/v1/cases/query", json=asking).json()
    assert (told["state"], told["note"], told["title"]) == ("settled", "已经办好", "投诉")
    assert not {"id", "facts", "name", "sender_key"} & told.keys()
    wrong = web.client.post("/api/v1/cases/query", json={**asking, "telephone": "13800002222"})
    unknown = web.client.post("/api/v1/cases/query", json={**asking, "number": "TS20261123ABCDEF"})
    assert wrong.status_code == unknown.status_code == 404 and wrong.text == unknown.text
    answers = [web.client.post("/api/v1/cases/query", json={**asking, "telephone": "1"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [404] * 4 + [429]
    assert web.client.post("/api/v1/cases/query", json={**asking, "more": 1}).status_code == 422


def test_a_citizen_has_a_case_taken_up_again_once(cases: Cases, web: Web) -> None:
    row = cases.settled(now=now())
    at, body = f"/api/v1/cases/{row.number}/reopen", {"telephone": "13800001111", "reason": "没有解决"}
    assert web.client.post(at, json={**body, "telephone": "13800002222"}).status_code == 404
    answers = [web.client.post(at, json=body) for _ in range(2)]
    assert [(a.status_code, a.json()["state"]) for a in answers] == [(200, "reopened")] * 2
    assert cases.read(row).round == 2 and len(cases.alarms("case_reopened")) == 1


def test_a_running_case_is_not_taken_up_again(cases: Cases, web: Web) -> None:
    row = cases.open(now=now())
    body = {"telephone": "13800001111", "reason": "没有解决"}
    answer = web.client.post(f"/api/v1/cases/{row.number}/reopen", json=body)
    assert answer.status_code == 409 and "已经登记" in answer.json()["detail"]


def test_of_two_deeds_at_once_one_comes_second(cases: Cases, web: Web) -> None:
    row = cases.assigned(now=now())
    client = web.as_(cases.supervisor)

    def settle(number: int) -> int:
        return client.post(f"{STAFF}/{row.id}/settle", json={"result": f"结果{number}"}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(settle, range(6))) == [200] + [409] * 5
    assert len([text for _, _, text in cases.outbox() if "已经办结" in text]) == 1
