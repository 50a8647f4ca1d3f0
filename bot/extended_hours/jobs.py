"""S17: the periodic job of extended hours."""

from __future__ import annotations

from datetime import datetime

from bot.extended_hours.model import WAITING, ExtendedHoursRow
from bot.extended_hours.rules import extended_hours_rules
from bot.requests.jobs import overdue_job
from bot.requests.request import Office, alarm_overdue
from bot.worker.jobs import Job
from knowledge.clock import spoken


def jobs() -> tuple[Job, ...]:
    """Staff are alarmed of requests that nobody answered in time."""
    return (overdue_job("extended_hours", extended_hours_rules, _alarm),)


def _alarm(office: Office, now: datetime) -> int:
    def text(row: ExtendedHoursRow) -> str:
        return office.wording.say("extended_hours.alarm_overdue", number=row.number, time=spoken(row.due_at))

    return alarm_overdue(office, ExtendedHoursRow, WAITING, text, now)
