"""A desk with the real hall and rules, staff, a browser, and what was sent to whom."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from cryptography.fernet import Fernet
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.db.database import Database
from bot.db.vault import Vault
from bot.deeds.form import Context, Form
from bot.desk import Desk
from bot.errors import Refused
from bot.outbox.model import AlarmRow, OutboxRow
from bot.requests.request import Office, office_of
from bot.settings import load_settings
from bot.staff import access, sessions
from bot.staff.model import Role, Staff, StaffRow
from bot.staff.rules import staff_rules
from bot.wording.wording import load_wording
from connectors.contract import Channel
from knowledge.calendar import CHINA, HallCalendar
from knowledge.loader import load_hall
from tests.conftest import FakeEncoder
from tests.unit.bot.deeds.talk import Talk
from tests.unit.helpers import SENDER_KEY, four_guides

VAULT = Vault(Fernet.generate_key().decode())
WORDING = load_wording()
HALL = load_hall()
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
TELEPHONE = "+8613800001234"


def desk_with(database: Database) -> Desk:
    library = SimpleNamespace(current=SimpleNamespace(hall=HALL, calendar=HallCalendar(HALL), guides=four_guides()))
    return Desk(load_settings(), database, VAULT, cast(Any, library), WORDING, FakeEncoder())


class Place:
    """One hall on one database."""

    def __init__(self, database: Database) -> None:
        self.database, self.desk = database, desk_with(database)

    @contextmanager
    def office(self) -> Iterator[Office]:
        with office_of(self.desk, (Channel.KIOSK,)) as office:
            yield office

    def talk(self, form: Form, deed_id: str = "deed1", **changes: Any) -> Talk:
        told = {"desk": self.desk, "deed_id": deed_id, "channel": "wechat", "sender_key": SENDER_KEY, "now": MONDAY}
        return Talk(form, Context(**{**told, **changes}))

    def said(self, talk: Talk) -> str:
        """Every line of the last step, or of the end, as the citizen reads it."""
        assert talk.step is not None
        lines = talk.done.lines if talk.done else talk.step.lines
        return "\n".join(WORDING.say(line.wording, **line.values) for line in lines)

    def staff(self, role: Role, department: str | None = None, window: str | None = None) -> Staff:
        now, id_ = datetime.now(UTC), uuid.uuid4().hex
        with self.database.transaction() as session:
            session.add(
                StaffRow(
                    id=id_, username=id_[:12], name="李明", role=role.value, department=department, window=window,
                    active=True, failed_logins=0, created_at=now, changed_at=now,
                )
            )  # fmt: skip
        return Staff(id_, id_[:12], "李明", role, department, window)

    def sent(self) -> list[str]:
        """Keys of the messages to citizens without the ids."""
        with self.database.transaction() as session:
            keys = session.scalars(select(OutboxRow.key).order_by(OutboxRow.key)).all()
        return sorted(":".join(key.split(":")[2:]) for key in keys)

    def texts(self) -> str:
        with self.database.transaction() as session:
            return "\n".join(VAULT.open(row.text) for row in session.scalars(select(OutboxRow)))

    def alarms(self) -> list[tuple[str, str]]:
        with self.database.transaction() as session:
            return sorted((row.kind, row.audience) for row in session.scalars(select(AlarmRow)))

    @contextmanager
    def browser(self, router: APIRouter) -> Iterator[Browser]:
        app = FastAPI()
        app.state.desk = self.desk

        @app.exception_handler(Refused)
        async def refused(_request: Request, error: Refused) -> JSONResponse:
            detail = WORDING.say(error.wording, **error.values)
            return JSONResponse({"type": f"/problems/{error.kind}", "detail": detail}, error.status)

        app.include_router(router)
        with TestClient(app, base_url="http://localhost") as client:
            yield Browser(client, self.desk)


class Browser:
    """Asks over HTTP, as whoever signed in last."""

    def __init__(self, client: TestClient, desk: Desk) -> None:
        self.client, self._desk = client, desk

    def sign_in(self, staff: Staff) -> None:
        with self._desk.database.transaction() as session:
            opened = sessions.start(session, staff_rules(self._desk.rules), staff, datetime.now(UTC))
        self.client.cookies.set(access.COOKIE, opened.token)
        self.client.headers[access.CSRF_HEADER] = opened.csrf_token

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()
