"""The routes of messages and alarms: who may do what, and what he is told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.db.database import Database
from bot.outbox import alarm_routes
from bot.outbox import routes as outbox_routes
from bot.outbox.alarms import raise_alarm
from bot.outbox.delivery import deliver_due
from bot.outbox.inbox import InboxTransport
from bot.outbox.model import OutboxState, RecipientKind
from bot.outbox.transport import Recipient, Undeliverable
from bot.processes.rasa_process import free_port
from bot.staff.model import Role
from tests.unit.bot.outbox.helpers import VAULT, NotingTransport, outbox_of, put, row_of
from tests.unit.bot.staff import helpers as staff

PAGE = "3f0e6a52-5f5e-4d36-a3c7-0d8e6a1b2c3d"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def app(database: Database) -> FastAPI:
    made = staff.app_with(database)
    made.state.desk = replace(made.state.desk, vault=VAULT)
    made.include_router(outbox_routes.routes())
    made.include_router(alarm_routes.routes())
    rows = [
        staff.account("clerk", Role.CLERK, department="GA"),
        staff.account("other", Role.CLERK, department="SC"),
        staff.account("supervisor", Role.SUPERVISOR, department=None),
    ]
    staff.put(database, *rows)
    return made


def as_(app: FastAPI, username: str) -> Any:
    client = staff.browser(app)
    assert staff.log_in(client, username).status_code == 200
    return client


def alarm(database: Database, audience: str, key: str = "") -> None:
    with database.transaction() as session:
        raise_alarm(session, VAULT, key or f"alarm:{audience}", audience, "emergency", f"{audience}有情况", now())


def audited(database: Database) -> list[str]:
    with database.transaction() as session:
        return [entry.action for entry in entries(session, Wanted(None, None, None), 50)]


def test_only_those_in_charge_see_the_outbox(app: FastAPI, database: Database) -> None:
    assert staff.browser(app).get("/api/v1/staff/outbox").status_code == 401
    assert as_(app, "clerk").get("/api/v1/staff/outbox").status_code == 403


def test_a_dead_message_is_seen_masked_and_retried_once(app: FastAPI, database: Database) -> None:
    put(database, text="王女士您好", now=now())
    deliver_due(outbox_of(database, NotingTransport(Undeliverable("no_gateway"))), now())
    client = as_(app, "supervisor")
    response = client.get("/api/v1/staff/outbox", params={"state": "dead"})
    (shown,) = response.json()["messages"]
    assert (shown["to"], shown["last_error"]) == ("138****1234", "no_gateway")
    assert "王女士" not in response.text and "13800001234" not in response.text
    address = f"/api/v1/staff/outbox/{shown['id']}/retry"
    assert client.post(address).json()["state"] == "waiting"
    assert row_of(database).state == OutboxState.WAITING
    again = client.post(address)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-dead")
    assert audited(database).count("outbox.retry") == 1


def test_a_retry_needs_the_token_of_our_page(app: FastAPI) -> None:
    client = as_(app, "supervisor")
    client.headers.pop("X-CSRF-Token")
    assert client.post("/api/v1/staff/outbox/x/retry").status_code == 403


@pytest.mark.parametrize("query", [{"state": "lost"}, {"limit": 0}, {"limit": 1000}])
def test_a_bad_query_is_refused(app: FastAPI, query: dict[str, Any]) -> None:
    assert as_(app, "supervisor").get("/api/v1/staff/outbox", params=query).status_code == 422


def test_a_page_asks_for_its_messages_and_gets_each_once(app: FastAPI, database: Database) -> None:
    key = VAULT.sender_key("web", PAGE)
    InboxTransport(database, VAULT, now).deliver("case:1", Recipient(RecipientKind.SENDER, key), "您的咨询有回复了。")
    client = staff.browser(app)
    (message,) = client.post("/api/v1/inbox", json={"channel": "web", "sender": PAGE}).json()["messages"]
    assert message["text"] == "您的咨询有回复了。"
    assert now() - datetime.fromisoformat(message["sent_at"]) < timedelta(minutes=1)
    assert client.post("/api/v1/inbox", json={"channel": "web", "sender": PAGE}).json() == {"messages": []}


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "web", "sender": "short"},
        {"channel": "wechat", "sender": PAGE},
        {"channel": "fax", "sender": PAGE},
        {"channel": "web"},
        {"channel": "web", "sender": PAGE, "more": 1},
    ],
)
def test_a_guessable_or_unknown_asker_is_refused(app: FastAPI, body: dict[str, Any]) -> None:
    assert staff.browser(app).post("/api/v1/inbox", json=body).status_code == 422


def test_alarms_are_listed_and_acknowledged_by_those_they_are_for(app: FastAPI, database: Database) -> None:
    for audience in ("hall", "GA", "SC", "supervisors"):
        alarm(database, audience)
    clerk, supervisor = as_(app, "clerk"), as_(app, "supervisor")
    seen = supervisor.get("/api/v1/staff/alarms", params={"unacknowledged": 1}).json()["alarms"]
    ids = {entry["audience"]: entry["id"] for entry in seen}
    assert ids.keys() == {"hall", "GA", "SC", "supervisors"}
    assert {a["audience"] for a in clerk.get("/api/v1/staff/alarms").json()["alarms"]} == {"hall", "GA"}
    assert clerk.post(f"/api/v1/staff/alarms/{ids['SC']}/acknowledge").status_code == 404
    first = clerk.post(f"/api/v1/staff/alarms/{ids['GA']}/acknowledge").json()
    second = supervisor.post(f"/api/v1/staff/alarms/{ids['GA']}/acknowledge").json()
    assert first["acknowledged_by"] == second["acknowledged_by"] is not None
    left = clerk.get("/api/v1/staff/alarms", params={"unacknowledged": 1}).json()["alarms"]
    assert [a["audience"] for a in left] == ["hall"]
    assert audited(database).count("alarm.acknowledge") == 1


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The app behind real HTTP: only there a client can go away."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def stream(url: str, username: str) -> Iterator[Iterator[str]]:
    with httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
        staff.log_in(client, username)
        with client.stream("GET", "/api/v1/staff/alarms/events") as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            yield response.iter_lines()


def next_event(lines: Iterator[str]) -> tuple[str, dict[str, Any]]:
    """Name and data of the next event; comments are passed over."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))
    raise AssertionError("the stream ended")


def test_the_stream_shows_open_alarms_and_new_ones_within_a_second(app: FastAPI, database: Database) -> None:
    alarm(database, "hall", "before")
    with served(app) as url, stream(url, "clerk") as lines:
        assert next_event(lines)[1]["audience"] == "hall"
        alarm(database, "SC")
        alarm(database, "supervisors")
        alarm(database, "GA")
        began = time.monotonic()
        name, data = next_event(lines)
        assert time.monotonic() - began < 1.0
        assert (name, data["audience"], data["text"]) == ("alarm", "GA", "GA有情况")
        as_(app, "supervisor").post(f"/api/v1/staff/alarms/{data['id']}/acknowledge")
        assert next_event(lines) == ("acknowledged", {"id": data["id"]})


def test_the_stream_is_filtered_for_each(app: FastAPI, database: Database) -> None:
    with served(app) as url, stream(url, "other") as other, stream(url, "supervisor") as supervisor:
        for audience in ("GA", "SC"):
            alarm(database, audience)
        assert next_event(other)[1]["audience"] == "SC"
        assert {next_event(supervisor)[1]["audience"] for _ in range(2)} == {"GA", "SC"}


def test_the_stream_needs_a_session(app: FastAPI) -> None:
    assert staff.browser(app).get("/api/v1/staff/alarms/events").status_code == 401


def test_the_stream_ends_when_the_page_goes(app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    real = alarm_routes._look
    monkeypatch.setattr(alarm_routes, "_look", lambda *a: looks.append(time.monotonic()) or real(*a))
    with served(app) as url:
        with stream(url, "clerk") as lines:
            alarm(database, "hall")
            next_event(lines)
        time.sleep(1.0)
        count = len(looks)
        time.sleep(1.2)
        assert len(looks) == count


def test_the_stream_ends_when_the_app_stops(app: FastAPI, database: Database) -> None:
    app.state.stopping = threading.Event()
    alarm(database, "hall")
    with served(app) as url, stream(url, "clerk") as lines:
        next_event(lines)
        app.state.stopping.set()
        with pytest.raises(AssertionError, match="the stream ended"):
            next_event(lines)


def test_the_stream_beats_and_lives_only_for_a_while(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.1)
    monkeypatch.setattr(alarm_routes, "STREAM_SECONDS", 1.0)
    with served(app) as url, stream(url, "clerk") as lines:
        everything = list(lines)
    assert ": ping" in everything and "retry: 1000" in everything
