"""What periodic jobs need of the library, for a worker that runs alone: no encoder, no index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db.database import Database
from bot.hall_days.service import exceptions
from bot.publishing.model import PublicationKind
from bot.publishing.repository import current_revision, documents
from knowledge.calendar import HallCalendar
from knowledge.model import Guide, Hall


@dataclass(frozen=True)
class HallNow:
    """As much of a KnowledgeBase as a job looks at."""

    hall: Hall
    calendar: HallCalendar
    guides: Mapping[str, Guide]


class HallOnly:
    """`current` is read anew when something was published since."""

    def __init__(self, database: Database, hall: Hall) -> None:
        self._database, self._hall = database, hall
        self._revision: int | None = None
        self._now = HallNow(hall, HallCalendar(hall), {})

    @property
    def current(self) -> HallNow:
        with self._database.transaction() as session:
            revision = current_revision(session)
            if revision != self._revision:
                found = documents(session, PublicationKind.GUIDE)
                guides = {code: Guide.model_validate(document) for code, document in found}
                self._now = HallNow(self._hall, HallCalendar(self._hall, exceptions(session)), guides)
                self._revision = revision
        return self._now
