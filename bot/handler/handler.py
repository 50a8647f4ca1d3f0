"""The message handler: the whole answer flow is the list STEPS."""

from __future__ import annotations

import asyncio
import logging
import traceback
from weakref import WeakValueDictionary

from bot.handler import steps
from bot.handler.tools import Tools
from bot.handler.turn import Outcome, Say, Turn
from connectors.contract import TurnReply, TurnStatus, UserMessage

log = logging.getLogger(__name__)

OPENING = (steps.recall, steps.guard, steps.alarm, steps.person, steps.encode)
"""Run first, in one thread: the way there and back takes as long as a look into the database."""

STEPS = (steps.understand, steps.notice_intent, steps.link, steps.answer)
"""Run after them, in the event loop; the first step of all that finishes the turn is the last."""

ENDING = (steps.word, steps.record)
"""Run for every turn that is not a repetition."""


class MessageHandler:
    """Handles messages of one sender one after the other, of different senders at once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, message: UserMessage) -> TurnReply:
        """The reply to one message; never raises for what a citizen can send."""
        sender_key = self._tools.vault.sender_key(message.channel.value, message.sender)
        lock = self._locks.setdefault(sender_key, asyncio.Lock())
        async with lock:
            turn = Turn(message, sender_key, self._tools.library.current)
            try:
                await self._run(turn)
            except Exception as error:  # whatever went wrong, the citizen gets an answer
                log_failure(turn, error)
                await self._apologise(turn)
        assert turn.reply is not None
        log.info("turn status=%s elapsed_ms=%s", turn.reply.status.value, turn.reply.elapsed_ms)
        return turn.reply

    async def _run(self, turn: Turn) -> None:
        await asyncio.get_running_loop().run_in_executor(self._tools.threads.opening, self._open, turn)
        for step in STEPS:
            if turn.finished:
                break
            with turn.timed(step.__name__):
                await step(turn, self._tools)
        if turn.repeated:
            return
        for step in ENDING:
            with turn.timed(step.__name__):
                await step(turn, self._tools)

    def _open(self, turn: Turn) -> None:
        for step in OPENING:
            if turn.finished:
                break
            with turn.timed(step.__name__):
                step(turn, self._tools)

    async def _apologise(self, turn: Turn) -> None:
        turn.finish(Outcome(TurnStatus.ERROR_INTERNAL, (Say("internal"),)))
        await steps.word(turn, self._tools)
        try:
            await steps.record(turn, self._tools)
        except Exception as error:
            log_failure(turn, error)


def log_failure(turn: Turn, error: Exception) -> None:
    """Logs where it happened and the kind of error, never its message: that may quote what the citizen wrote."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("turn_failed id=%s kind=%s\n%s", turn.id, type(error).__name__, where)
