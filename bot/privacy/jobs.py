"""S24: the daily purge."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk import Desk
from bot.privacy.purge import purge
from bot.privacy.retention import retention_rules
from bot.worker.jobs import Job


def jobs() -> tuple[Job, ...]:
    """Once a day."""
    return (Job("privacy.purge", timedelta(days=1), run_purge),)


def run_purge(desk: Desk, now: datetime) -> None:
    """Deletes or empties what has been kept long enough."""
    purge(desk.database, retention_rules(desk.rules), now)
