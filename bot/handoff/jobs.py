"""Threads that one side has left alone are closed, and the citizen is told a way on (S04)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select

from bot.handoff.model import Ending, ThreadRow, ThreadStatus
from bot.handoff.rules import HandoffRules, handoff_rules
from bot.handoff.service import tell
from bot.handoff.threads import end
from bot.outbox.alarms import SUPERVISORS, raise_alarm
from bot.worker.jobs import Job

if TYPE_CHECKING:
    from bot.desk import Desk

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=20)


def jobs() -> tuple[Job, ...]:
    """The periodic jobs of threads."""
    return (Job("handoff.close_forgotten", EVERY, close_forgotten),)


def close_forgotten(desk: Desk, now: datetime) -> None:
    """Closes what waited too long for a person, or for the citizen; each thread in a transaction of its own, that
    looks again whether somebody has written meanwhile."""
    for ending, forgotten in _forgotten(handoff_rules(desk.rules), now):
        with desk.database.transaction() as session:
            found = session.scalars(select(ThreadRow.id).where(forgotten)).all()
        for thread_id in found:
            _close(desk, thread_id, ending, forgotten, now)


def _forgotten(rules: HandoffRules, now: datetime) -> Iterator[tuple[Ending, ColumnElement[bool]]]:
    waiting, open_ = ThreadRow.state == ThreadStatus.WAITING, ThreadRow.state == ThreadStatus.OPEN
    yield Ending.NOBODY, and_(waiting, ThreadRow.awaiting_since <= now - rules.wait)
    yield Ending.NOBODY, and_(open_, ThreadRow.awaiting_since <= now - rules.answer)
    yield Ending.SILENT, and_(open_, ThreadRow.awaiting_since.is_(None), ThreadRow.last_at <= now - rules.silence)


def _close(desk: Desk, thread_id: str, ending: Ending, forgotten: ColumnElement[bool], now: datetime) -> None:
    with desk.database.transaction() as session:
        row = end(session, thread_id, ending, now, forgotten)
        if row is None:
            return
        nobody = ending is Ending.NOBODY
        say = desk.wording.say("handoff.nobody" if nobody else "handoff.silent")
        tell(session, desk.vault, row, say, now)
        if nobody:
            missed = desk.wording.say("handoff.alarm_missed")
            raise_alarm(session, desk.vault, f"thread:{thread_id}:missed", SUPERVISORS, "handoff_missed", missed, now)
    log.info("thread_closed id=%s ending=%s", thread_id, ending.value)
