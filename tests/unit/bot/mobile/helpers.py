"""A citizen's browser on the mobile pages, and what he has at the hall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from cryptography.fernet import Fernet
from starlette.testclient import TestClient

from bot.appointments import service as appointments
from bot.appointments.model import AppointmentRow, Contact, SlotRow, Wanted
from bot.appointments.office import office_of
from bot.appointments.slots import Slot, timetable
from bot.db.vault import Vault
from bot.desk import Desk
from bot.mobile.session import signed_link

VAULT = Vault(Fernet.generate_key().decode())
HOST = "http://localhost"
MINE, THEIRS = "a" * 64, "b" * 64
IDENTITY, PASSPORT = "GA-003", "GA-008"


def now() -> datetime:
    return datetime.now(UTC)


def link(path: str, sender_key: str = MINE, minutes: int = 30, at: datetime | None = None) -> str:
    """As a conversation sends it, without the host."""
    whole = signed_link(VAULT, HOST + "/", path, sender_key, at or now(), minutes)
    assert whole.startswith(f"{HOST}/m/")
    return whole.removeprefix(HOST)


def enter(client: TestClient, sender_key: str = MINE) -> None:
    """Opens a link; the browser is this sender's from now on."""
    assert client.get(link("/m/cases", sender_key)).status_code == 303


def slot(desk: Desk, item: str = IDENTITY, index: int = 0) -> Slot:
    """One that is at least two days off, so that nothing is too late."""
    office = office_of(desk)
    day = office.calendar.next_working_day(now().date() + timedelta(days=2))
    return timetable(office, office.group_of(item), day)[index]


def book(desk: Desk, sender_key: str = MINE, item: str = IDENTITY, number: int = 1, index: int = 0) -> AppointmentRow:
    wanted = Wanted(f"deed-{number}", item, slot(desk, item, index).id, "wechat", sender_key)
    with desk.database.transaction() as session:
        contact = Contact("王女士", f"+861380000{number:04d}")
        return appointments.book(session, office_of(desk), wanted, contact, now())


def move(desk: Desk, row: AppointmentRow, by: timedelta) -> None:
    """Its slot begins so long from now."""
    with desk.database.transaction() as session:
        known = session.get(SlotRow, row.slot_id)
        assert known is not None
        known.starts_at = now() + by
        known.ends_at = known.starts_at + timedelta(minutes=30)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, Any]]]:
    """Every tag of a page with its attributes."""
    reader = _Reader()
    reader.feed(html)
    return reader.tags


def token_of(html: str) -> str:
    """That of the page's form."""
    (token,) = [a["value"] for tag, a in tags(html) if tag == "input" and a.get("name") == "token"]
    return str(token)
