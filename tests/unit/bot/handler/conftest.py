"""The handler's tools with everything real but Rasa, the encoder and the guides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.db.database import Database
from bot.db.vault import Vault
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.handler.tools import Threads, Tools
from bot.handoff.rules import handoff_rules
from bot.handoff.turns import Counter
from bot.settings import load_settings
from bot.understanding.keywords import load_keywords
from bot.understanding.model import Understanding
from bot.understanding.rasa import DialogueTurn, RasaUnavailable
from bot.wording.wording import load_wording
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from tests.unit.helpers import POLICY, heard, small_base

ASK_NAME = DialogueTurn(({"wording": "consultation.ask_name"},), "consultation_form", "consultation_name", {})


@dataclass
class FakeRasa:
    """Answers what the test says; `heard_dialogue` keeps what the dialogue was told."""

    understanding: Understanding = field(default_factory=heard)
    turn: DialogueTurn = ASK_NAME
    away: bool = False
    heard_dialogue: list[Any] = field(default_factory=list)

    async def parse(self, text: str, vector: Any, named: Any) -> Understanding:
        if self.away:
            raise RasaUnavailable
        return self.understanding

    async def dialogue(self, *told: Any) -> DialogueTurn:
        if self.away:
            raise RasaUnavailable
        self.heard_dialogue.append(told)
        return self.turn


@dataclass
class FakeLibrary:
    current: KnowledgeBase


@pytest.fixture(scope="session")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    return small_base(fake_encoder)


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Threads()
    yield made
    made.close()


@pytest.fixture
def tools(
    tmp_database: Database, fake_encoder: Encoder, base: KnowledgeBase, rasa: FakeRasa, threads: Threads
) -> Tools:
    vault, wording, rules = Vault(Fernet.generate_key().decode()), load_wording(), load_settings().rules
    return Tools(
        database=tmp_database,
        vault=vault,
        encoder=fake_encoder,
        library=FakeLibrary(base),  # type: ignore[arg-type]
        rasa=rasa,  # type: ignore[arg-type]
        keywords=load_keywords(),
        policy=POLICY,
        wording=wording,
        watch=Watch(tmp_database, vault, wording, emergency_rules(rules)),
        counter=Counter(tmp_database, vault, wording, handoff_rules(rules)),
        context_lifetime=timedelta(minutes=30),
        threads=threads,
    )
