"""Starts the app, kills it, and starts it anew at once; its listening socket outlives it, so that connections wait."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.processes.rasa_process import free_port
from bot.settings import ROOT
from evaluation.load.processes import BenchError
from evaluation.soak.server import BACKLOG

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 180.0, 20.0, 0.2


@dataclass(frozen=True)
class Listening:
    """`keep`: the supervisor holds the socket. `spare`: it also has the next process wait with everything imported."""

    keep: bool = True
    spare: bool = True


@dataclass
class Supervisor:
    """`restarts`: seconds from each kill until a request was answered again; `ready`: until Rasa was there too."""

    environment: Mapping[str, str]
    log: Path
    listening: Listening = field(default_factory=Listening)
    restarts: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    _socket: socket.socket | None = None
    _app: subprocess.Popen[bytes] | None = None
    _spare: subprocess.Popen[bytes] | None = None
    _without_rasa: bool = False

    def __post_init__(self) -> None:
        self.port = free_port()
        self._without_rasa = "WENBAN_RASA_URL" in self.environment  # another is set, and is not waited for
        if self.listening.keep:
            self._socket = socket.create_server(("127.0.0.1", self.port), backlog=BACKLOG)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Raises BenchError when it ends or does not get ready."""
        self._next()
        self._prepare()
        self._wait(any_answer=self._without_rasa)
        if self._spare and self._spare.stdout:
            self._spare.stdout.readline()  # it has imported everything and waits

    def kill_app(self) -> None:
        """SIGKILL, and the next one at once. Returns when all of it works again. Blocking."""
        assert self._app is not None
        began = time.monotonic()
        self._app.kill()
        self._app.wait()
        self._next()
        for seconds, any_answer in ((self.restarts, True), (self.ready, self._without_rasa)):
            self._wait(any_answer)
            seconds.append(time.monotonic() - began)
        self._prepare()

    def kill_rasa(self) -> None:
        """SIGKILL, as soon as there is one; the app starts another."""
        assert self._app is not None
        for _ in range(200):
            listed = subprocess.run(
                ["ps", "-o", "pid=,args=", "--ppid", str(self._app.pid)],  # noqa: S607  found by the path, as by people
                capture_output=True, text=True,
            )  # fmt: skip
            found = [int(line.split()[0]) for line in listed.stdout.splitlines() if " serve.py run" in line]
            if found:
                return os.kill(found[0], signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        raise BenchError("there is no Rasa to kill")

    def close(self) -> None:
        left = [process for process in (self._spare, self._app) if process is not None]
        for process in left:
            process.terminate()
        for process in left:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._socket:
            self._socket.close()

    def _next(self) -> None:
        """The spare process serves, or a fresh one."""
        process = self._spare or self._started()
        assert process.stdin is not None
        process.stdin.write(b"serve\n")
        process.stdin.flush()
        self._app, self._spare = process, None

    def _prepare(self) -> None:
        if self.listening.spare:
            self._spare = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        number = self._socket.fileno() if self._socket else -1
        command = [sys.executable, "-m", "evaluation.soak.server", str(number)]
        own = {"WENBAN_HOST": "127.0.0.1", "WENBAN_PORT": str(self.port), "WENBAN_BASE_URL": self.url}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self.environment, **own}, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, start_new_session=True, pass_fds=(number,) if number >= 0 else (),
            )  # fmt: skip

    def _wait(self, any_answer: bool) -> None:
        """Until something is answered at all, or the app says that all of it works."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if self._app and self._app.poll() is not None:
                end = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise BenchError(f"the app ended with status {self._app.returncode}. {end}")
            with contextlib.suppress(httpx.HTTPError):
                response = httpx.get(f"{self.url}/healthz", timeout=30, trust_env=False)
                if any_answer or response.status_code == httpx.codes.OK:
                    return
            time.sleep(POLL_SECONDS if not any_answer else 0.02)
        raise BenchError(f"the app was not ready within {START_SECONDS:.0f} s; see {self.log}")


@contextmanager
def supervised(environment: Mapping[str, str], log: Path, listening: Listening) -> Iterator[Supervisor]:
    """A running app; nothing of it is left at the end."""
    with contextlib.closing(Supervisor(environment, log, listening)) as supervisor:
        supervisor.start()
        yield supervisor
