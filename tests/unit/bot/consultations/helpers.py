"""Consultations and accounts made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.consultations.desk_work import Ledger
from bot.consultations.model import ConsultationRow, NewConsultation
from bot.consultations.rules import consultation_rules
from bot.consultations.service import open_consultation
from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.model import AlarmRow, OutboxRow
from bot.staff.model import Role, Staff
from bot.wording.wording import load_wording
from knowledge.calendar import HallCalendar
from knowledge.loader import DATA
from tests.unit.bot.staff.helpers import account, put
from tests.unit.helpers import SENDER_KEY, make_hall

VAULT = Vault(Fernet.generate_key().decode())
WORDING = load_wording()
RULES = consultation_rules(DATA / "deeds")
HALL = make_hall(
    departments=[
        {"id": "GA", "name": "公安局", "telephone": "0000-10000001"},
        {"id": "SC", "name": "市场监管局", "telephone": "027-10000002"},
    ]
)
FRIDAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TELEPHONE = "+8613800001111"
NEW = NewConsultation("deed1", "web", SENDER_KEY, "能代办吗", "王小明", TELEPHONE, owner="GA", item="GA-003")
CLERK = Staff("a" * 32, "clerk", "李女士", Role.CLERK, "GA", None)
OTHER = Staff("b" * 32, "other", "赵先生", Role.CLERK, "SC", None)
SUPERVISOR = Staff("c" * 32, "boss", "钱女士", Role.SUPERVISOR, None, None)


def add_staff(database: Database) -> None:
    """The accounts of CLERK, OTHER and SUPERVISOR."""
    rows = [account(s.username, s.role, id=s.id, department=s.department) for s in (CLERK, OTHER, SUPERVISOR)]
    put(database, *rows)


def opened(
    database: Database, now: datetime = FRIDAY, days: int = 2, new: NewConsultation = NEW, **changes: Any
) -> ConsultationRow:
    """A consultation left by a citizen; `changes` are fields of NewConsultation."""
    calendar = HallCalendar(make_hall(consultation_reply_working_days=days))
    with database.transaction() as session:
        return open_consultation(session, VAULT, WORDING, calendar, replace(new, **changes), now)


def ledger(session: Any) -> Ledger:
    return Ledger(session, VAULT, WORDING, RULES, HALL)


def row_of(database: Database, id_: str) -> ConsultationRow:
    with database.transaction() as session:
        row = session.get(ConsultationRow, id_)
    assert row is not None
    return row


def sent(database: Database) -> dict[str, tuple[str, str]]:
    """Kind of recipient and text of every message in the outbox, by the end of its key."""
    with database.transaction() as session:
        rows = session.scalars(select(OutboxRow)).all()
    return {row.key.split(":", 2)[2]: (row.recipient, VAULT.open(row.text)) for row in rows}


def alarms(database: Database) -> Sequence[tuple[str, str]]:
    """Audience and end of the key of every alarm."""
    with database.transaction() as session:
        rows = session.scalars(select(AlarmRow).order_by(AlarmRow.created_at, AlarmRow.key)).all()
    return [(row.audience, row.key.split(":")[2]) for row in rows]
