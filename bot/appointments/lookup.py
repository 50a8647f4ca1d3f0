"""Finds an appointment by number and telephone; whoever guesses is stopped (S12, S21). An unknown number and a wrong
telephone get the same answer."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from bot.appointments.model import AppointmentRow, LookupRow
from bot.appointments.office import Office
from bot.appointments.service import PREFIX
from bot.errors import Refused
from bot.senders.insert import insert_missing

_NUMBER = re.compile(rf"{PREFIX}\d{{8}}[2-9A-HJ-NP-Z]{{6}}")


def find(session: Session, office: Office, number: str, telephone: str, now: datetime) -> AppointmentRow | None:
    """The appointment of that number, if the telephone (international form) is the one it was booked with. None counts
    as a failure, so the caller must commit it. Refused (429) after too many failures for the number, whatever is told
    then."""
    if not _NUMBER.fullmatch(number):
        return None
    rules = office.rules
    window = timedelta(minutes=rules.failed_lookups_minutes)
    insert_missing(session, LookupRow, {"number": number, "failures": 0, "began_at": now})
    of_number = update(LookupRow).where(LookupRow.number == number).execution_options(synchronize_session=False)
    session.execute(of_number.where(LookupRow.began_at <= now - window).values(failures=0, began_at=now))
    counted = session.execute(
        of_number.where(LookupRow.failures < rules.failed_lookups).values(failures=LookupRow.failures + 1)
    )
    assert isinstance(counted, CursorResult)
    if counted.rowcount == 0:
        raise Refused("appointment.too_many", 429, "too-many", minutes=rules.failed_lookups_minutes)
    row = session.scalar(
        select(AppointmentRow).where(
            AppointmentRow.number == number,
            AppointmentRow.telephone_lookup == office.vault.lookup("telephone", telephone),
        )
    )
    if row is not None:
        session.execute(of_number.values(failures=LookupRow.failures - 1))
    return row


def forget_old(session: Session, office: Office, now: datetime) -> None:
    """Failures that no longer count."""
    window = timedelta(minutes=office.rules.failed_lookups_minutes)
    session.execute(
        delete(LookupRow).where(LookupRow.began_at <= now - window).execution_options(synchronize_session=False)
    )
