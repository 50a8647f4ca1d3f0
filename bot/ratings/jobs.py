"""S19: the periodic job of ratings."""

from __future__ import annotations

from bot.ratings import follow_up
from bot.ratings.rules import rating_rules
from bot.requests.jobs import overdue_job
from bot.worker.jobs import Job


def jobs() -> tuple[Job, ...]:
    """Staff are alarmed of bad ratings that nobody followed up in time."""
    return (overdue_job("ratings", rating_rules, follow_up.alarm_overdue),)
