"""S14: the periodic job of help and agency."""

from __future__ import annotations

from datetime import datetime

from bot.assistance.model import WAITING, AssistanceRow
from bot.assistance.rules import assistance_rules
from bot.requests.jobs import overdue_job
from bot.requests.request import Office, alarm_overdue
from bot.worker.jobs import Job
from knowledge.clock import spoken


def jobs() -> tuple[Job, ...]:
    """Staff are alarmed of requests that nobody took on in time."""
    return (overdue_job("assistance", assistance_rules, _alarm),)


def _alarm(office: Office, now: datetime) -> int:
    def text(row: AssistanceRow) -> str:
        return office.wording.say("assistance.alarm_overdue", number=row.number, time=spoken(row.due_at))

    return alarm_overdue(office, AssistanceRow, WAITING, text, now)
