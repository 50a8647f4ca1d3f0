"""Child processes of the benchmark: started with a log file, waited for over HTTP, stopped whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

STOP_SECONDS = 30
POLL_SECONDS = 0.25
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class BenchError(Exception):
    """The benchmark cannot go on; the message says why."""


@dataclass(frozen=True)
class Child:
    """A started process. `name` is for messages."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check_alive(self) -> None:
        """Raises BenchError with the last lines of the log when the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise BenchError(f"{self.name} ended with status {code}. {self.tail()}")

    def tail(self) -> str:
        """The last 15 lines of the log, for messages."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return "\n".join([f"The end of {self.log}:", *lines])

    def wait_until_ready(self, address: str, limit_seconds: float) -> float:
        """The seconds until GET `address` is 200; raises BenchError when it ends first or takes longer."""
        began = time.monotonic()
        while time.monotonic() - began < limit_seconds:
            self.check_alive()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(address, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return time.monotonic() - began
            time.sleep(POLL_SECONDS)
        raise BenchError(f"{self.name} was not ready within {limit_seconds:.0f} s; see {self.log}")


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Child]:
    """Inside the context the process runs, outside it is gone. Its output goes to `log`, which starts anew."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches the benchmark, which then stops its children in order
            preexec_fn=_die_with_parent,  # noqa: PLW1509  one system call, nothing that a thread could hold
        )
    try:
        yield Child(name, process, log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Asks it to stop; kills it and its group when it does not, or when the user presses Ctrl-C again."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent() -> None:
    """Runs in the child: on Linux, a killed benchmark takes its children along."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
