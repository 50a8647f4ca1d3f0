"""Runs the app with uvicorn and says when it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping
from types import FrameType

import httpx
import uvicorn
import uvloop
from rich.console import Console

from bot.app import create_app
from bot.settings import Settings

POLL_SECONDS = 0.3
FIRST_HANDED_DOWN = 3
"""The file descriptor of the first socket that a supervisor hands down (systemd's sd_listen_fds protocol)."""


def is_handed_down(environment: Mapping[str, str], pid: int) -> bool:
    """Whether a supervisor gave this process a listening socket."""
    return environment.get("LISTEN_PID") == str(pid) and environment.get("LISTEN_FDS") == "1"


def handed_down(environment: Mapping[str, str], pid: int) -> socket.socket | None:
    """The listening socket that outlives us, so that connections wait while we are started again; None without one."""
    return socket.socket(fileno=FIRST_HANDED_DOWN) if is_handed_down(environment, pid) else None


def run_server(settings: Settings) -> None:
    """Blocks until Ctrl-C or SIGTERM; raises KnowledgeError or RasaMissing before anything is started."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=15,
    )
    listening = handed_down(os.environ, os.getpid())
    # uvicorn stops in order at Ctrl-C and then raises it again, for whoever started it.
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(_Server(config, app.state.stopping), settings, listening))


class _Server(uvicorn.Server):
    """Tells the app that it stops before it waits for open connections: a stream of events would stay open."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


async def _serve(server: uvicorn.Server, settings: Settings, listening: socket.socket | None) -> None:
    console = Console()
    port = listening.getsockname()[1] if listening else settings.port
    with console.status("Starting …"):
        console.print("Starting …")
        announcer = asyncio.create_task(_announce(server, settings.host, port, console))
    try:
        await server.serve(sockets=[listening] if listening else None)
    finally:
        announcer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcer
        console.print("Stopped.")


async def _announce(server: uvicorn.Server, host: str, port: int, console: Console) -> None:
    """Prints the address once questions can be answered."""
    host = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    async with httpx.AsyncClient(trust_env=False) as client:
        while not server.should_exit:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{address}/healthz", timeout=2)).status_code == httpx.codes.OK:
                    console.print(f"问办 is ready: {address}  (Ctrl-C stops it)", highlight=False)
                    return
            await asyncio.sleep(POLL_SECONDS)
