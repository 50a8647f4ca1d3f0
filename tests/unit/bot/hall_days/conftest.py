"""Staff who set days, and a library that answers by them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.assembly import WORDS_FILE
from bot.db.database import Database
from bot.publishing.library import Library
from bot.publishing.start import bring_in
from bot.staff.model import Role, Staff, StaffRow, staff_of
from knowledge.base import Workshop
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.remember import RememberedVectors
from tests.unit.helpers import QUESTION_WORDS, make_published

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # Sunday


@pytest.fixture
def member(database: Database) -> Callable[[Role], Staff]:
    """Makes the account of a member of staff; there may be one of each role."""

    def make(role: Role) -> Staff:
        row = StaffRow(
            id=f"id-{role.value}", username=role.value, name="王女士", role=role.value, department="GA", active=True,
            failed_logins=0, created_at=NOW, changed_at=NOW,
        )  # fmt: skip
        with database.transaction() as session:
            session.add(row)
        return staff_of(row)

    return make


@pytest.fixture
def supervisor(member: Callable[[Role], Staff]) -> Staff:
    return member(Role.SUPERVISOR)


@pytest.fixture
def library(database: Database, fake_encoder: Encoder) -> Library:
    bring_in(database, make_published())
    workshop = Workshop(RememberedVectors(fake_encoder, None), WORDS_FILE, QUESTION_WORDS)
    return Library(database, make_published(), workshop)
