"""Messages survive SIGKILL: whatever was acknowledged to be taken in is delivered, as one message by its key.

Run as a program, this file is the process that is killed: it takes messages in, one transaction each, writes the number
of each one that was committed to standard output, and works off the outbox at the same time."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.service import Outgoing, enqueue
from bot.settings import Settings
from bot.worker.worker import run_worker
from tests.conftest import postgres_copy
from tests.gateway import SECRET, StandInGateway, running_gateway

MESSAGES = 200
KILLS = 10
RULES = """
{attempts: 50, first_pause: 0.05, factor: 1.5, longest_pause: 0.5, jitter: 0.2, lease: 0.6, batch: 10,
 gateway_timeout: 0.3}
"""


def main(database_url: str, data_key: str, rules: str, gateway_url: str, first: int) -> None:
    """Takes in the messages from number `first` on, and delivers, until it is killed."""
    settings = Settings(gateway_url=gateway_url, gateway_secret=SECRET)
    desk: Any = SimpleNamespace(
        database=Database(database_url), vault=Vault(data_key), rules=Path(rules), settings=settings
    )
    threading.Thread(target=take_in, args=(desk, first), daemon=True).start()
    asyncio.run(run_worker(desk, [], asyncio.Event()))


def take_in(desk: Any, first: int) -> None:
    for number in range(first, MESSAGES):
        message = Outgoing(f"kill:{number}", f"第{number}条消息。", telephone=f"1380000{number:04}")
        with desk.database.transaction() as session:
            enqueue(session, desk.vault, message, datetime.now(UTC))
        os.write(1, f"{number}\n".encode())  # acknowledged: from here on it must not be lost
        time.sleep(0.015)


def acknowledged(file: Path) -> list[int]:
    """The numbers of whole lines; a line that was cut off was not read by anybody."""
    return [int(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


class Runs:
    """Starts the program again and again, each time at the first message that was not acknowledged."""

    def __init__(self, folder: Path, database_url: str, gateway: StandInGateway) -> None:
        (folder / "outbox.yaml").write_text(RULES)
        self.file, self.kills = folder / "acknowledged", 0
        self.file.touch()
        key = Fernet.generate_key().decode()
        self._arguments = [database_url, key, str(folder), gateway.url]

    def start(self) -> subprocess.Popen[bytes]:
        """Returns when the program works: a kill in the middle of an import would prove nothing."""
        first, size = len(acknowledged(self.file)), self.file.stat().st_size
        with self.file.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.scenarios.test_kill", *self._arguments, str(first)], stdout=out
            )
        limit = time.monotonic() + 20
        while first < MESSAGES and self.file.stat().st_size == size:
            assert process.poll() is None and time.monotonic() < limit, "the program did not start"
            time.sleep(0.005)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        assert process.poll() is None, "it ended by itself"
        process.kill()
        assert process.wait() == -9
        self.kills += 1


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the newest schema."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kill.sqlite3'}"
        database = Database(url)
        database.migrate()
        database.close()
        yield url
        return
    with postgres_copy(request.getfixturevalue("postgres")) as address:
        yield address


def test_nothing_is_lost_when_the_worker_is_killed_again_and_again(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    with running_gateway() as gateway:
        gateway.delay = 0.01  # the worker is often killed after the gateway took a message and before it is marked
        runs = Runs(tmp_path, database_url, gateway)
        for _ in range(KILLS):
            process = runs.start()
            time.sleep(chance.uniform(0.01, 0.35))
            runs.kill(process)
        process = runs.start()
        try:
            limit = time.monotonic() + 25
            while len(gateway.messages) < MESSAGES or len(acknowledged(runs.file)) < MESSAGES:
                assert process.poll() is None and time.monotonic() < limit, f"only {len(gateway.messages)} arrived"
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
    assert runs.kills == KILLS
    assert acknowledged(runs.file) == list(range(MESSAGES))
    assert {m["key"]: m["text"] for m in gateway.messages.values()} == {
        f"kill:{number}": f"第{number}条消息。" for number in range(MESSAGES)
    }
    assert gateway.clashes == []


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
