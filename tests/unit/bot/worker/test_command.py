"""`wenban worker` as a process of its own: delivers, and SIGTERM ends it in order."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.model import OutboxState
from bot.outbox.service import Outgoing, enqueue
from tests.unit.bot.outbox.helpers import row_of

PROGRAM = "from bot.cli.worker import worker; worker()"


def started(tmp_path: Path, **settings: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "WENBAN_DATA_DIR": str(tmp_path), **settings}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=pipe, stderr=pipe, text=True)


def test_the_worker_alone_delivers_and_stops_at_sigterm(tmp_path: Path) -> None:
    process = started(tmp_path)
    try:
        assert process.stdout is not None
        assert "The worker runs" in process.stdout.readline()
        database = Database(f"sqlite:///{tmp_path / 'wenban.sqlite3'}")
        vault = Vault((tmp_path / "secrets" / "data_key").read_text())
        with database.transaction() as session:
            enqueue(session, vault, Outgoing("case:1", "您好", audience="hall"), datetime.now(UTC))
        limit = time.monotonic() + 10
        while row_of(database).state != OutboxState.SENT:
            assert time.monotonic() < limit
            time.sleep(0.05)
        database.close()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0 and "Stopped." in out


def test_a_bad_setting_is_told_plainly(tmp_path: Path) -> None:
    process = started(tmp_path, WENBAN_DATA_KEY="no key")
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0 and "WENBAN_DATA_KEY" in errors
