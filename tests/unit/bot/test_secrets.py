"""Secrets are made once and kept for nobody else to read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import secrets
from bot.settings import ROOT, Settings


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", rasa_token=None, data_key=None)


def test_a_secret_stays_the_same(fresh: Settings) -> None:
    again = Settings(data_dir=fresh.data_dir)
    assert secrets.data_key(fresh) == secrets.data_key(again)
    assert secrets.rasa_token(fresh) == secrets.rasa_token(again)
    assert secrets.rasa_token(fresh) != secrets.data_key(fresh)


def test_secrets_differ_between_installations(tmp_path: Path) -> None:
    first, second = (Settings(data_dir=tmp_path / name) for name in "ab")
    assert secrets.rasa_token(first) != secrets.rasa_token(second)


def test_only_the_owner_can_read_them(fresh: Settings) -> None:
    old = os.umask(0)
    try:
        secrets.data_key(fresh)
        secrets.rasa_token(fresh)
    finally:
        os.umask(old)
    folder = fresh.data / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"data_key", "rasa_token"}


def test_the_data_key_is_a_fernet_key_and_the_token_is_long(fresh: Settings) -> None:
    Fernet(secrets.data_key(fresh))
    assert len(secrets.rasa_token(fresh)) >= 32


def test_a_set_secret_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    given = Settings(data_dir=tmp_path / "data", rasa_token="given-token", data_key="given-key")
    assert (secrets.rasa_token(given), secrets.data_key(given)) == ("given-token", "given-key")
    assert not (tmp_path / "data").exists()


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    """Each waits for the same moment, so that they really meet."""
    code = (
        "import sys, time; from pathlib import Path; from bot.secrets import _kept; at = float(sys.argv[2]);\n"
        "for n in range(20):\n"
        "    time.sleep(max(0, at + n * 0.01 - time.time()))\n"
        "    print(_kept(Path(sys.argv[1]) / str(n), f'{sys.argv[3]}-{n}'))\n"
    )
    import time

    at = str(time.time() + 4)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "s"), at, name], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for name in ("first", "second")
    ]
    first, second = (process.communicate(timeout=60)[0].split() for process in running)
    assert len(first) == 20 and first == second


def test_a_start_that_was_killed_does_not_stop_the_next_one(fresh: Settings) -> None:
    """In a container the next process has the same id, so it meets the scratch file of the one before."""
    folder = fresh.data / "secrets"
    folder.mkdir(parents=True)
    (folder / f".rasa_token.{os.getpid()}").write_text("half")
    assert len(secrets.rasa_token(fresh)) >= 32
