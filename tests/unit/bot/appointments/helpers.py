"""A small hall with appointments: two groups, one of which has one place a slot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from cryptography.fernet import Fernet

from bot.appointments.model import Contact, SlotRow, Wanted
from bot.appointments.office import Office
from bot.appointments.rules import AppointmentRules
from bot.appointments.slots import slot_id
from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.wording.wording import load_wording
from knowledge.calendar import CHINA, DayException, HallCalendar
from tests.unit.helpers import four_guides, make_hall

VAULT = Vault(Fernet.generate_key().decode())
WORDING = load_wording()
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA).astimezone(UTC)
"""A Monday morning."""
IDENTITY, PASSPORT = "GA-003", "GA-008"
SENDER = "a" * 64
WANG = Contact("王女士", "+8613800001111")
LI = Contact("李先生", "+8613800002222")


def make_rules(**changes: Any) -> AppointmentRules:
    data: dict[str, Any] = {
        "slot_minutes": 30, "days_ahead": 14, "hold_minutes": 10, "change_until_minutes": 60,
        "check_in_from_minutes": 60, "grace_minutes": 15, "reminders": {"day": 1440, "hours": 120},
        "failed_lookups": 5, "failed_lookups_minutes": 15, "notes": ["请提前15分钟签到。"], "not_bookable": ["RS-002"],
        "groups": [
            {"id": "identity", "title": "身份证", "letter": "A", "windows": ["A01"], "capacity": 2,
             "items": [IDENTITY]},
            {"id": "other", "title": "其他", "letter": "B", "windows": ["A02"], "capacity": 1, "departments": ["GA"]},
        ],
    }  # fmt: skip
    return AppointmentRules.model_validate({**data, **changes})


def make_office(*closed: DayException, **changes: Any) -> Office:
    calendar = HallCalendar(make_hall(), {exception.day: exception for exception in closed})
    return Office(VAULT, WORDING, make_rules(**changes), calendar, four_guides())


OFFICE = make_office()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026 in China."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def slot(day: int, hour: int, minute: int = 0, group: str = "identity") -> str:
    return slot_id(group, at(day, hour, minute))


def wanted(deed: str = "deed1", where: str | None = None, item: str = IDENTITY, sender: str | None = SENDER) -> Wanted:
    return Wanted(deed, item, where or slot(24, 9), "web", sender)


def contact(number: int) -> Contact:
    return Contact("王女士", f"+861380000{number:04d}")


def taken(database: Database, id_: str) -> int:
    with database.transaction() as session:
        row = session.get(SlotRow, id_)
        return row.taken if row else 0


def make_desk(database: Database, office: Office = OFFICE, **more: Any) -> Desk:
    """A desk for dialogues and routes; the rules come from the office's own folder, see `conftest`."""
    current = SimpleNamespace(calendar=office.calendar, guides=office.guides, hall=office.hall)
    parts = {
        "settings": cast(Any, None), "database": database, "vault": VAULT, "wording": WORDING,
        "library": cast(Any, SimpleNamespace(current=current)), "encoder": cast(Any, None),
    }  # fmt: skip
    return Desk(**{**parts, **more})


LATER = timedelta(minutes=11)
"""Longer than a hold."""
