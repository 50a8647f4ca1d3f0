"""The way of one message from WeChat: kept before any work, answered within the five seconds or afterwards, once.

WeChat waits five seconds for the passive reply and pushes a message up to three times. So after `answer_within` it gets
an acknowledgement, and the answer follows by the outbox. Whatever kills this process leaves the message in the table,
where a repeat of WeChat's or `recover` takes it up. Messages of one citizen are answered one after the other, in the
order in which they came."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.orm import Session

from bot.desk import Desk
from bot.wechat import messages, offers
from bot.wechat.answering import Answer, Answering
from bot.wechat.messages import Taken
from connectors.wechat.callback import Signed
from connectors.wechat.incoming import Incoming
from connectors.wechat.outgoing import Outgoing, Text

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
RECOVER_SECONDS = 3.0
"""Much less than the lease of a claim, which is renewed as often."""
WORK_SECONDS = 60.0
"""After so long the work on a message is ended, and begun anew by whoever takes it up."""
MOST_AT_ONCE = 20
Result = TypeVar("Result")


@dataclass(frozen=True)
class Flow:
    """`seconds`: after so long WeChat gets the acknowledgement. One instance a process; `by` names it in claims."""

    desk: Desk
    answering: Answering
    seconds: float
    by: str = field(default_factory=lambda: uuid.uuid4().hex)
    running: dict[str, asyncio.Task[Taken]] = field(default_factory=dict)
    locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def receive(self, incoming: Incoming, signed: Signed) -> Outgoing | None:
        """The passive reply, None for nothing to say; raises Replay."""
        ends = time.monotonic() + self.seconds
        vault = self.desk.vault
        taken = await self._in_transaction(
            lambda session, now: messages.take(session, vault, incoming, signed, self.by, now)
        )
        if not taken.answered:
            work = self.running.get(incoming.key) or (self._start(incoming) if taken.mine else None)
            taken = await (self._within(work, ends) if work else self._watch(incoming.key, ends))
        if not taken.answered:
            words = Text(self.desk.wording.say("wechat.please_wait"))
            taken = await self._in_transaction(
                lambda session, _now: messages.acknowledge(session, vault, incoming.key, words)
            )
            log.info("wechat_late kind=%s", incoming.kind.value)
        return taken.reply

    async def told(self, incoming: Incoming, listens: bool) -> None:
        """When WeChat hung up, the passive reply follows by the outbox, unless another push of it was given it."""
        vault, step = self.desk.vault, messages.given if listens else messages.unheard
        await self._in_transaction(lambda session, now: step(session, vault, incoming, now))
        if not listens:
            log.info("wechat_unheard kind=%s", incoming.kind.value)

    async def recover(self) -> int:
        """Takes up what a process that died left behind, without waiting for the answers; how many messages."""
        vault, mine = self.desk.vault, list(self.running)
        if mine:
            await self._in_transaction(lambda session, now: messages.renew(session, mine, self.by, now))
        left = await self._in_transaction(
            lambda session, now: messages.orphans(session, vault, self.by, MOST_AT_ONCE, now)
        )
        for incoming, tries in left:
            log.warning("wechat_recovered kind=%s tries=%s", incoming.kind.value, tries)
            if incoming.key not in self.running:
                self._start(incoming, hopeless=tries >= messages.MOST_TRIES)
        return len(left)

    async def recover_always(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.recover()
            except Exception as error:  # the database may be away for a while
                log.error("wechat_recovery_failed kind=%s", type(error).__name__)
            await asyncio.sleep(RECOVER_SECONDS)

    def _start(self, incoming: Incoming, hopeless: bool = False) -> asyncio.Task[Taken]:
        """The work on a message goes on when WeChat's connection ends."""
        task = asyncio.create_task(self._answer(incoming, hopeless))
        self.running[incoming.key] = task
        task.add_done_callback(lambda _done: self.running.pop(incoming.key, None))
        return task

    async def _answer(self, incoming: Incoming, hopeless: bool) -> Taken:
        """Not answered when it fails; then the claim runs out, and the message is taken up again."""
        try:
            async with self.locks.setdefault(incoming.openid, asyncio.Lock()), asyncio.timeout(WORK_SECONDS):
                found = self.answering.sorry() if hopeless else await self.answering.answer(incoming)
                return await self._in_transaction(lambda session, now: self._keep(session, incoming, found, now))
        except Exception as error:  # its message may quote what the citizen wrote, so it is not logged
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("wechat_failed kind=%s error=%s\n%s", incoming.kind.value, type(error).__name__, where)
            return Taken()

    def _keep(self, session: Session, incoming: Incoming, found: Answer, now: datetime) -> Taken:
        """The answer in the form that there is still time for, with what a digit may pick from now on."""
        vault, key = self.desk.vault, incoming.key
        taken = messages.answer(session, vault, incoming, found.passive, now)
        if taken is None and not messages.answer_late(session, vault, incoming, found.later, now):
            return messages.look(session, vault, key)
        if found.replaces_offer:
            offers.offer(session, vault, messages.sender_key_of(vault, incoming), found.options, now)
        return taken or messages.look(session, vault, key)

    async def _within(self, task: asyncio.Task[Taken], ends: float) -> Taken:
        done, _ = await asyncio.wait({task}, timeout=max(0.0, ends - time.monotonic()))
        return task.result() if done else Taken()

    async def _watch(self, key: str, ends: float) -> Taken:
        """Another connection or process is at work on it."""
        while time.monotonic() < ends:
            await asyncio.sleep(LOOK_SECONDS)
            taken = await self._in_transaction(lambda session, _now: messages.look(session, self.desk.vault, key))
            if taken.answered:
                return taken
        return Taken()

    async def _in_transaction(self, work: Callable[[Session, datetime], Result]) -> Result:
        def run() -> Result:
            with self.desk.database.transaction() as session:
                return work(session, datetime.now(UTC))

        return await asyncio.to_thread(run)
