"""Puts the parts of the assistant together: once for the app, and in the same way for evaluation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from bot.db.database import Database
from bot.db.opening import open_database, open_vault
from bot.db.vault import Vault
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.handler.tools import Threads, Tools
from bot.handoff.rules import handoff_rules
from bot.handoff.turns import Counter
from bot.policy import load_policy
from bot.processes.rasa_process import RasaProcess
from bot.publishing.library import Library
from bot.publishing.start import bring_in
from bot.rules import check_rules
from bot.secrets import rasa_token
from bot.settings import ROOT, Settings
from bot.understanding.keywords import load_keywords
from bot.understanding.rasa import RasaClient
from bot.wording.wording import load_wording
from knowledge import base
from knowledge.base import Published, Workshop
from knowledge.encoder.encoder import load_encoder
from knowledge.encoder.remember import RememberedVectors

log = logging.getLogger(__name__)

WORDS_FILE = ROOT / "intents" / "data" / "jieba" / "hall_words.txt"


@dataclass(frozen=True)
class Parts:
    """What is read and checked before anything is started, so that a bad file stops the start with its line."""

    settings: Settings
    published: Published
    database: Database
    vault: Vault
    rasa_token: str

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Raises KnowledgeError for bad files, SettingsError for a database or key that cannot be used."""
        published = base.read(settings.knowledge)
        check_rules(settings.rules, published)
        _warn_if_not_calibrated(settings, published)
        return cls(settings, published, open_database(settings), open_vault(settings), rasa_token(settings))


def _warn_if_not_calibrated(settings: Settings, published: Published) -> None:
    """Cosines of another encoder mean other things; the answers would be unsure without a word."""
    fitted = {published.linking.encoder, published.confidence.encoder}
    if fitted != {settings.encoder}:
        log.warning("encoder_not_calibrated setting=%s fitted=%s", settings.encoder, ",".join(sorted(fitted)))


@asynccontextmanager
async def open_tools(parts: Parts) -> AsyncIterator[Tools]:
    """The handler's tools, with Rasa starting beside it unless another one is set; closes all at the end."""
    settings = parts.settings
    async with AsyncExitStack() as stack:
        stack.callback(parts.database.close)
        threads = Threads()
        stack.callback(threads.close)
        await asyncio.to_thread(parts.database.migrate)
        await asyncio.to_thread(bring_in, parts.database, parts.published)
        policy, wording = load_policy(), load_wording()
        rasa_url = settings.rasa_url
        if rasa_url is None:
            rasa_url = (await stack.enter_async_context(RasaProcess(settings, parts.rasa_token))).url
        rasa = RasaClient(rasa_url, parts.rasa_token, policy)
        stack.push_async_callback(rasa.close)
        encoder = await asyncio.to_thread(
            load_encoder, settings.encoder, settings.encoder_folder, settings.encoder_threads
        )
        vectors = RememberedVectors(encoder, settings.vectors_file)
        workshop = Workshop(vectors, WORDS_FILE, parts.published.question_words)
        library = await asyncio.to_thread(Library, parts.database, parts.published, workshop)
        await stack.enter_async_context(library.watched())
        yield Tools(
            database=parts.database,
            vault=parts.vault,
            encoder=encoder,
            library=library,
            rasa=rasa,
            keywords=load_keywords(),
            policy=policy,
            wording=wording,
            watch=Watch(parts.database, parts.vault, wording, emergency_rules(settings.rules)),
            counter=Counter(parts.database, parts.vault, wording, handoff_rules(settings.rules)),
            context_lifetime=timedelta(minutes=settings.context_minutes),
            threads=threads,
        )
