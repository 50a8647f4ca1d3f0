"""Puts the stand-in together as one web app, and runs it for tests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from connectors.wechat_standin.api import api_router
from connectors.wechat_standin.oauth import authorize_router
from connectors.wechat_standin.page import page_router
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.push import Pusher


@dataclass(frozen=True)
class StandIn:
    """A running stand-in: `url` is the base address of its server API, of its authorize page, and of its chat page."""

    platform: Platform
    pusher: Pusher
    url: str


def create_standin(platform: Platform, callback_url: str = "") -> FastAPI:
    """The app; it pushes to `callback_url` (kept as it was if empty)."""
    platform.callback_url = callback_url or platform.callback_url
    pusher = Pusher(platform)
    running: set[asyncio.Task[object]] = set()

    def finish(openid: str, message_id: int) -> None:
        """As the real platform, it tells that a template message arrived."""
        if platform.callback_url and platform.limits.template_events:
            task: asyncio.Task[object] = asyncio.create_task(pusher.template_sent(openid, message_id))
            running.add(task)
            task.add_done_callback(running.discard)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        platform.on_template = finish
        yield
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    app = FastAPI(title="WeChat stand-in", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(api_router(platform))
    app.include_router(authorize_router(platform))
    app.include_router(page_router(platform, pusher))
    return app


@contextmanager
def running_standin(callback_url: str = "", platform: Platform | None = None) -> Iterator[StandIn]:
    """A stand-in on a free port of this machine, in a thread. The callback's address may be set later
    (`standin.platform.callback_url = …`), because the bot's app needs the stand-in's address to start."""
    platform = platform or Platform()
    app = create_standin(platform, callback_url)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.005)
        yield StandIn(platform, Pusher(platform), f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
