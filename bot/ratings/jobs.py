"""S19: the periodic job of ratings."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.ratings import follow_up
from bot.ratings.rules import rating_rules
from bot.requests.request import office_of
from bot.worker.jobs import Job

log = logging.getLogger(__name__)


def jobs() -> tuple[Job, ...]:
    """What waits too long is seen within a minute."""
    return (Job("ratings.overdue", timedelta(minutes=1), alarm_overdue),)


def alarm_overdue(desk: Desk, now: datetime) -> None:
    """Alarms staff of bad ratings that nobody followed up in time."""
    with office_of(desk, rating_rules(desk.rules).by_telephone) as office:
        count = follow_up.alarm_overdue(office, now)
    if count:
        log.warning("ratings_overdue count=%s", count)
