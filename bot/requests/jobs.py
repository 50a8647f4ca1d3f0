"""The periodic job that every kind of request has (S14, S17, S19): what waits too long is seen within a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.desk import Desk
from bot.requests.request import Office, RequestRules, office_of
from bot.worker.jobs import Job

log = logging.getLogger(__name__)


def overdue_job(name: str, rules: Callable[[Path], RequestRules], alarm: Callable[[Office, datetime], int]) -> Job:
    """Every minute `alarm`, which tells staff of what nobody did in time and gives how many there were."""

    def run(desk: Desk, now: datetime) -> None:
        with office_of(desk, rules(desk.rules).by_telephone) as office:
            count = alarm(office, now)
        if count:
            log.warning("%s_overdue count=%s", name, count)

    return Job(f"{name}.overdue", timedelta(minutes=1), run)
