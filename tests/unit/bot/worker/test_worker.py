"""The worker: periodic jobs once over all workers, and a loop that survives failures and stops in order."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.db.database import Database
from bot.outbox.model import OutboxState
from bot.settings import Settings
from bot.worker.jobs import Job
from bot.worker.worker import open_outbox, run_if_due, run_worker, running_worker
from knowledge.loader import KnowledgeError
from tests.gateway import SECRET, StandInGateway, running_gateway
from tests.unit.bot.outbox.helpers import NOW, VAULT, put, row_of

MINUTE = timedelta(minutes=1)


def desk_of(database: Database, rules: Path, url: str | None = None) -> Any:
    """What the worker may use of a desk, and nothing more."""
    settings = Settings(gateway_url=url, gateway_secret=SECRET if url else None)
    return SimpleNamespace(database=database, vault=VAULT, rules=rules, settings=settings)


@pytest.fixture
def desk(database: Database, settings: Settings) -> Any:
    return desk_of(database, settings.knowledge / "deeds")


@pytest.fixture
def gateway() -> Iterator[StandInGateway]:
    with running_gateway() as running:
        yield running


def noting(name: str = "job", every: timedelta = MINUTE) -> tuple[Job, list[datetime]]:
    runs: list[datetime] = []
    return Job(name, every, lambda _desk, now: runs.append(now)), runs


def test_a_job_runs_at_most_once_per_period(desk: Any) -> None:
    job, runs = noting()
    rests = [run_if_due(desk, job, NOW + timedelta(seconds=s)).total_seconds() for s in (0, 30, 59, 60, 61, 119, 125)]
    assert [run - NOW for run in runs] == [timedelta(seconds=s) for s in (0, 60, 125)]
    assert rests == [60, 30, 1, 60, 59, 1, 60]


def test_jobs_do_not_hold_each_other_up(desk: Any) -> None:
    (first, first_runs), (second, second_runs) = noting("first"), noting("second")
    for job in (first, second):
        run_if_due(desk, job, NOW)
    assert first_runs == second_runs == [NOW]


def test_of_many_workers_at_once_one_runs_the_job(desk: Any) -> None:
    job, runs = noting()
    for number in range(3):  # the first time there is no row yet, later there is
        barrier, now = threading.Barrier(6), NOW + number * MINUTE

        def work(barrier: threading.Barrier = barrier, now: datetime = now) -> None:
            barrier.wait()
            run_if_due(desk, job, now)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert runs == [NOW + number * MINUTE for number in range(3)]


def test_a_job_that_fails_is_tried_again_when_it_is_due_the_next_time(desk: Any) -> None:
    job = Job("bad", MINUTE, lambda _desk, _now: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ZeroDivisionError):
        run_if_due(desk, job, NOW)
    assert run_if_due(desk, job, NOW + timedelta(seconds=59)) == timedelta(seconds=1)
    with pytest.raises(ZeroDivisionError):
        run_if_due(desk, job, NOW + MINUTE)


async def until(condition: Any, seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it took too long"
        await asyncio.sleep(0.02)


async def test_the_running_worker_delivers_and_runs_jobs_in_spite_of_failing_ones(
    desk: Any, gateway: StandInGateway, caplog: pytest.LogCaptureFixture
) -> None:
    desk.settings = Settings(gateway_url=gateway.url, gateway_secret=SECRET)
    job, runs = noting(every=timedelta(milliseconds=50))
    bad = Job("bad", timedelta(milliseconds=50), lambda _desk, _now: {}["13800001234"])
    async with running_worker(desk, [bad, job]):
        put(desk.database, now=datetime.now(UTC))
        await until(lambda: gateway.messages and len(runs) >= 2)
    assert list(gateway.messages) == ["case:1"] and row_of(desk.database).state == OutboxState.SENT
    failures = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert set(failures) == {"job_failed name=bad kind=KeyError"}


async def test_a_new_message_is_on_its_way_within_a_second(desk: Any, gateway: StandInGateway) -> None:
    desk.settings = Settings(gateway_url=gateway.url, gateway_secret=SECRET)
    async with running_worker(desk, []):
        await asyncio.sleep(0.7)
        put(desk.database, now=datetime.now(UTC))
        began = time.monotonic()
        await until(lambda: gateway.messages)
        assert time.monotonic() - began < 1.0


async def test_a_gateway_that_hangs_holds_up_nobody_else(desk: Any, gateway: StandInGateway) -> None:
    desk.settings = Settings(gateway_url=gateway.url, gateway_secret=SECRET)
    gateway.delay = 3.0
    put(desk.database, "to:telephone", now=datetime.now(UTC))
    async with running_worker(desk, []):
        await until(lambda: gateway.requests)
        put(desk.database, "to:staff", now=datetime.now(UTC), audience="hall")
        await until(lambda: row_of(desk.database, "to:staff").state == OutboxState.SENT, 2.0)
        assert row_of(desk.database, "to:telephone").state == OutboxState.WAITING
    assert row_of(desk.database, "to:telephone").state == OutboxState.SENT  # the message in hand was finished


async def test_without_a_gateway_the_message_is_dead_and_visible(desk: Any) -> None:
    put(desk.database, now=datetime.now(UTC))
    async with running_worker(desk, []):
        await until(lambda: row_of(desk.database).state == OutboxState.DEAD)
    assert row_of(desk.database).last_error == "no_gateway"


async def test_an_idle_worker_stops_at_once(desk: Any) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(desk, [noting()[0]], stop))
    await asyncio.sleep(0.2)
    stop.set()
    began = time.monotonic()
    await task
    assert time.monotonic() - began < 1.0


async def test_the_database_away_for_a_while_stops_nothing(
    desk: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = desk.database.transaction, [True]

    def transaction() -> Any:
        if broken[0]:
            raise ConnectionError
        return real()

    put(desk.database, now=datetime.now(UTC), audience="hall")
    monkeypatch.setattr(desk.database, "transaction", transaction)
    async with running_worker(desk, []):
        await until(lambda: "outbox_failed" in caplog.text)
        broken[0] = False
        await until(lambda: row_of(desk.database).state == OutboxState.SENT)


async def test_bad_rules_stop_the_start(desk: Any, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        async with running_worker(desk_of(desk.database, tmp_path), []):
            pytest.fail("it must not start")


def test_the_outbox_opens_with_the_halls_figures(desk: Any) -> None:
    with open_outbox(desk) as outbox:
        assert outbox.rules.attempts > 1
