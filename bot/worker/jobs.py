"""Periodic jobs: what one is, and which worker may run it now (the database decides)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from bot.senders.insert import insert_missing
from bot.worker.model import WorkerJobRow

if TYPE_CHECKING:
    from bot.desk import Desk  # the library behind it is heavy, and a worker alone does without


@dataclass(frozen=True)
class Job:
    """`run` opens its own transactions, is idempotent, and may be run by two workers at once. It is begun at most
    once per `every` over all workers; one that failed is tried again after that time."""

    name: str
    every: timedelta
    run: Callable[[Desk, datetime], None]


def due_in(session: Session, job: Job, now: datetime) -> timedelta:
    """The time until the job is due, zero or less when it is. A cheap look without a lock."""
    last = session.scalar(select(WorkerJobRow.last_run_at).where(WorkerJobRow.name == job.name))
    return last + job.every - now if last else timedelta()


def take(session: Session, job: Job, now: datetime) -> bool:
    """Whether this worker runs the job now; at most one of all workers is told so."""
    if insert_missing(session, WorkerJobRow, {"name": job.name, "last_run_at": now}):
        return True
    done = session.execute(
        update(WorkerJobRow)
        .where(WorkerJobRow.name == job.name, WorkerJobRow.last_run_at <= now - job.every)
        .values(last_run_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount == 1
