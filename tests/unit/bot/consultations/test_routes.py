"""The ledger over HTTP: who may do what, and who is named for it in the audit log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.consultations import jobs, service
from bot.consultations.routes import routes
from bot.consultations.rules import check, consultation_rules
from bot.db.database import Database
from bot.staff.model import Role
from knowledge.loader import DATA, KnowledgeError
from tests.unit.bot.consultations.helpers import CLERK, FRIDAY, VAULT, alarms, opened, row_of
from tests.unit.bot.staff import helpers as staff
from tests.unit.helpers import make_hall

BASE = "/api/v1/staff/consultations"
ANSWER = {"text": "可以代办，请带上委托书。", "sources": ["居民身份证法"]}
PROPOSAL = {"questions": ["身份证可以代办吗"], "answer": "可以代办，请带上委托书。"}


@pytest.fixture
def app(database: Database) -> FastAPI:
    made = staff.app_with(database)
    made.state.desk = replace(made.state.desk, vault=VAULT)
    made.include_router(routes())
    staff.put(
        database,
        staff.account("clerk", id=CLERK.id),
        staff.account("other", department="SC"),
        staff.account("reviewer", Role.REVIEWER, department="GA"),
        staff.account("supervisor", Role.SUPERVISOR, department=None),
        staff.account("administrator", Role.ADMINISTRATOR, department=None),
    )
    return made


def as_(app: FastAPI, username: str) -> TestClient:
    client = staff.browser(app)
    assert staff.log_in(client, username).status_code == 200
    return client


def post(client: TestClient, id_: str, deed: str, body: dict[str, Any]) -> Any:
    return client.post(f"{BASE}/{id_}/{deed}", json=body)


def audited(database: Database, id_: str) -> list[tuple[str, dict[str, Any]]]:
    with database.transaction() as session:
        found = entries(session, Wanted(subject=f"consultation:{id_}"), 50)
    return [(entry.action.removeprefix("consultation."), entry.details) for entry in reversed(found)]


def test_from_assignment_to_a_draft(database: Database, app: FastAPI) -> None:
    id_ = opened(database).id
    clerk = as_(app, "clerk")
    assert post(clerk, id_, "assign", {"owner": "GA", "assigned_to": CLERK.id}).json()["summary"]["state"] == "assigned"
    assert post(clerk, id_, "reveal", {"reason": "call_back"}).json() == {
        "name": "王小明",
        "telephone": "+8613800001111",
    }
    for _ in range(2):
        assert post(clerk, id_, "answer", ANSWER).json()["answer"] == ANSWER["text"]
    draft = post(clerk, id_, "propose-faq", PROPOSAL).json()
    assert draft == {"faq_id": row_of(database, id_).faq_id}
    closed = post(clerk, id_, "close", {"reason": "已经电话告知。"}).json()
    assert (closed["summary"]["state"], closed["close_reason"], closed["faq_id"]) == (
        "closed", "已经电话告知。", draft["faq_id"],
    )  # fmt: skip
    assert audited(database, id_) == [
        ("assign", {"owner": "GA", "assigned_to": CLERK.id}),
        ("reveal", {"reason": "call_back"}),
        ("answer", {}),
        ("propose_faq", draft),
        ("close", {}),
    ]


def test_lists_and_details_are_masked(database: Database, app: FastAPI) -> None:
    id_ = opened(database).id
    client = as_(app, "administrator")
    page = client.get(BASE, params={"owner": "GA", "state": "open", "channel": "web"})
    assert page.json()["total"] == 1 and page.json()["consultations"][0]["name"] == "王**"
    one = client.get(f"{BASE}/{id_}")
    assert one.json()["question"] == "能代办吗"
    assert "13800001111" not in page.text + one.text and "王小明" not in page.text + one.text


def test_what_is_another_departments_is_not_found(database: Database, app: FastAPI) -> None:
    id_ = opened(database).id
    other = as_(app, "other")
    assert other.get(BASE).json() == {"consultations": [], "page": 1, "total": 0}
    assert staff.kind(other.get(f"{BASE}/{id_}")) == "404 not-found"
    deeds = {
        "assign": {"owner": "SC"}, "answer": ANSWER, "close": {"reason": "不归我管。"}, "reveal": {"reason": "check"},
        "propose-faq": PROPOSAL,
    }  # fmt: skip
    for deed, body in deeds.items():
        assert staff.kind(post(other, id_, deed, body)) == "404 not-found"
    assert audited(database, id_) == [] and row_of(database, id_).state == "open"


@pytest.mark.parametrize(
    ("username", "allowed"),
    [
        ("reviewer", {"propose-faq"}),
        ("administrator", set()),
        ("supervisor", {"assign", "answer", "reveal", "propose-faq"}),
    ],
)
def test_roles(database: Database, app: FastAPI, username: str, allowed: set[str]) -> None:
    id_ = opened(database).id
    client = as_(app, username)
    bodies = {"assign": {"owner": "GA"}, "answer": ANSWER, "reveal": {"reason": "check"}, "propose-faq": PROPOSAL}
    statuses = {deed: post(client, id_, deed, body).status_code for deed, body in bodies.items()}
    assert {deed for deed, status in statuses.items() if status != 403} == allowed


def test_nobody_comes_in_without_a_session(database: Database, app: FastAPI) -> None:
    id_ = opened(database).id
    client = staff.browser(app)
    assert client.get(BASE).status_code == client.get(f"{BASE}/{id_}").status_code == 401
    assert post(client, id_, "answer", ANSWER).status_code == 401


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("answer", {"text": ""}), ("answer", {"text": "好" * 1001}), ("answer", {**ANSWER, "more": 1}),
        ("answer", {"text": "a\x00b"}), ("reveal", {"reason": "好奇"}), ("assign", {"owner": "ga"}),
        ("propose-faq", {"questions": [], "answer": "可以。"}), ("close", {}),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused(database: Database, app: FastAPI, deed: str, body: dict[str, Any]) -> None:
    id_ = opened(database).id
    assert post(as_(app, "clerk"), id_, deed, body).status_code == 422
    assert row_of(database, id_).state == "open"


def test_a_conflict_is_a_problem_in_plain_words(database: Database, app: FastAPI) -> None:
    id_ = opened(database).id
    assert post(as_(app, "clerk"), id_, "answer", ANSWER).status_code == 200
    second = post(as_(app, "supervisor"), id_, "answer", ANSWER)
    assert staff.kind(second) == "409 already-answered" and "已经有人答复" in second.json()["detail"]


def test_the_jobs_alarm_and_close(database: Database, app: FastAPI) -> None:
    late, old = opened(database).id, opened(database, deed_id="deed2").id
    assert post(as_(app, "clerk"), old, "answer", ANSWER).status_code == 200
    by_name = {job.name: job for job in jobs.jobs()}
    by_name["consultations.overdue"].run(app.state.desk, FRIDAY + timedelta(days=9))
    assert ("supervisors", "overdue") in alarms(database)
    by_name["consultations.delivered"].run(app.state.desk, datetime.now(UTC) + timedelta(days=31))
    assert [row_of(database, i).state for i in (late, old)] == ["open", "closed"]


def test_the_rules_of_the_hall_are_right() -> None:
    folder = DATA / "deeds"
    check(folder, make_hall())
    assert "kiosk" in consultation_rules(folder).by_telephone


def test_an_owner_that_the_hall_does_not_have_is_told(tmp_path: Any) -> None:
    (tmp_path / "consultations.yaml").write_text(
        "default_owner: XX\nby_telephone: []\nfetch_days: 3\n", encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match="XX"):
        check(tmp_path, make_hall())


def test_keys_of_answers_are_what_the_jobs_look_for() -> None:
    assert service.answer_key("1") == "consultation:1:answer"
    assert service.telephone_key("1") == "consultation:1:answer-telephone"
