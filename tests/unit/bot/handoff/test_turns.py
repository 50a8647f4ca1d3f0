"""The handler's steps: into the queue, silence while a person answers, the way back, and words alone."""

from datetime import datetime, timedelta

import pytest

from bot.conversations.model import Conversation
from bot.db.database import Database
from bot.handler.turn import Turn
from bot.handoff import threads, turns
from bot.handoff.model import ThreadState
from bot.handoff.turns import Counter
from connectors.contract import Transaction
from tests.unit.bot.handoff.helpers import NOW, RULES, VAULT, WORDING, member, row_of, take, told
from tests.unit.helpers import SENDER_KEY, heard, make_turn, running_deed


@pytest.fixture
def counter(tmp_database: Database) -> Counter:
    return Counter(tmp_database, VAULT, WORDING, RULES)


def live(counter: Counter) -> ThreadState | None:
    with counter.database.transaction() as session:
        return threads.before(session, SENDER_KEY)


async def hear(counter: Counter, text: str, now: datetime = NOW, intent: str = "", deed: bool = False) -> Turn:
    conversation = Conversation(item="GA-003", deed=running_deed() if deed else None)
    turn = make_turn(text, heard(intent or "ask_guide"), conversation=conversation)
    turn.started_at, thread = now, live(counter)
    turns.by_words(turn, thread, counter)
    if not turn.finished:
        await turns.by_intent(turn, thread, counter, 0.5)
    return turn


def outcome(turn: Turn) -> tuple[str, list[str]] | None:
    if turn.outcome is None:
        return None
    assert turn.outcome.transaction is Transaction.HANDOFF
    return turn.outcome.status.value, [say.key for say in turn.outcome.say]


async def test_from_the_wish_to_the_person_and_back(counter: Counter) -> None:
    asked = await hear(counter, "转人工")
    assert outcome(asked) == ("collecting.handoff", ["handoff.waiting"])
    assert asked.outcome and dict(asked.outcome.say[0].values) == {"position": 1, "closes": "11月23日17:00"}
    thread = live(counter)
    assert thread and row_of(counter.database, thread.id).department == "GA"
    assert outcome(await hear(counter, "身份证要带什么")) is None
    take(counter.database, thread.id, member(counter.database))
    assert outcome(await hear(counter, "在吗")) == ("collecting.handoff", ["handoff.open"])
    assert outcome(await hear(counter, "我是来补办的", intent="ask_guide")) == ("collecting.handoff", [])
    assert outcome(await hear(counter, "不用人工了")) == ("cancelled.handoff", ["handoff.left"])
    assert outcome(await hear(counter, "身份证要带什么")) is None
    texts = [text for _, author, text in told(counter.database, thread.id) if author == "citizen"]
    assert texts == ["转人工", "身份证要带什么", "在吗", "我是来补办的"]


async def test_a_wish_repeated_tells_the_place_again(counter: Counter) -> None:
    for _ in range(2):
        turn = await hear(counter, "我想找个真人说说", intent="talk_to_person")
        assert outcome(turn) == ("collecting.handoff", ["handoff.waiting"])
    thread = live(counter)
    assert thread and len(told(counter.database, thread.id)) == 2


async def test_outside_opening_hours_a_question_can_be_left(counter: Counter) -> None:
    turn = await hear(counter, "转人工", NOW - timedelta(days=1))
    assert outcome(turn) == ("cancelled.handoff", ["handoff.outside"]) and live(counter) is None
    assert turn.outcome and turn.outcome.say[0].options == (("留下问题", "我要留言"),)


async def test_cancelling_leaves_the_queue_but_inside_a_form_the_form(counter: Counter) -> None:
    await hear(counter, "转人工", deed=True)
    assert outcome(await hear(counter, "算了", intent="cancel", deed=True)) is None
    assert outcome(await hear(counter, "算了", intent="cancel")) == ("cancelled.handoff", ["handoff.left"])


async def test_a_wish_inside_a_form_keeps_the_form(counter: Counter) -> None:
    turn = await hear(counter, "转人工", deed=True)
    assert outcome(turn) and turn.after and turn.after.deed == running_deed()


async def test_without_a_thread_cancelling_is_not_ours(counter: Counter) -> None:
    assert outcome(await hear(counter, "算了", intent="cancel")) is None
    assert outcome(await hear(counter, "不用人工了")) is None


async def test_a_thread_that_ended_meanwhile_leaves_the_message_to_the_bot(counter: Counter) -> None:
    await hear(counter, "转人工")
    stale = live(counter)
    assert stale is not None
    take(counter.database, stale.id, member(counter.database))
    stale = live(counter)
    assert stale is not None and stale.open
    with counter.database.transaction() as session:
        threads.leave(session, stale.id, NOW)
    turn = make_turn("身份证要带什么")
    turns.by_words(turn, stale, counter)
    assert not turn.finished


@pytest.mark.parametrize(
    ("text", "person", "leave"),
    [
        ("转人工", True, False),
        ("我要人工客服", True, False),
        ("麻烦帮我转人工，谢谢", True, False),
        ("不用人工了", False, True),
        ("退出人工", False, True),
        ("不要转人工", False, True),
        ("人工授精的证明怎么开", False, False),
        ("需要人工授精的材料吗", False, False),
        ("人工智能企业怎么注册", False, False),
    ],
)
def test_words_alone(text: str, person: bool, leave: bool) -> None:
    assert (RULES.wishes_person(text), RULES.wishes_to_leave(text)) == (person, leave)
