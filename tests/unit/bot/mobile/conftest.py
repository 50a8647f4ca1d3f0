"""The pages on a small hall with the real rules, and one guide that would do harm if it could."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.db.database import Database
from bot.desk import Desk
from bot.mobile.routes import routes
from bot.settings import Settings
from bot.wording.wording import load_wording
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.loader import load_hall
from tests.unit.bot.mobile.helpers import HOST, VAULT
from tests.unit.bot.web import app_of
from tests.unit.helpers import AGENT, MINOR, four_guides, guest_guide, make_guide, small_base

EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture(scope="session")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    guides = four_guides() | {
        "GA-003": make_guide(situations=[MINOR, AGENT], location={"windows": ["A01"], "online": "网上办理大厅",
                                                                   "link": "https://example.gov.cn/a?b=1&c=2"}),
        "GA-004": make_guide(code="GA-004", name="过期事项", aliases=[], colloquial=[], valid_until=date(2026, 11, 1)),
        "GA-005": make_guide(code="GA-005", name=f"坏名字{EVIL}", aliases=[], colloquial=[],
                             conditions=[f"{EVIL}。"], checked_on=date(2020, 1, 1)),
        "XX-001": guest_guide(),
    }  # fmt: skip
    return small_base(fake_encoder, guides=guides, hall=load_hall())


@pytest.fixture
def desk(database: Database, base: KnowledgeBase, settings: Settings, fake_encoder: Encoder) -> Desk:
    library = cast(Any, SimpleNamespace(current=base))
    return Desk(settings, database, VAULT, library, load_wording(), fake_encoder)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return app_of(desk, routes())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HOST, follow_redirects=False) as client:
        yield client


@pytest.fixture
def secure_client(desk: Desk) -> Iterator[TestClient]:
    """Where the hall's own address has TLS."""
    settings = desk.settings.model_copy(update={"base_url": "https://hall.example"})
    with TestClient(app_of(replace(desk, settings=settings), routes()), base_url=HOST, follow_redirects=False) as c:
        yield c
