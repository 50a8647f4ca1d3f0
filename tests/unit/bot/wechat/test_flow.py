"""Whatever repeats, fails, is late or dies: each message gets exactly one answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.db.database import Database
from bot.outbox.model import OutboxRow
from bot.settings import load_settings
from bot.wechat import flow as flows
from bot.wechat import messages
from bot.wechat.answering import MOST_AFTER_EVENT, MOST_MESSAGES, Answering
from bot.wechat.flow import Flow
from bot.wechat.model import MessageRow, MessageState
from bot.wechat.rules import wechat_rules
from connectors.contract import Option, OptionsReply, TurnReply, UserMessage
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Text
from connectors.wechat.render import PageLinks
from tests.unit.bot.wechat.helpers import (
    SENDER,
    SORRY,
    WAIT,
    WORDING,
    desk_of,
    did,
    letters,
    reply,
    row_of,
    said,
    told,
)
from tests.unit.bot.wechat.helpers import signed as new_signature

ANSWER = "请带户口簿到A01窗口。"
LIMIT = 0.2
SECRET = "我叫王女士"


@dataclass
class Handler:
    """Answers `turn` when the gate is open; raises `error` if there is one. `heard`: the texts, as they came."""

    turn: TurnReply = field(default_factory=lambda: reply(ANSWER))
    error: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    async def __call__(self, message: UserMessage) -> TurnReply:
        self.heard.append(message.text)
        await self.gate.wait()
        if self.error:
            raise self.error
        self.done.append(message.text)
        return self.turn


@pytest.fixture
async def handler() -> Handler:
    """A quick one."""
    made = Handler()
    made.gate.set()
    return made


@pytest.fixture
async def slow() -> Handler:
    """One that answers only when the test opens its gate."""
    return Handler()


def process(database: Database, handler: Handler, seconds: float = LIMIT) -> Flow:
    """A process of ours."""
    answering = Answering(desk_of(database), handler, wechat_rules(load_settings().rules), PageLinks(None))
    return Flow(answering.desk, answering, seconds)


async def push(flow: Flow, incoming: Incoming) -> str | None:
    """The words that WeChat shows."""
    out = await flow.receive(incoming, new_signature())
    assert out is None or isinstance(out, Text)
    return out.text if out else None


async def finished(flow: Flow) -> None:
    while flow.running:
        await asyncio.wait(list(flow.running.values()))


async def kill(flow: Flow, *connections: asyncio.Task[str | None]) -> None:
    """As SIGKILL: nothing of the process goes on."""
    tasks = [*flow.running.values(), *connections]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def lapse(database: Database) -> None:
    """As if all claims were old."""
    with database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(MessageRow).where(MessageRow.claimed_by.is_not(None)).values(claimed_until=past))


def sent(database: Database) -> list[str]:
    return [told(letter) for letter in letters(database)]


async def test_an_answer_in_time_is_the_passive_reply(database: Database, handler: Handler) -> None:
    message = said("身份证丢了")
    assert await push(process(database, handler, 5), message) == ANSWER
    assert handler.heard == ["身份证丢了"] and sent(database) == []
    assert row_of(database, message).state == MessageState.ANSWERED


async def test_a_late_answer_follows_the_acknowledgement(database: Database, slow: Handler) -> None:
    flow, message = process(database, slow), said()
    began = asyncio.get_running_loop().time()
    assert await push(flow, message) == WAIT
    assert LIMIT <= asyncio.get_running_loop().time() - began < LIMIT + 1
    assert sent(database) == []
    slow.gate.set()
    await finished(flow)
    assert sent(database) == [ANSWER] and row_of(database, message).state == MessageState.DONE
    assert await push(flow, message) == WAIT, "a repeat gets what the first got"
    assert sent(database) == [ANSWER] and slow.heard == [message.text]


async def test_a_repeat_during_the_work_gets_its_answer(database: Database, slow: Handler) -> None:
    flow, other, message = process(database, slow, 5), process(database, slow, 5), said()
    pushes = [asyncio.create_task(push(flow, message))]
    await until(lambda: bool(slow.heard))
    pushes += [asyncio.create_task(push(each, message)) for each in (flow, other, flow, other)]
    await asyncio.sleep(0.15)
    slow.gate.set()
    assert await asyncio.gather(*pushes) == [ANSWER] * 5
    assert len(slow.heard) == 1 and sent(database) == []


async def test_repeats_that_wait_too_long_get_the_acknowledgement(database: Database, slow: Handler) -> None:
    flow, other, message = process(database, slow), process(database, slow), said()
    assert await asyncio.gather(*(push(each, message) for each in (flow, other, flow))) == [WAIT] * 3
    slow.gate.set()
    await asyncio.gather(finished(flow), finished(other))
    assert sent(database) == [ANSWER] and len(slow.heard) == 1


async def test_the_work_goes_on_without_its_connection(database: Database, slow: Handler) -> None:
    flow, message = process(database, slow, 5), said()
    connection = asyncio.create_task(push(flow, message))
    await until(lambda: bool(slow.heard))
    connection.cancel()
    with suppress(asyncio.CancelledError):
        await connection
    slow.gate.set()
    await finished(flow)
    assert await push(process(database, slow, 5), message) == ANSWER
    assert len(slow.heard) == 1 and sent(database) == []


@pytest.mark.parametrize("acknowledged", [False, True])
async def test_what_a_dead_process_left_is_answered_once(
    database: Database, slow: Handler, handler: Handler, acknowledged: bool
) -> None:
    flow, message = process(database, slow, LIMIT if acknowledged else 5), said()
    connection = asyncio.create_task(push(flow, message))
    await until(lambda: bool(slow.heard))
    if acknowledged:
        assert await connection == WAIT
    await kill(flow, connection)
    heir, other = process(database, handler), process(database, handler)
    assert await heir.recover() == 0, "its claim still counts"
    lapse(database)
    assert sorted(await asyncio.gather(heir.recover(), other.recover())) == [0, 1]
    await asyncio.gather(finished(heir), finished(other))
    assert sent(database) == [ANSWER] and len(handler.heard) == 1
    assert await push(heir, message) == (WAIT if acknowledged else None), "the answer has another way"
    lapse(database)
    assert await heir.recover() == 0
    assert sent(database) == [ANSWER]


async def test_a_repeat_takes_up_what_a_dead_process_left(database: Database, slow: Handler, handler: Handler) -> None:
    flow, message = process(database, slow, 5), said()
    connection = asyncio.create_task(push(flow, message))
    await until(lambda: bool(slow.heard))
    await kill(flow, connection)
    lapse(database)
    assert await push(process(database, handler, 5), message) == ANSWER
    assert sent(database) == []


async def test_an_answer_that_nobody_fetched_is_kept_for_the_repeat(database: Database, handler: Handler) -> None:
    """The process died after the answer was kept, before it was sent."""
    message, flow = said(), process(database, handler)
    assert await push(flow, message) == ANSWER
    await kill(flow)
    assert await push(process(database, handler, 5), message) == ANSWER
    assert len(handler.heard) == 1 and sent(database) == []


async def test_work_that_takes_long_is_not_begun_anew(database: Database, slow: Handler) -> None:
    flow, message = process(database, slow), said()
    assert await push(flow, message) == WAIT
    lapse(database)
    assert await flow.recover() == 0, "its own process renews the claim"
    assert await process(database, slow).recover() == 0
    slow.gate.set()
    await finished(flow)
    assert slow.heard == [message.text] and sent(database) == [ANSWER]


async def test_work_that_never_ends_is_ended(
    database: Database, slow: Handler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(flows, "WORK_SECONDS", 0.3)
    flow, message, next_one = process(database, slow), said(), said("下一个问题")
    assert await push(flow, message) == WAIT
    await finished(flow)
    assert "error=TimeoutError" in caplog.text
    slow.gate.set()
    assert await push(flow, next_one) == ANSWER, "the citizen's next message is free"
    lapse(database)
    assert await flow.recover() == 1
    await finished(flow)
    assert sent(database) == [ANSWER]


async def test_a_failure_is_told_to_nobody_but_the_log_without_texts(
    database: Database, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    handler.error = ValueError(SECRET)
    flow, message = process(database, handler), said(SECRET)
    with caplog.at_level(logging.INFO):
        assert await push(flow, message) == WAIT
        lapse(database)
        handler.error = None
        assert await flow.recover() == 1
        await finished(flow)
    assert sent(database) == [ANSWER]
    assert "wechat_failed kind=text error=ValueError" in caplog.text and "wechat_recovered" in caplog.text
    assert SECRET not in caplog.text and message.openid not in caplog.text


async def test_who_fails_each_time_gets_an_apology_in_the_end(database: Database, handler: Handler) -> None:
    handler.error = ValueError(SECRET)
    flow = process(database, handler)
    assert await push(flow, said()) == WAIT
    for _ in range(messages.MOST_TRIES + 3):
        lapse(database)
        await flow.recover()
        await finished(flow)
    assert len(handler.heard) == messages.MOST_TRIES - 1
    assert sent(database) == [SORRY]


async def test_one_that_fails_costs_the_others_no_try(database: Database, handler: Handler, slow: Handler) -> None:
    dead = process(database, slow, 5)
    bad, good = said("坏", openid="oBad"), said("好")
    connections = [asyncio.create_task(push(dead, message)) for message in (bad, good)]
    await until(lambda: len(slow.heard) == 2)
    await kill(dead, *connections)
    lapse(database)

    async def handle(message: UserMessage) -> TurnReply:
        if message.text == "坏":
            raise ValueError
        return await handler(message)

    flow = process(database, handle)  # type: ignore[arg-type]
    assert await flow.recover() == 2
    await finished(flow)
    assert sent(database) == [ANSWER] and row_of(database, good).tries == 2


async def test_messages_of_one_citizen_are_answered_in_order(database: Database, slow: Handler) -> None:
    flow = process(database, slow)
    first, second, third = said("一"), said("二"), did(Kind.CLICK, "says:三")
    stranger = said("别人", openid="oElse")
    for message in (first, second, third, stranger):
        assert await push(flow, message) == WAIT
    assert slow.heard == ["一", "别人"], "he waits for himself only"
    slow.gate.set()
    await finished(flow)
    assert [text for text in slow.done if text != "别人"] == ["一", "二", "三"]
    keys = [letter.key for letter in letters(database) if letter.sender_key == SENDER]
    assert keys == [f"wechat:{message.key}:0" for message in (first, second, third)]


async def test_a_digit_right_after_picks_from_the_answer_before(database: Database, slow: Handler) -> None:
    offer = OptionsReply(text="哪一项？", options=(Option(title="护照", payload="普通护照换发"),))
    slow.turn = reply(options=(offer,))
    flow = process(database, slow, 5)
    pushes = [asyncio.create_task(push(flow, said("补办")))]
    await until(lambda: bool(slow.heard))
    pushes.append(asyncio.create_task(push(flow, said("1"))))
    await asyncio.sleep(0.1)
    slow.gate.set()
    await asyncio.gather(*pushes)
    assert slow.heard == ["补办", "普通护照换发"]


async def test_a_silent_event_changes_no_offer(database: Database, handler: Handler) -> None:
    offer = OptionsReply(text="哪一项？", options=(Option(title="护照", payload="普通护照换发"),))
    handler.turn = reply(options=(offer,))
    flow = process(database, handler)
    await push(flow, said("补办"))
    assert await push(flow, did(Kind.VIEW, "https://hall.example/m/guides")) is None
    handler.turn = reply(ANSWER)
    await push(flow, said("1"))
    await push(flow, said("1"))
    assert handler.heard == ["补办", "普通护照换发", "1"], "an answer without options takes the offer back"


def long_turn() -> TurnReply:
    return reply(*(f"{n}。" + "字" * 650 for n in range(12)))


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CLICK])
@pytest.mark.parametrize("late", [False, True])
async def test_wechat_is_sent_no_more_than_it_allows(database: Database, slow: Handler, kind: Kind, late: bool) -> None:
    slow.turn = long_turn()
    if not late:
        slow.gate.set()
    flow = process(database, slow)
    message = said() if kind is Kind.TEXT else did(kind, "says:预约")
    passive = await push(flow, message)
    slow.gate.set()
    await finished(flow)
    custom = sent(database)
    most = MOST_MESSAGES if kind is Kind.TEXT else MOST_AFTER_EVENT
    assert len(custom) == (most if late else min(most, MOST_MESSAGES - 1))
    assert passive == WAIT if late else passive is not None and passive.startswith("0。")
    assert custom[-1].endswith(WORDING.say("wechat.rest")) and all(len(text.encode()) <= 2047 for text in custom)


async def test_recovery_outlives_a_database_that_is_away(
    database: Database, handler: Handler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    async def recover(_flow: Flow) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OSError(SECRET)
        return 0

    monkeypatch.setattr(flows, "RECOVER_SECONDS", 0.01)
    monkeypatch.setattr(Flow, "recover", recover)
    task = asyncio.create_task(process(database, handler).recover_always())
    await until(lambda: len(calls) > 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert "wechat_recovery_failed kind=OSError" in caplog.text and SECRET not in caplog.text


STEPS = st.sampled_from([
    "push a", "push a", "push b", "kill a", "kill b", "recover a", "recover b", "lapse", "wait", "open", "fail", "mend",
])  # fmt: skip


@dataclass
class World:
    """Two processes and one message; what WeChat was answered is in `shown`."""

    database: Database
    message: Incoming
    handler: Handler
    flows: dict[str, Flow] = field(default_factory=dict)
    pushes: dict[str, list[asyncio.Task[str | None]]] = field(default_factory=lambda: {"a": [], "b": []})
    shown: list[str | None] = field(default_factory=list)

    def start(self, name: str) -> None:
        self.flows[name] = process(self.database, self.handler, 0.03)

    async def push(self, name: str) -> None:
        self.shown.append(await push(self.flows[name], self.message))

    async def step(self, step: str) -> None:
        what, _, name = step.partition(" ")
        match what:
            case "push":
                self.pushes[name].append(asyncio.create_task(self.push(name)))  # type: ignore[arg-type]
            case "kill":
                await kill(self.flows[name], *self.pushes.pop(name))
                self.pushes[name] = []
                self.start(name)
            case "recover":
                await self.flows[name].recover()
            case "lapse":
                lapse(self.database)
            case "wait":
                await asyncio.sleep(0.05)
            case "open":
                self.handler.gate.set()
            case "fail":
                self.handler.error = ValueError()
            case "mend":
                self.handler.error = None
        await asyncio.sleep(0.004)

    async def end(self) -> None:
        """Nobody is killed any more."""
        self.handler.gate.set()
        await self.push("a")
        await asyncio.gather(*self.pushes["a"], *self.pushes["b"])
        for _ in range(messages.MOST_TRIES + 2):
            lapse(self.database)
            for flow in self.flows.values():
                await flow.recover()
                await finished(flow)
        await self.push("b")


async def _exactly_one(database: Database, steps: list[str]) -> None:
    world = World(database, said(), Handler())
    for name in "ab":
        world.start(name)
    for step in steps:
        await world.step(step)
    await world.end()
    with database.transaction() as session:
        mine = OutboxRow.key.startswith(f"wechat:{world.message.key}:")
        late = [told(letter) for letter in session.scalars(select(OutboxRow).where(mine))]
    assert len(set(world.shown)) == 1, "every push is answered alike"
    passive = world.shown[0]
    if passive in {WAIT, None}:
        assert len(late) == 1 and late[0] in {ANSWER, SORRY}
    else:
        assert passive == ANSWER and late == []
    assert row_of(database, world.message).state in {MessageState.ANSWERED, MessageState.DONE}


@options(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
def test_any_order_of_repeats_deaths_and_recoveries_ends_with_one_answer(
    tmp_database: Database, steps: list[str]
) -> None:
    asyncio.run(_exactly_one(tmp_database, steps))


@pytest.mark.parametrize(
    "steps",
    [
        ["push a", "lapse", "push b", "open"],
        ["push a", "lapse", "recover b", "open", "push a"],
        ["push a", "push b", "kill a", "wait", "lapse", "recover a", "recover b", "open"],
        ["push a", "wait", "kill a", "lapse", "recover b", "kill b", "lapse", "push a", "open"],
        ["fail", "open", "push a", "wait", "lapse", "push b", "lapse", "recover a", "mend"],
        ["push a", "kill a", "lapse", "recover a", "kill a", "lapse", "recover a", "kill a", "lapse", "recover a"],
    ],
)
async def test_orders_that_are_dangerous(database: Database, steps: list[str]) -> None:
    await _exactly_one(database, steps)
