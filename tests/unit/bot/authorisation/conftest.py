"""The app, made once, and a house with its rows for each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from bot import app as app_module
from bot.db.database import Database
from bot.outbox import alarm_routes
from bot.settings import Settings
from tests.conftest import postgres_copy
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import Rows

OIDC = {
    "oidc_issuer": "https://127.0.0.1:9/issuer", "oidc_client_id": "wenban", "oidc_client_secret": "s3cret",
    "oidc_redirect_url": "https://127.0.0.1:9/api/v1/staff/oidc/callback",
}  # fmt: skip


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The real app with all its routes but the chat page's files. Nothing is started: houses bring the rest. The
    stream of alarms ends after the first look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "mount_pages", lambda _app: None)
        patch.setattr(alarm_routes, "STREAM_SECONDS", 0.02)
        patch.setattr(alarm_routes, "LOOK_SECONDS", 0.02)
        data = tmp_path_factory.mktemp("app")
        yield app_module.create_app(Settings(data_dir=data, rasa_token="a-token", **OIDC))  # type: ignore[arg-type]


@pytest.fixture(scope="package")
def rows(app: FastAPI, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """A house on SQLite, and the rows in it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('house') / 'house.sqlite3'}")
    database.migrate()
    with start_blocking_portal() as portal:
        yield Rows(House(app, database, settings, portal))
    database.close()


@pytest.fixture(scope="package")
def postgresql_rows(app: FastAPI, settings: Settings, postgres: str) -> Iterator[Rows]:
    with postgres_copy(postgres) as address:
        database = Database(address)
        with start_blocking_portal() as portal:
            yield Rows(House(app, database, settings, portal))
        database.close()


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def rows_everywhere(request: pytest.FixtureRequest) -> Rows:
    """Rows on SQLite and on PostgreSQL."""
    found: Rows = request.getfixturevalue("rows" if request.param == "sqlite" else "postgresql_rows")
    return found
