"""The reference implementation: our own table of applications (S26)."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.progress.model import Applicant, ApplicationRow, ApplicationState, Progress
from bot.progress.system import CHECK_CHARACTERS


class SqlSystem:
    """Reads in transactions of its own."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def find(self, number: str, check: str) -> Progress | None:
        with self._database.transaction() as session:
            row = session.get(ApplicationRow, number)
        told = check_of(self._vault, number, check)
        known = [c for c in (row.id_check, row.telephone_check) if c] if row else []
        fits = any([hmac.compare_digest(c, told) for c in known])  # noqa: C419 all are compared, always
        return progress_of(row) if row and fits else None

    def look_up(self, number: str) -> Progress | None:
        with self._database.transaction() as session:
            row = session.get(ApplicationRow, number)
        return progress_of(row) if row else None


def check_of(vault: Vault, number: str, identifier: str) -> str:
    """The keyed hash of a number with the last characters of an identifier; it fits this number only."""
    return vault.lookup("application-check", f"{number}\0{identifier[-CHECK_CHARACTERS:].upper()}")


def keep(session: Session, vault: Vault, told: Progress, applicant: Applicant | None, now: datetime) -> None:
    """Takes an application in, or its newer state; `applicant` may be None for one that is known. Raises ValueError
    when nothing proves the applicant."""
    row = session.get(ApplicationRow, told.number, with_for_update=True, populate_existing=True)
    if row is None:
        row = ApplicationRow(number=told.number)
        session.add(row)
        applicant = applicant or Applicant()
    if applicant is not None:
        _prove(row, vault, applicant)
    if row.state != told.state:
        row.state, row.state_since = told.state.value, now
    row.item, row.item_name, row.department = told.item, told.item_name, told.department
    row.steps, row.due_at = told.model_dump(mode="json")["steps"], told.due_at
    row.todo, row.place, row.post_number = told.todo, told.place, told.post_number
    session.flush()


def _prove(row: ApplicationRow, vault: Vault, applicant: Applicant) -> None:
    if not (applicant.id_number or applicant.telephone):
        raise ValueError("an application needs an identity number or a telephone")
    row.id_check = check_of(vault, row.number, applicant.id_number) if applicant.id_number else None
    row.telephone_check = check_of(vault, row.number, applicant.telephone) if applicant.telephone else None
    row.telephone = vault.seal(applicant.telephone) if applicant.telephone else None
    row.sender_key = applicant.sender_key


def progress_of(row: ApplicationRow) -> Progress:
    return Progress(
        number=row.number,
        item=row.item,
        item_name=row.item_name,
        department=row.department,
        state=ApplicationState(row.state),
        steps=tuple(row.steps),
        due_at=row.due_at,
        todo=row.todo,
        place=row.place,
        post_number=row.post_number,
    )
