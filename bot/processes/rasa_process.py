"""Starts the Rasa server, restarts it when it dies, and stops it with the app."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.settings import ROOT, Settings, SettingsError

log = logging.getLogger(__name__)

PROJECT = ROOT / "intents"
STOP_SECONDS = 10
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 15.0
HEALTHY_AFTER_SECONDS = 30
_PR_SET_PDEATHSIG = 1


class RasaMissing(Exception):
    """Rasa cannot be started; the message says what to run."""


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Rasa's environment: no telemetry, quiet TensorFlow, no GPU look-up, nothing of the app's own paths."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {
        **kept,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


def redis_environment(url: str | None) -> dict[str, str]:
    """What intents/endpoints-redis.yml is filled in with, from redis://[:password@]host[:port][/db]."""
    if url is None:
        return {}
    parts = urlsplit(url)
    if parts.scheme != "redis" or not parts.hostname:
        raise SettingsError("WENBAN_REDIS_URL: must look like redis://:password@host:6379/0")
    return {
        "WENBAN_REDIS_HOST": parts.hostname,
        "WENBAN_REDIS_PORT": str(parts.port or 6379),
        "WENBAN_REDIS_DB": parts.path.strip("/") or "0",
        "WENBAN_REDIS_PASSWORD": unquote(parts.password or ""),
    }


def newest_model(folder: Path) -> Path:
    """The model trained last; raises RasaMissing."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise RasaMissing("还没有训练好的 Rasa 模型，请先运行 wenban train（或 make run）。")
    return models[-1]


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Runs in the child: on Linux, a killed app takes its Rasa along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class RasaProcess:
    """An async context: inside it Rasa runs, outside it is gone. The port stays the same over restarts."""

    def __init__(self, settings: Settings, token: str) -> None:
        python = ROOT / settings.rasa_python
        if not python.exists():
            raise RasaMissing(f"没有 Rasa 的运行环境 {python}，请先运行 make run 或 wenban setup。")
        self._command = [
            str(python), "serve.py", "run", "--model", str(newest_model(settings.model_folder)),
            "--interface", "127.0.0.1", "--credentials", "credentials.yml",
            "--endpoints", "endpoints-redis.yml" if settings.redis_url else "endpoints.yml",
        ]  # fmt: skip
        self._port = free_port()
        own = {"WENBAN_RASA_TOKEN": token, "WENBAN_ACTIONS_URL": settings.actions_address}
        self._environment = environment({**own, **redis_environment(settings.redis_url)})
        self._log_file = settings.data / "logs" / "rasa.log"
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        self._process = await self._start()
        self._watcher = asyncio.create_task(self._watch(), name="rasa-watcher")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        await self._stop()

    async def _start(self) -> asyncio.subprocess.Process:
        with self._log_file.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "--port",
                str(self._port),
                cwd=PROJECT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the app, which then stops Rasa in order
                preexec_fn=_die_with_parent,
            )
        log.info("rasa_started pid=%s port=%s", process.pid, self._port)
        return process

    async def _watch(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while self._process:
            began = loop.time()
            code = await self._process.wait()
            if loop.time() - began > HEALTHY_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.warning("rasa_exited code=%s restart_in_seconds=%s", code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._process = await self._start()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        log.info("rasa_stopped")
