"""The ledger: one entry a deed, with a number and a promised time, and nothing personal in plain sight."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from sqlalchemy import func, select, text

from bot.consultations.model import ConsultationRow, NewConsultation
from bot.consultations.service import open_consultation
from bot.db.database import Database
from bot.db.vault import Vault
from tests.unit.helpers import SENDER_KEY, make_hall

VAULT = Vault(Fernet.generate_key().decode())
FRIDAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
NEW = NewConsultation("deed1", "web", SENDER_KEY, "能代办吗", "王女士", "+8613800001111")


def opened(database: Database, new: NewConsultation = NEW, now: datetime = FRIDAY, days: int = 2) -> ConsultationRow:
    hall = make_hall(consultation_reply_working_days=days)
    with database.transaction() as session:
        return open_consultation(session, VAULT, hall, new, now)


def count(database: Database) -> int | None:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(ConsultationRow))


def test_the_entry_holds_what_the_citizen_left(tmp_database: Database) -> None:
    row = opened(tmp_database)
    assert [VAULT.open(value) for value in (row.question, row.name, row.telephone)] == [
        "能代办吗", "王女士", "+8613800001111",
    ]  # fmt: skip
    assert (row.state, row.channel, row.sender_key, row.created_at) == ("open", "web", SENDER_KEY, FRIDAY)


def test_submitting_a_deed_again_gives_the_same_entry(tmp_database: Database) -> None:
    first = opened(tmp_database)
    again = opened(tmp_database, replace(NEW, question="别的问题"))
    assert (again.id, again.number, again.promised_by) == (first.id, first.number, first.promised_by)
    assert VAULT.open(again.question) == "能代办吗" and count(tmp_database) == 1


def test_another_deed_of_the_same_citizen_is_another_entry(tmp_database: Database) -> None:
    numbers = {opened(tmp_database, replace(NEW, deed_id=f"deed{n}")).number for n in range(20)}
    assert len(numbers) == 20 and count(tmp_database) == 20


def test_an_answer_is_promised_by_the_close_of_the_nth_working_day(tmp_database: Database) -> None:
    china = ZoneInfo("Asia/Shanghai")
    assert opened(tmp_database).promised_by == datetime(2026, 11, 24, 17, 0, tzinfo=china)
    later = opened(tmp_database, replace(NEW, deed_id="deed2"), days=1)
    assert later.promised_by == datetime(2026, 11, 23, 17, 0, tzinfo=china)


def test_the_promise_survives_the_database(tmp_database: Database) -> None:
    promised = opened(tmp_database).promised_by
    with tmp_database.transaction() as session:
        assert session.scalar(select(ConsultationRow.promised_by)) == promised


def test_the_number_has_the_date_in_china_and_letters_that_can_be_read_out(tmp_database: Database) -> None:
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # one o'clock on the 21st in China
    assert re.fullmatch(r"ZX20261121[2-9A-HJ-NP-Z]{6}", opened(tmp_database, now=late).number)


def test_nothing_personal_can_be_read_in_the_database(tmp_database: Database) -> None:
    opened(tmp_database)
    with tmp_database.engine.connect() as connection:
        raw = repr(connection.execute(text("SELECT * FROM consultations")).all())
    assert "deed1" in raw
    for private in ("能代办吗", "王女士", "13800001111"):
        assert private not in raw
