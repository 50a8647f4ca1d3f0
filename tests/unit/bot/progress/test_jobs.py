"""Reminders of what is nearly due, and messages that a result is ready."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.desk import Desk
from bot.outbox.model import OutboxRow
from bot.progress.jobs import announce
from bot.progress.model import Applicant, ProgressAttemptRow
from bot.progress.service import ask
from tests.unit.bot.notices.conftest import NOW, VAULT
from tests.unit.bot.progress.conftest import NUMBER, PERSON

Kept = Callable[..., None]


def outbox(desk: Desk) -> list[OutboxRow]:
    with desk.database.transaction() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.key)))


@pytest.mark.parametrize(
    ("changes", "reminded"),
    [
        ({"due_at": "2026-11-24T08:00:00Z"}, True),
        ({"due_at": "2026-11-24T08:00:00Z", "state": "ready"}, False),
        ({"due_at": "2026-11-24T08:00:00Z", "state": "supplement"}, False),
        ({"due_at": "2026-11-25T08:00:00Z"}, False),
        ({"due_at": "2026-11-21T08:00:00Z"}, False),
        ({"due_at": None}, False),
    ],
)
def test_the_department_is_reminded_of_what_is_nearly_due(
    desk: Desk, kept: Kept, changes: dict[str, Any], reminded: bool
) -> None:
    kept(Applicant("1234"), **changes)
    announce(desk, NOW)
    announce(desk, NOW + timedelta(hours=1))
    rows = outbox(desk)
    assert [(row.audience, NUMBER in VAULT.open(row.text)) for row in rows] == ([("GA", True)] if reminded else [])


@pytest.mark.parametrize("state", ["ready", "posted", "supplement"])
def test_the_applicant_is_told_once(desk: Desk, kept: Kept, state: str) -> None:
    kept(state=state, place="A01窗口", post_number="EMS1")
    announce(desk, NOW)
    kept(None, NOW + timedelta(hours=2), state=state, place="A02窗口")
    announce(desk, NOW + timedelta(hours=3))
    (row,) = outbox(desk)
    assert row.telephone and VAULT.open(row.telephone) == PERSON.telephone and NUMBER in VAULT.open(row.text)


def test_his_own_channel_goes_before_the_telephone(desk: Desk, kept: Kept) -> None:
    kept(replace(PERSON, sender_key="f" * 64), state="ready")
    announce(desk, NOW)
    (row,) = outbox(desk)
    assert (row.sender_key, row.telephone) == ("f" * 64, None)


def test_nobody_known_and_old_news_are_passed_over(desk: Desk, kept: Kept) -> None:
    kept(Applicant("1234"), state="ready")
    kept(number="SL20261120A002", state="ready", now=NOW - timedelta(days=15))
    announce(desk, NOW)
    assert outbox(desk) == []


def test_old_attempts_are_forgotten(desk: Desk, kept: Kept) -> None:
    assert ask(desk, "f" * 64, NUMBER, "0000", NOW) is None
    announce(desk, NOW + timedelta(minutes=16))
    with desk.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ProgressAttemptRow)) == 0
