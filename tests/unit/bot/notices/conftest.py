"""A desk with four guides, staff, and an app with the notices' routes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from starlette.testclient import TestClient

from bot.assembly import WORDS_FILE
from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.notices import pages, routes
from bot.publishing.library import Library
from bot.publishing.start import bring_in
from bot.settings import Settings
from bot.staff.model import Role, Staff, StaffRow, staff_of
from bot.wording.wording import load_wording
from knowledge.base import Workshop
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.remember import RememberedVectors
from tests.unit.bot.web import app_of, sign_in
from tests.unit.helpers import QUESTION_WORDS, four_guides, make_published

__all__ = ["sign_in"]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
VAULT = Vault(Fernet.generate_key().decode())


@pytest.fixture
def desk(database: Database, fake_encoder: Encoder, settings: Settings) -> Desk:
    bring_in(database, make_published(guides=four_guides()))
    workshop = Workshop(RememberedVectors(fake_encoder, None), WORDS_FILE, QUESTION_WORDS)
    library = Library(database, make_published(guides=four_guides()), workshop)
    return Desk(settings, database, VAULT, library, load_wording(), cast(Any, None))


@pytest.fixture
def member(database: Database) -> Callable[..., Staff]:
    def make(role: Role = Role.CLERK, department: str = "GA") -> Staff:
        name = f"{role.value}-{department}".lower()
        row = StaffRow(
            id=name, username=name, name="李女士", role=role.value, department=department, active=True,
            failed_logins=0, created_at=NOW, changed_at=NOW,
        )  # fmt: skip
        with database.transaction() as session:
            session.add(row)
        return staff_of(row)

    return make


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(app_of(desk, routes.routes(), pages.routes()), base_url="http://localhost") as client:
        yield client
