"""Starts the real assistant (`wenban serve`, with its real Rasa) for scenario and browser tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.processes.rasa_process import free_port

START_SECONDS = 90


@dataclass
class Assistant:
    """A running assistant; `log` is where it writes, `database` its SQLite file."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    database: Path

    def post(self, body: Any, **kwargs: Any) -> httpx.Response:
        return httpx.post(f"{self.url}/api/v1/messages", json=body, timeout=30, trust_env=False, **kwargs)

    def say(self, sender: str, text: str, **fields: Any) -> dict[str, Any]:
        """The reply to one message."""
        response = self.post({"channel": "web", "sender": sender, "text": text, **fields})
        assert response.status_code == 200, response.text
        reply: dict[str, Any] = response.json()
        return reply

    def health(self) -> dict[str, Any]:
        return dict(httpx.get(f"{self.url}/healthz", timeout=5, trust_env=False).json())

    def rasa_pids(self) -> list[int]:
        """Process ids of the Rasa servers that this assistant started."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        ).stdout
        return [int(line.split()[0]) for line in listed.splitlines() if " serve.py run" in line]

    def kill_rasa(self) -> None:
        for pid in self.rasa_pids():
            os.kill(pid, signal.SIGKILL)

    def wait_for(self, seconds: float, **expected: Any) -> float:
        """Waits until /healthz holds the expected values; the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                health = self.health()
            except httpx.HTTPError:
                health = {}
            if all(health.get(key) == value for key, value in expected.items()):
                return time.monotonic() - began
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.2)
        raise AssertionError(f"not {expected} within {seconds} s; log:\n{self.log.read_text()[-3000:]}")


@contextmanager
def running_assistant(folder: Path, **environment: str) -> Iterator[Assistant]:
    """An assistant of its own on a free port, with a database in `folder`; stopped as by Ctrl-C at the end."""
    port, log, database = free_port(), folder / "assistant.log", folder / "wenban.sqlite3"
    env = {
        **os.environ,
        "WENBAN_PORT": str(port),
        "WENBAN_DATABASE_URL": f"sqlite:///{database}",
        **environment,
    }
    with log.open("wb") as output:
        command = [sys.executable, "-m", "bot.cli.main", "serve"]
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
    assistant = Assistant(f"http://127.0.0.1:{port}", process, log, database)
    try:
        assistant.wait_for(START_SECONDS, ready=True, rasa=True)
        yield assistant
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def texts(reply: dict[str, Any]) -> str:
    """All sentences of a reply."""
    return "\n".join(r.get("text", "") for r in reply["replies"])


def options(reply: dict[str, Any]) -> list[dict[str, str]]:
    """All options of a reply."""
    return [option for r in reply["replies"] if r["type"] == "options" for option in r["options"]]


def card(reply: dict[str, Any]) -> dict[str, str]:
    """The texts of the card of a reply by disclosure."""
    return {
        field["disclosure"]: field["text"] for r in reply["replies"] if r["type"] == "card" for field in r["fields"]
    }
