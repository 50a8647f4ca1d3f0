"""A desk with the real hall and real rules, members of staff, and cases in any state."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.cases import handling, service
from bot.cases.handling import Assignment, Deed
from bot.cases.model import CaseRow, NewCase
from bot.cases.office import Office, office_of
from bot.cases.rules import SUPERVISORS, CaseKind, Grading
from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.outbox.model import AlarmRow, OutboxRow
from bot.settings import load_settings
from bot.staff.model import Role, Staff, StaffRow
from bot.wording.wording import load_wording
from knowledge.calendar import CHINA, HallCalendar
from knowledge.loader import load_hall
from tests.conftest import FakeEncoder
from tests.unit.helpers import SENDER_KEY, four_guides

VAULT = Vault(Fernet.generate_key().decode())
WORDING = load_wording()
HALL = load_hall()
ENCODER = FakeEncoder()
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
TELEPHONE = "+8613800001111"
COMPLAINT = NewCase(
    "deed1", CaseKind.COMPLAINT, "wechat", SENDER_KEY, "我叫王小美，电话13800001111，窗口收了材料一个月没有消息",
    complaint_kind="delay", department="GA", window="A01", wish="尽快办", when="昨天", place="A01身份证窗口",
    name="王小美", telephone=TELEPHONE,
)  # fmt: skip
REQUEST = replace(
    COMPLAINT, deed_id="deed2", kind=CaseKind.FALLBACK_REQUEST, complaint_kind=None, window=None, department="RS"
)


def desk_with(database: Database) -> Desk:
    library = SimpleNamespace(current=SimpleNamespace(hall=HALL, calendar=HallCalendar(HALL), guides=four_guides()))
    return Desk(load_settings(), database, VAULT, cast(Any, library), WORDING, ENCODER)


def staff_of(
    database: Database, role: Role, department: str | None = None, window: str | None = None, name: str = "李明"
) -> Staff:
    """A member of staff with an account."""
    now, id_ = datetime.now(UTC), uuid.uuid4().hex
    with database.transaction() as session:
        session.add(
            StaffRow(
                id=id_,
                username=id_[:30],
                name=name,
                role=role.value,
                department=department,
                window=window,
                active=True,
                failed_logins=0,
                created_at=now,
                changed_at=now,
            )
        )
    return Staff(id_, id_[:30], name, role, department, window)


class Cases:
    """Cases of one database."""

    def __init__(self, database: Database) -> None:
        self.database, self.desk = database, desk_with(database)
        self.office: Office = office_of(self.desk)
        self.supervisor = staff_of(database, Role.SUPERVISOR, name="周督查")
        self.clerk = staff_of(database, Role.CLERK, "GA", "A02", name="李明")

    def open(self, new: NewCase = COMPLAINT, now: datetime = MONDAY) -> CaseRow:
        with self.database.transaction() as session:
            return service.open_case(session, self.office, new, now)

    def do(self, row: CaseRow, act: Callable[[Deed], None], now: datetime = MONDAY, by: Staff | None = None) -> CaseRow:
        """One deed; the case as it is afterwards."""
        with self.database.transaction() as session:
            fresh = session.get_one(CaseRow, row.id)
            act(Deed(session, self.office, fresh, by or self.supervisor, now))
        return self.read(row)

    def read(self, row: CaseRow) -> CaseRow:
        with self.database.transaction() as session:
            return session.get_one(CaseRow, row.id)

    def assigned(self, new: NewCase = COMPLAINT, now: datetime = MONDAY, **to: Any) -> CaseRow:
        row = self.open(new, now)
        assignment = Assignment(**{"department": SUPERVISORS, "staff_id": None, "grading": Grading(row.grading), **to})
        return self.do(row, lambda deed: handling.assign(deed, assignment), now)

    def settled(self, new: NewCase = COMPLAINT, now: datetime = MONDAY, **to: Any) -> CaseRow:
        row = self.assigned(new, now, **to)
        return self.do(row, lambda deed: handling.settle(deed, "已经办好"), now)

    def outbox(self) -> list[tuple[str | None, str | None, str]]:
        """Sender, telephone and text of every message, oldest first."""
        with self.database.transaction() as session:
            rows = session.scalars(select(OutboxRow).order_by(OutboxRow.created_at, OutboxRow.key)).all()
        return [(r.sender_key, VAULT.open(r.telephone) if r.telephone else None, VAULT.open(r.text)) for r in rows]

    def alarms(self, kind: str) -> list[tuple[str, str]]:
        """Audience and text of the alarms of a kind."""
        with self.database.transaction() as session:
            rows = session.scalars(select(AlarmRow).where(AlarmRow.kind == kind).order_by(AlarmRow.created_at)).all()
        return [(r.audience, VAULT.open(r.text)) for r in rows]
