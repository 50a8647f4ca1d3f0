"""S13: the periodic jobs of the ledger."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.consultations import service
from bot.consultations.rules import consultation_rules
from bot.desk import Desk
from bot.worker.jobs import Job

log = logging.getLogger(__name__)


def jobs() -> tuple[Job, ...]:
    """Broken promises are seen within a minute, answers that arrived within five."""
    return (
        Job("consultations.overdue", timedelta(minutes=1), alarm_overdue),
        Job("consultations.delivered", timedelta(minutes=5), note_delivered),
    )


def alarm_overdue(desk: Desk, now: datetime) -> None:
    """Alarms owners and supervisors of promises that were not kept."""
    with desk.database.transaction() as session:
        count = service.alarm_overdue(session, desk.vault, desk.wording, now)
    if count:
        log.warning("consultations_overdue count=%s", count)


def note_delivered(desk: Desk, now: datetime) -> None:
    """Ends the consultations whose answer arrived, and those whose answer nobody fetched."""
    rules = consultation_rules(desk.rules)
    with desk.database.transaction() as session:
        service.note_delivered(session, now)
        service.close_unfetched(session, rules.fetch_days, now)
