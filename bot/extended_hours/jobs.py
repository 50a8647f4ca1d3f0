"""S17: the periodic job of extended hours."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.extended_hours import service
from bot.extended_hours.rules import extended_hours_rules
from bot.requests.request import office_of
from bot.worker.jobs import Job

log = logging.getLogger(__name__)


def jobs() -> tuple[Job, ...]:
    """What waits too long is seen within a minute."""
    return (Job("extended_hours.overdue", timedelta(minutes=1), alarm_overdue),)


def alarm_overdue(desk: Desk, now: datetime) -> None:
    """Alarms staff of requests that nobody answered in time."""
    with office_of(desk, extended_hours_rules(desk.rules).by_telephone) as office:
        count = service.alarm_overdue(office, now)
    if count:
        log.warning("extended_hours_overdue count=%s", count)
