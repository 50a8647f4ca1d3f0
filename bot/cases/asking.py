"""Lets a citizen ask after a case: number and telephone must fit, and wrong questions are counted (S21)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.cases import lookup
from bot.cases.model import CaseRow
from bot.cases.office import Office, office_of
from bot.deeds.fields import telephone_in
from bot.deeds.numbers import number_in
from bot.desk import Desk
from bot.errors import Refused

LONGEST_NUMBER = 20


def checked_number(desk: Desk, number: str, telephone: str, now: datetime, sender_key: str | None = None) -> str:
    """The number in its clean form, if the citizen may know of its case. Opens a transaction of its own, so that a
    wrong question is counted although it raises Refused; so does one after too many."""
    office = office_of(desk)
    known = number_in(number) or number.strip().upper()[:LONGEST_NUMBER]
    keys = lookup.attempt_keys(office, known, sender_key)
    with desk.database.transaction() as session:
        in_time = lookup.take_attempt(session, office, keys, now)
        row = lookup.find(session, office, known, _international(telephone), sender_key) if in_time else None
        if row is not None:
            lookup.give_back_attempt(session, keys)
    if not in_time:
        raise Refused("case.too_many_questions", 429, "too-many", minutes=office.rules.query_failure_minutes)
    if row is None:
        raise Refused("case.not_found", 404, "not-found")
    return known


def known_case(session: Session, office: Office, number: str, telephone: str, sender_key: str | None = None) -> CaseRow:
    """The case of a checked number; Refused if it does not fit (any more)."""
    row = lookup.find(session, office, number, _international(telephone), sender_key)
    if row is None:
        raise Refused("case.not_found", 404, "not-found")
    return row


def _international(telephone: str) -> str:
    """+8613800001111; "" for none, which is no case's telephone."""
    return telephone_in(telephone) or ""
