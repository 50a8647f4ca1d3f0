"""What periodic jobs need of the library, for a worker that runs alone: hall and calendar, without encoder or index."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.database import Database
from bot.hall_days.service import exceptions
from bot.publishing.repository import current_revision
from knowledge.calendar import HallCalendar
from knowledge.model import Hall


@dataclass(frozen=True)
class HallNow:
    """As much of a KnowledgeBase as a job looks at."""

    hall: Hall
    calendar: HallCalendar


class HallOnly:
    """`current` is read anew when something was published since."""

    def __init__(self, database: Database, hall: Hall) -> None:
        self._database, self._hall = database, hall
        self._revision: int | None = None
        self._now = HallNow(hall, HallCalendar(hall))

    @property
    def current(self) -> HallNow:
        with self._database.transaction() as session:
            revision = current_revision(session)
            if revision != self._revision:
                self._now = HallNow(self._hall, HallCalendar(self._hall, exceptions(session)))
                self._revision = revision
        return self._now
