"""S14: the periodic job of help and agency."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.assistance import service
from bot.assistance.rules import assistance_rules
from bot.desk import Desk
from bot.requests.request import office_of
from bot.worker.jobs import Job

log = logging.getLogger(__name__)


def jobs() -> tuple[Job, ...]:
    """What waits too long is seen within a minute."""
    return (Job("assistance.overdue", timedelta(minutes=1), alarm_overdue),)


def alarm_overdue(desk: Desk, now: datetime) -> None:
    """Alarms staff of requests that nobody took on in time."""
    with office_of(desk, assistance_rules(desk.rules).by_telephone) as office:
        count = service.alarm_overdue(office, now)
    if count:
        log.warning("assistance_overdue count=%s", count)
