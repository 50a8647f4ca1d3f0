"""The worker: delivers the outbox and runs periodic jobs, inside the app or alone (`wenban worker`).

It needs of the desk only `database`, `vault`, `rules` and `settings`; what a job needs is the job's affair."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.outbox.alarms import AlarmTransport
from bot.outbox.delivery import Outbox, Transports, deliver_due
from bot.outbox.gateway import GatewayTransport, NoGateway, gateway_of
from bot.outbox.inbox import InboxTransport
from bot.outbox.model import RecipientKind
from bot.outbox.rules import outbox_rules
from bot.wechat.opening import open_channel
from bot.worker.jobs import Job, due_in, take

if TYPE_CHECKING:
    from bot.desk import Desk

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
LONGEST_REST = timedelta(minutes=1)
"""Between two looks at a job, because somebody may set the clock."""
REST_AFTER_FAILURE = timedelta(seconds=1)
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_outbox(desk: Desk, clock: Clock = utc_now) -> Iterator[Outbox]:
    """The outbox with its transports. Raises KnowledgeError for a bad outbox.yaml, SettingsError for half a gateway."""
    rules, gateway = outbox_rules(desk.rules), gateway_of(desk.settings)
    telephone = GatewayTransport(gateway, rules.gateway_timeout, clock) if gateway else NoGateway()
    inbox, audience = (kind(desk.database, desk.vault, clock) for kind in (InboxTransport, AlarmTransport))
    with contextlib.closing(telephone), open_channel(desk, clock) as wechat:
        yield Outbox(desk.database, desk.vault, rules, Transports(inbox, telephone, audience, wechat))


async def run_worker(desk: Desk, jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Works until `stop` is set, and then finishes the message and the jobs in hand. Raises as `open_outbox` does."""
    with open_outbox(desk) as outbox:
        await _work(desk, outbox, jobs, stop)


@asynccontextmanager
async def running_worker(desk: Desk, jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Runs the worker while the context is open; at its end waits for what is in hand. Raises as `open_outbox` does,
    before anything runs."""
    stop = asyncio.Event()
    with open_outbox(desk) as outbox:
        task = asyncio.create_task(_work(desk, outbox, jobs, stop))
        try:
            yield
        finally:
            stop.set()
            await task


async def _work(desk: Desk, outbox: Outbox, jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Each kind of recipient and each job has its own loop and thread, so that a gateway that hangs holds up nobody
    but telephones, and the worker never uses up the threads of the app."""
    with ThreadPoolExecutor(len(RecipientKind) + len(jobs), "wenban-worker") as pool:
        async with asyncio.TaskGroup() as tasks:
            for kind in RecipientKind:
                tasks.create_task(_deliver_loop(outbox, kind, stop, pool))
            for job in jobs:
                tasks.create_task(_job_loop(desk, job, stop, pool))


async def _deliver_loop(outbox: Outbox, kind: RecipientKind, stop: asyncio.Event, pool: Executor) -> None:
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        found = 0
        try:
            found = await loop.run_in_executor(pool, deliver_due, outbox, utc_now(), (kind,), stop.is_set)
        except Exception as error:  # the database is away, perhaps; nothing is lost by waiting
            log.error("outbox_failed recipient=%s kind=%s", kind.value, type(error).__name__)
        if found < outbox.rules.batch:
            await _rest(stop, IDLE_SECONDS)


async def _job_loop(desk: Desk, job: Job, stop: asyncio.Event, pool: Executor) -> None:
    while not stop.is_set():
        try:
            rest = await asyncio.get_running_loop().run_in_executor(pool, run_if_due, desk, job, utc_now())
        except Exception as error:  # tried again when it is due the next time
            log.error("job_failed name=%s kind=%s", job.name, type(error).__name__)
            rest = REST_AFTER_FAILURE
        await _rest(stop, min(rest, LONGEST_REST).total_seconds())


def run_if_due(desk: Desk, job: Job, now: datetime) -> timedelta:
    """Runs the job if it is due and no other worker took it; tells how long it can rest then, for no worker runs it
    earlier. Raises what the job raises."""
    with desk.database.transaction() as session:
        rest = due_in(session, job, now)
    if rest > timedelta():
        return rest
    with desk.database.transaction() as session:
        taken = take(session, job, now)
    if taken:
        job.run(desk, now)
    return job.every


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
