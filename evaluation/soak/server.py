"""The app under test as a process of its own: the real one, whose handler stamps its replies and can be made slow.

`python -m evaluation.soak.server SOCKET` imports all and reads the knowledge, then waits for a line on standard input
and serves on the inherited listening socket of that number (-1: on its own, at WENBAN_PORT). It ends when standard
input does, so that nothing outlives a soak that was killed. Nothing of this is in the app itself: the stamp and the
slowness are put around its handler here."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from typing import Any

import uvicorn

import bot.app
import bot.assembly
from bot.handler.handler import MessageHandler
from bot.logs import configure
from bot.settings import Settings, load_settings
from connectors.contract import TextReply, TurnReply, UserMessage
from knowledge.encoder.encoder import load_encoder

SLOW = "（慢）"
"""At the end of a text: its answer takes `SLOW_SECONDS` longer. The handler proper does not see it."""
SLOW_SECONDS = 6.0
BACKLOG = 2048


def stamp(key: str) -> str:
    return f"〔{key}〕"


class SoakHandler(MessageHandler):
    """Replies as its parent does, with the message's stamp first."""

    async def __call__(self, message: UserMessage) -> TurnReply:
        if message.text.endswith(SLOW):
            await asyncio.sleep(SLOW_SECONDS)
            message = message.model_copy(update={"text": message.text.removesuffix(SLOW)})
        reply = await super().__call__(message)
        mark = TextReply(text=stamp(message.message_id or ""))
        return reply.model_copy(update={"replies": (mark, *reply.replies)})


def main() -> None:
    number, settings = int(sys.argv[1]), load_settings()
    configure(settings.log_level)
    app_module: Any = bot.app
    app_module.MessageHandler = SoakHandler
    app = bot.app.create_app(settings)
    _load_encoder(settings)
    sys.stdout.write("waiting\n")
    sys.stdout.flush()
    if not sys.stdin.readline():
        return
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, access_log=False, log_level="warning", backlog=BACKLOG,
        timeout_graceful_shutdown=5,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=number)] if number >= 0 else None)


def _load_encoder(settings: Settings) -> None:
    """Now and not when the app begins to serve: of its start this takes longest."""
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    parts: Any = bot.assembly
    parts.load_encoder = lambda *_settings: encoder


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
