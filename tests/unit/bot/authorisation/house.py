"""The real app on one database, with a browser for every column of the matrix. Rasa, its answers and the encoder are
not needed for rights, so the conversation's handler is a stand-in, and guides are the small hand-made ones."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from anyio.from_thread import BlockingPortal
from cryptography.fernet import Fernet
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.db.database import Base, Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.settings import Settings
from bot.staff.model import Role, Staff, StaffRow, staff_of
from bot.wording.wording import load_wording
from connectors.contract import TextReply, TurnReply, TurnStatus, UserMessage
from knowledge.loader import load_hall
from tests.conftest import FakeEncoder
from tests.unit.bot.staff.helpers import account, put
from tests.unit.bot.web import signed_in
from tests.unit.helpers import four_guides, small_base

ADDRESS = "http://127.0.0.1:8000"
ANONYMOUS = "anonymous"
PEOPLE: dict[str, tuple[Role, str | None, str | None]] = {
    "own_clerk": (Role.CLERK, "GA", "A02"),
    "other_clerk": (Role.CLERK, "RS", "B01"),
    "reviewer": (Role.REVIEWER, "GA", None),
    "supervisor": (Role.SUPERVISOR, None, None),
    "administrator": (Role.ADMINISTRATOR, None, None),
    # Beside the matrix, for what depends on more than role and department:
    "window_complained_of": (Role.CLERK, "GA", "A01"),
    "colleague": (Role.CLERK, "GA", None),
    "supervisor_of_department": (Role.SUPERVISOR, "GA", None),
    "supervisor_of_window": (Role.SUPERVISOR, None, "A01"),
    "reviewer_of_nothing": (Role.REVIEWER, None, None),
}


async def answer_of_nobody(_message: UserMessage) -> TurnReply:
    """What the app's message handler gives here, whatever is asked."""
    reply = TextReply(text="您好，请问您要办什么？")
    return TurnReply(turn_id="0", status=TurnStatus.ANSWERED_SMALLTALK, replies=(reply,), elapsed_ms=1)


async def always_ready() -> bool:
    return True


class House:
    """One hall on one database."""

    def __init__(self, app: FastAPI, database: Database, settings: Settings, portal: BlockingPortal) -> None:
        """`portal`: one event loop for all requests, which is quicker than one for each."""
        guides = {code: g.model_copy(update={"department": code[:2]}) for code, g in four_guides().items()}
        base = small_base(FakeEncoder(), hall=load_hall(), guides=guides)
        vault = Vault(Fernet.generate_key().decode())
        library = cast(Any, SimpleNamespace(current=base))
        self.app, self.database, self.vault, self._portal = app, database, vault, portal
        self.desk = Desk(settings, database, vault, library, load_wording(), FakeEncoder())
        self.staff = {who: self.add_staff(who, who) for who in PEOPLE}
        self._browsers = {who: self.browser(staff) for who, staff in self.staff.items()}
        self._browsers[ANONYMOUS] = self.browser(None)

    def add_staff(self, who: str, username: str = "") -> Staff:
        """An account like that of `who`, with the password of the staff tests."""
        role, department, window = PEOPLE[who]
        row = account(username or uuid.uuid4().hex, role, department=department, window=window, name="李女士")
        put(self.database, row)
        return staff_of(row)

    def browser(self, staff: Staff | None) -> TestClient:
        """A browser with a session of this member of staff, and the token for unsafe requests."""
        client = TestClient(self.app, base_url=ADDRESS, follow_redirects=False)
        client.portal = self._portal
        if staff is not None:
            signed_in(client, self.desk, staff)
        return client

    def client(self, who: str, fresh: bool = False) -> TestClient:
        """The browser of a column; a fresh one, with an account of its own, for what begins or ends sessions."""
        self.open()
        if fresh:
            return self.browser(None if who == ANONYMOUS else self.add_staff(who))
        return self._browsers[who]

    def open(self) -> None:
        """The app works with this house from now on: it is shared by the houses of all databases."""
        state = self.app.state
        state.desk, state.handle, state.rasa = self.desk, answer_of_nobody, SimpleNamespace(ready=always_ready)

    def deactivated(self, who: str) -> TestClient:
        """The browser of somebody whose account was deactivated without his session being ended."""
        self.open()
        staff = self.add_staff(who)
        client = self.browser(staff)
        with self.database.transaction() as session:
            session.get_one(StaffRow, staff.id).active = False
        return client

    def row(self, table: type[Base], id_: str) -> Mapping[str, Any]:
        """A row as it is now."""
        (key,) = table.__table__.primary_key.columns
        with self.database.transaction() as session:
            return dict(session.execute(select(table.__table__).where(key == id_)).mappings().one())
