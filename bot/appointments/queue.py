"""Queue numbers at check-in: a small protocol for the hall's own queue system, and one that is built in (S12)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.appointments.model import QueueCounterRow
from bot.appointments.rules import Group
from bot.senders.insert import insert_missing


class QueueSystem(Protocol):
    def draw(self, session: Session, group: Group, day: date) -> str:
        """The next number of the group's queue on that day, at most 8 characters; never the same one twice."""
        ...


class BuiltInQueue:
    """A letter and three digits, counted in our own database."""

    def draw(self, session: Session, group: Group, day: date) -> str:
        insert_missing(session, QueueCounterRow, {"day": day, "window_group": group.id, "last": 0})
        counter = (
            update(QueueCounterRow)
            .where(QueueCounterRow.day == day, QueueCounterRow.window_group == group.id)
            .values(last=QueueCounterRow.last + 1)
            .returning(QueueCounterRow.last)
            .execution_options(synchronize_session=False)
        )
        return f"{group.letter}{session.scalars(counter).one():03d}"


BUILT_IN = BuiltInQueue()
