"""Four hundred citizens want ten places at once, through a real server over HTTP (S12)."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from bot.appointments import repository, service
from bot.appointments.model import AppointmentRow, State
from bot.desk import Desk
from bot.errors import Refused
from tests.unit.bot.appointments.conftest import make_app
from tests.unit.bot.appointments.helpers import IDENTITY, NOW, OFFICE, WANG, contact, make_office, slot, taken, wanted
from tests.unit.bot.appointments.test_routes import BASE, NINE

CITIZENS, PLACES, AT_ONCE, MOST_SECONDS = 400, 10, 100, 40


@pytest.fixture
def address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The routes under uvicorn, with ten places a slot."""
    groups = [g.model_copy(update={"capacity": PLACES}).model_dump() for g in OFFICE.rules.groups]
    office = make_office(groups=groups)
    monkeypatch.setattr("bot.appointments.routes.office_of", lambda _desk: office)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(make_app(desk), host="127.0.0.1", port=port, log_level="warning", timeout_keep_alive=60)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


async def rush(address: str) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:

        def attempt(number: int) -> Any:
            data = {"item": IDENTITY, "slot": NINE.id, "name": "王女士", "telephone": f"1380000{number:04d}"}
            return client.post(BASE, json=data, headers={"Idempotency-Key": f"citizen-{number}"})

        answers: list[httpx.Response] = await asyncio.gather(*(attempt(number) for number in range(CITIZENS)))
        return answers


def test_exactly_ten_of_four_hundred_succeed(desk: Desk, address: str) -> None:
    began = time.monotonic()
    answers = asyncio.run(rush(address))
    elapsed = time.monotonic() - began
    assert Counter(answer.status_code for answer in answers) == {201: PLACES, 409: CITIZENS - PLACES}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert all(told["type"] == "/problems/full" and len(told["alternatives"]) == 4 for told in refused)
    assert taken(desk.database, NINE.id) == PLACES
    with desk.database.transaction() as session:
        booked = session.scalar(select(func.count()).where(AppointmentRow.state == State.BOOKED.value))
    assert booked == PLACES and elapsed < MOST_SECONDS


def at_once(*deeds: Any) -> list[str]:
    """Runs all in threads that start together; the refusals' kinds, "" for what succeeded."""
    start, ends = threading.Barrier(len(deeds)), [""] * len(deeds)

    def run(index: int) -> None:
        start.wait()
        try:
            deeds[index]()
        except Refused as refused:
            ends[index] = refused.kind

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def book(desk: Desk, deed: str, number: int, where: str) -> AppointmentRow:
    with desk.database.transaction() as session:
        return service.book(session, OFFICE, wanted(deed, where, sender=None), contact(number), NOW)


def test_one_citizen_who_sends_twice_gets_one_place(desk: Desk) -> None:
    ends = at_once(*(lambda: book(desk, "same", 1, slot(24, 9)) for _ in range(8)))
    assert ends == [""] * 8 and taken(desk.database, slot(24, 9)) == 1


def test_one_citizen_who_books_everywhere_gets_one_place(desk: Desk) -> None:
    places = [slot(24, hour) for hour in (9, 10, 11, 14, 15, 16)]
    ends = at_once(*(lambda p=p: book(desk, f"deed {p}", 1, p) for p in places))
    assert sorted(ends) == ["", *["twice"] * 5] and sum(taken(desk.database, p) for p in places) == 1


def test_changes_that_cross_do_not_block_each_other(desk: Desk) -> None:
    """Each round, two citizens swap their slots at once."""
    nine, ten = slot(24, 9), slot(24, 10)
    rows = [book(desk, f"deed{n}", n, place) for n, place in ((1, nine), (2, ten))]

    def change(row: AppointmentRow, to: str) -> None:
        with desk.database.transaction() as session:
            service.change(session, OFFICE, row.id, to, NOW)

    for turn in range(10):
        to = (ten, nine) if turn % 2 == 0 else (nine, ten)
        ends = at_once(partial(change, rows[0], to[0]), partial(change, rows[1], to[1]))
        assert ends == ["", ""]
    assert (taken(desk.database, nine), taken(desk.database, ten)) == (1, 1)


def test_confirming_and_running_out_at_once_ends_in_one_of_both(desk: Desk) -> None:
    where = slot(24, 9)
    late = NOW + OFFICE.rules.hold
    for turn in range(5):
        with desk.database.transaction() as session:
            service.hold(session, OFFICE, wanted(f"deed{turn}", where), NOW)

        def confirm(turn: int = turn) -> None:
            with desk.database.transaction() as session:
                service.confirm(session, OFFICE, f"deed{turn}", WANG, late)

        def expire() -> None:
            with desk.database.transaction() as session:
                repository.expire(session, late)

        assert at_once(confirm, expire) == ["", ""]
        assert taken(desk.database, where) == 1
        with desk.database.transaction() as session:
            row = repository.of_deed(session, f"deed{turn}")
            assert row is not None and row.state == State.BOOKED
            service.cancel(session, OFFICE, row.id, NOW)
