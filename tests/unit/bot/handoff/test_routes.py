"""Threads and emergencies over HTTP: who may, what is shown, and the audit log."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.audit.model import AuditRow
from bot.db.database import Database
from bot.emergencies import routes as emergency_routes
from bot.emergencies import service as emergencies
from bot.emergencies.model import Emergency, EmergencyKind, Report, Strength
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.handoff import routes as thread_routes
from bot.handoff import threads
from bot.handoff.model import Wish
from bot.outbox.model import AlarmRow
from bot.staff.model import Role
from bot.wording.wording import load_wording
from knowledge.loader import DATA
from tests.unit.bot.handoff.helpers import CALENDAR, NOW
from tests.unit.bot.staff.helpers import account, app_with, browser, kind, log_in, put
from tests.unit.helpers import SENDER_KEY

THREADS, EMERGENCIES = "/api/v1/staff/threads", "/api/v1/staff/emergencies"


@pytest.fixture
def app(tmp_database: Database) -> FastAPI:
    app = app_with(tmp_database)
    app.include_router(thread_routes.routes())
    app.include_router(emergency_routes.routes())
    put(tmp_database, account("wang"), account("li"), account("admin", Role.ADMINISTRATOR))
    return app


def signed_in(app: FastAPI, username: str) -> TestClient:
    client = browser(app)
    assert log_in(client, username).status_code == 200
    return client


@pytest.fixture
def wang(app: FastAPI) -> Iterator[TestClient]:
    yield signed_in(app, "wang")


def waiting(app: FastAPI) -> str:
    desk = app.state.desk
    wish = Wish(SENDER_KEY, "web", "转人工", department="GA")
    with desk.database.transaction() as session:
        found = threads.request(session, desk.vault, desk.wording, CALENDAR, wish=wish, now=NOW)
    return f"{THREADS}/{found.thread_id}"


def actions(app: FastAPI) -> list[str]:
    with app.state.desk.database.transaction() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number))
        return [row.action for row in rows if row.action.startswith(("thread", "emergency"))]


def test_a_thread_from_the_queue_to_its_end(app: FastAPI, wang: TestClient) -> None:
    thread = waiting(app)
    assert [t["state"] for t in wang.get(THREADS).json()["threads"]] == ["waiting"]
    assert kind(wang.get(f"{thread}/messages")) == "404 not-found"
    assert wang.post(f"{thread}/take").json()["state"] == "open"
    sent = [wang.post(f"{thread}/messages", json={"text": "您好"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert sent[0].json() == sent[1].json() and sent[0].json()["text"] == "您好"
    seen = wang.get(f"{thread}/messages").json()
    assert [m["author"] for m in seen["messages"]] == ["citizen", "bot", "staff"] and seen["before"] == []
    assert [m["number"] for m in wang.get(f"{thread}/messages?after=2").json()["messages"]] == [3]
    assert wang.post(f"{thread}/hand-back").json()["ending"] == "handed_back"
    assert kind(wang.post(f"{thread}/close")) == "409 taken"
    assert actions(app) == ["thread.take", "thread.message", "thread.read", "thread.hand_back"]


def test_the_second_clerk_comes_too_late(app: FastAPI, wang: TestClient) -> None:
    thread, li = waiting(app), signed_in(app, "li")
    wang.post(f"{thread}/take")
    assert kind(li.post(f"{thread}/take")) == "409 taken"
    assert kind(li.get(f"{thread}/messages")) == "404 not-found"
    assert li.get(THREADS).json() == {"threads": []}


def test_who_may_not(app: FastAPI, wang: TestClient) -> None:
    thread = waiting(app)
    assert kind(browser(app).get(THREADS)) == "401 not-signed-in"
    assert kind(signed_in(app, "admin").post(f"{thread}/take")) == "403 not-allowed"
    assert wang.post(f"{thread}/messages", json={"text": " "}).status_code == 422


def test_an_emergency_is_acknowledged_with_its_alarm_and_closed(app: FastAPI, wang: TestClient) -> None:
    desk = app.state.desk
    watch = Watch(desk.database, desk.vault, load_wording(), emergency_rules(DATA / "deeds"))
    report = Report("kiosk", SENDER_KEY, "三楼着火了", Emergency(EmergencyKind.FIRE, Strength.STRONG, "三楼"))
    with desk.database.transaction() as session:
        id_ = emergencies.raise_emergency(session, watch, report, datetime.now(UTC)).id
    (shown,) = wang.get(f"{EMERGENCIES}?open=1").json()["emergencies"]
    assert (shown["kind"], shown["place"], shown["text"]) == ("fire", "三楼", "三楼着火了")
    first = wang.post(f"{EMERGENCIES}/{id_}/acknowledge").json()
    assert signed_in(app, "li").post(f"{EMERGENCIES}/{id_}/acknowledge").json() == first
    with desk.database.transaction() as session:
        assert session.scalars(select(AlarmRow)).one().acknowledged_by == first["acknowledged_by"]
    assert wang.post(f"{EMERGENCIES}/{id_}/close", json={"done": "已扑灭"}).json()["done"] == "已扑灭"
    assert kind(wang.post(f"{EMERGENCIES}/{id_}/close", json={"done": "再次"})) == "409 closed"
    assert kind(wang.post(f"{EMERGENCIES}/none/acknowledge")) == "404 not-found"
    assert wang.get(f"{EMERGENCIES}?open=1").json() == {"emergencies": []}
    assert actions(app) == ["emergency.acknowledge", "emergency.close"]
