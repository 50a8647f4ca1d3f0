"""The snapshot that this process answers from, rebuilt when something was published, in whichever process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime

from bot.db.database import Database
from bot.hall_days import service as hall_days
from bot.publishing import repository
from bot.publishing.model import PublicationKind
from knowledge import base
from knowledge.base import KnowledgeBase, Published, Workshop
from knowledge.calendar import CHINA, DayException
from knowledge.model import FaqEntry, Guide

log = logging.getLogger(__name__)
HallDays = dict[date, DayException]

LOOK_SECONDS = 0.25
"""How often the number of the last publication is read; an import must be answerable within a second."""


def today() -> date:
    """The day in China."""
    return datetime.now(CHINA).date()


class Library:
    """`current` is replaced as a whole; whoever answers a message takes it once and keeps it until the end."""

    def __init__(
        self,
        database: Database,
        published: Published,
        workshop: Workshop,
        day: Callable[[], date] = today,
    ) -> None:
        self._database, self._workshop, self._day = database, workshop, day
        self._revision, live, exceptions = self._read(published)
        self.current: KnowledgeBase = self._build(live, exceptions)

    def refresh(self) -> bool:
        """Rebuilds the snapshot if something was published since, or the day has changed; tells whether it did."""
        with self._database.transaction() as session:
            revision = repository.current_revision(session)
        if revision == self._revision and self._day() == self.current.as_of:
            return False
        began = time.perf_counter()
        revision, live, exceptions = self._read(self.current.published)
        self.current = self._build(live, exceptions)
        self._revision = revision  # last: a build that failed is tried again at the next look
        log.info("knowledge_refreshed revision=%s elapsed_ms=%s", self._revision, _since(began))
        return True

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Keeps the snapshot fresh while the context is open."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await asyncio.to_thread(self.refresh)
            except Exception as error:  # the snapshot in hand stays good; the next look may succeed
                log.error("knowledge_not_refreshed kind=%s", type(error).__name__)

    def _read(self, published: Published) -> tuple[int, Published, HallDays]:
        """The revision, what is published at it, and the days that staff set."""
        with self._database.transaction() as session:
            revision = repository.current_revision(session)
            guides = dict(repository.documents(session, PublicationKind.GUIDE))
            faq = dict(repository.documents(session, PublicationKind.FAQ))
            exceptions = hall_days.exceptions(session)
        live = replace(
            published,
            guides={code: Guide.model_validate(document) for code, document in guides.items()},
            faq={id_: FaqEntry.model_validate(document) for id_, document in faq.items()},
        )
        return revision, live, exceptions

    def _build(self, published: Published, exceptions: HallDays) -> KnowledgeBase:
        built = base.build(published, self._workshop, self._day(), exceptions)
        self._workshop.vectors.save()
        return built


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
