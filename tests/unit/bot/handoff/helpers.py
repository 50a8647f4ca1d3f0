"""A hall, clerks and threads for tests."""

from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.handoff import service, threads
from bot.handoff.model import ThreadMessageRow, ThreadRow, Wish
from bot.handoff.rules import handoff_rules
from bot.outbox.model import OutboxRow
from bot.staff.model import Role, Staff, staff_of
from bot.wording.wording import load_wording
from knowledge.calendar import HallCalendar
from knowledge.loader import DATA
from tests.unit.bot.staff.helpers import account, put
from tests.unit.helpers import SENDER_KEY, make_hall

VAULT = Vault(Fernet.generate_key().decode())
WORDING = load_wording()
RULES = handoff_rules(DATA / "deeds")
CALENDAR = HallCalendar(make_hall())
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in China
OTHER = "b" * 64


def member(database: Database, username: str = "wang", role: Role = Role.CLERK, department: str = "GA") -> Staff:
    put(database, row := account(username, role, department=department))
    return staff_of(row)


def request(database: Database, sender: str = SENDER_KEY, now: datetime = NOW, **values: Any) -> threads.Requested:
    wish = Wish(**{"sender_key": sender, "channel": "web", "text": "转人工", **values})
    with database.transaction() as session:
        return threads.request(session, VAULT, WORDING, CALENDAR, wish=wish, now=now)


def opened(database: Database, staff: Staff, now: datetime = NOW) -> str:
    thread_id = request(database, now=now).thread_id
    assert thread_id
    take(database, thread_id, staff, now)
    return thread_id


def take(database: Database, thread_id: str, staff: Staff, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return service.take(session, VAULT, WORDING, thread_id, staff=staff, now=now)[1]


def say(database: Database, thread_id: str, text: str, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return threads.add_citizen_message(session, VAULT, thread_id, text, now)


def answer(database: Database, thread_id: str, staff: Staff, text: str = "您好", key: str | None = None) -> int:
    with database.transaction() as session:
        row, _ = service.answer(session, VAULT, thread_id, staff, text=text, key=key, now=NOW)
        return row.number


def row_of(database: Database, thread_id: str) -> ThreadRow:
    with database.transaction() as session:
        return session.get_one(ThreadRow, thread_id)


def told(database: Database, thread_id: str) -> list[tuple[int, str, str]]:
    with database.transaction() as session:
        rows = session.scalars(
            select(ThreadMessageRow).where(ThreadMessageRow.thread_id == thread_id).order_by(ThreadMessageRow.number)
        )
        return [(row.number, row.author, VAULT.open(row.text)) for row in rows]


def outgoing(database: Database) -> dict[str, str]:
    with database.transaction() as session:
        return {row.key: VAULT.open(row.text) for row in session.scalars(select(OutboxRow)) if row.state == "waiting"}
