"""Whole turns through the handler: order, repetition, failure, and what is stored."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.conversations.model import TurnRow
from bot.handler import handler as module
from bot.handler import steps
from bot.handler.handler import MessageHandler
from bot.handler.tools import Tools
from bot.handler.turn import Turn
from bot.understanding.rasa import DialogueTurn
from connectors.contract import CardReply, Channel, OptionsReply, TurnReply, TurnStatus
from knowledge.base import KnowledgeBase
from tests.unit.helpers import heard, make_message

from .conftest import FakeRasa

PRIVATE = "我叫张三，电话13800001111"


@pytest.fixture
def handle(tools: Tools) -> MessageHandler:
    return MessageHandler(tools)


def stored(tools: Tools) -> list[TurnRow]:
    with tools.database.transaction() as session:
        return list(session.scalars(select(TurnRow).order_by(TurnRow.created_at)))


def raw(tools: Tools) -> str:
    """Everything that lies in the database; JSON columns hold Chinese characters as escapes."""
    with tools.database.engine.connect() as connection:
        return "".join(repr(connection.execute(text(f"SELECT * FROM {t}")).all()) for t in ("turns", "conversations"))


async def start_deed(handle: MessageHandler, rasa: FakeRasa) -> None:
    rasa.understanding = heard("open_consultation", 0.9)
    reply = await handle(make_message("我要留言"))
    assert reply.status is TurnStatus.COLLECTING_CONSULTATION
    rasa.understanding = heard("inform", 0.9)


async def test_a_question_is_answered_and_stored(handle: MessageHandler, tools: Tools, rasa: FakeRasa) -> None:
    rasa.understanding = heard("ask_fees", asked=["fees"])
    reply = await handle(make_message("　身份证丢了要多少钱？"))
    assert (reply.status, reply.item, reply.disclosures) == (TurnStatus.ANSWERED_GUIDE, "GA-003", ("fees",))
    (row,) = stored(tools)
    assert (row.id, row.status, row.item, row.text) == (
        reply.turn_id,
        "answered.guide",
        "GA-003",
        "　身份证丢了要多少钱？",
    )
    assert row.scores["found"][0][:2] == ["guide", "GA-003"] and row.scores["intent"] == ["ask_fees", 0.9]
    assert set(row.timings) >= {"recall", "guard", "encode", "understand", "link", "answer", "word"}


async def test_a_follow_up_is_about_the_same_item(handle: MessageHandler, rasa: FakeRasa) -> None:
    await handle(make_message("身份证丢了"))
    rasa.understanding = heard("ask_fees", asked=["fees"])
    assert (await handle(make_message("多少钱"))).item == "GA-003"
    assert (await handle(make_message("多少钱", sender="stranger"))).status is TurnStatus.CLARIFY_ITEM
    assert (await handle(make_message("多少钱", channel=Channel.KIOSK))).status is TurnStatus.CLARIFY_ITEM


async def say(handle: MessageHandler, *messages: str) -> TurnReply:
    """The reply to the last of these messages."""
    for message in messages[:-1]:
        await handle(make_message(message))
    return await handle(make_message(messages[-1]))


@pytest.mark.parametrize(
    ("message", "item"),
    [
        pytest.param("身份證丟了", "GA-003", id="traditional characters"),
        pytest.param("hz过期了", "GA-008", id="initials"),
        pytest.param("社保咔掉了", "RS-002", id="homophones"),
        pytest.param("　ＨＺ过期了 ", "GA-008", id="full width"),
    ],
)
async def test_odd_writing_is_read(handle: MessageHandler, message: str, item: str) -> None:
    assert (await say(handle, message)).item == item


async def test_a_scenario_is_walked_by_number_title_and_tap(handle: MessageHandler, rasa: FakeRasa) -> None:
    rasa.understanding = heard("inform", 0.4)
    first = await say(handle, "钱包掉了")
    assert first.status is TurnStatus.CLARIFY_SITUATION and [s.kind for s in first.sources] == ["scenario"]
    second = await say(handle, "1")
    assert second.status is TurnStatus.CLARIFY_SITUATION
    (options,) = second.replies
    assert isinstance(options, OptionsReply)
    last = await say(handle, options.options[0].payload)
    assert last.status is TurnStatus.ANSWERED_GUIDE
    (items,) = last.replies
    assert isinstance(items, OptionsReply)
    assert [o.title for o in items.options] == ["居民身份证遗失补领", "社会保障卡补领", "普通护照换发"]
    assert (await say(handle, items.options[2].payload)).item == "GA-008"
    assert (await say(handle, "钱包掉了", "只有身份证")).status is TurnStatus.ANSWERED_GUIDE


async def test_an_answer_to_a_scenario_that_was_left_is_an_answer_no_more(
    handle: MessageHandler, rasa: FakeRasa
) -> None:
    rasa.understanding = heard("inform", 0.4)
    assert (await say(handle, "钱包掉了", "护照过期了", "1")).status is not TurnStatus.CLARIFY_SITUATION


async def test_a_correction_takes_the_other_item(handle: MessageHandler, rasa: FakeRasa) -> None:
    rasa.understanding = heard("ask_fees", asked=["fees"])
    assert (await say(handle, "护照过期了多少钱")).item == "GA-008"
    rasa.understanding = heard("inform", 0.4)
    reply = await say(handle, "不是护照，是社保卡不见了")
    assert (reply.item, reply.disclosures) == ("RS-002", ("fees",))


async def test_two_items_are_answered_in_one_reply(handle: MessageHandler, rasa: FakeRasa) -> None:
    rasa.understanding = heard("ask_fees", asked=["fees"])
    reply = await say(handle, "身份证和社保卡多少钱")
    assert [r.title for r in reply.replies if isinstance(r, CardReply)] == ["居民身份证遗失补领", "社会保障卡补领"]
    assert [(s.id, s.disclosure) for s in reply.sources] == [("GA-003", "fees"), ("RS-002", "fees")]


async def test_in_a_long_story_the_question_is_heard_and_the_item_found(
    handle: MessageHandler, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened: list[str] = []

    async def parse(_: FakeRasa, words: str, vector: Any, named: Any) -> Any:
        listened.append(words)
        return heard("ask_fees", asked=["fees"])

    monkeypatch.setattr(FakeRasa, "parse", parse)
    story = (
        "您好，我家在城东。上个月出差回来发现自己的护照过期了。一直忙也没空去处理，家里人都催我。"
        "请问这个要多少钱？谢谢啦。麻烦你们帮忙看看吧，再次感谢。"
    )  # fmt: skip
    assert 70 <= len(story) <= 100
    reply = await say(handle, story)
    assert listened == ["请问这个要多少钱?"]
    assert (reply.item, reply.disclosures) == ("GA-008", ("fees",))


async def test_private_questions_are_refused_and_never_become_a_context(handle: MessageHandler, rasa: FakeRasa) -> None:
    rasa.understanding = heard("ask_private", 0.9)
    assert (await say(handle, "身份证丢了的那个人电话是多少")).status is TurnStatus.REFUSED_PRIVACY
    rasa.understanding = heard("ask_fees", asked=["fees"])
    assert (await say(handle, "多少钱")).status is TurnStatus.CLARIFY_ITEM


async def test_a_turn_keeps_its_snapshot_when_another_is_published(
    handle: MessageHandler, tools: Tools, rasa: FakeRasa, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parse(*_: Any) -> Any:
        tools.library.current = replace(base, titles={})
        return rasa.understanding

    monkeypatch.setattr(FakeRasa, "parse", parse)
    assert (await say(handle, "普通护照换发")).item == "GA-008"


async def test_a_repeated_message_gets_its_first_reply_and_is_not_handled_again(
    handle: MessageHandler, tools: Tools
) -> None:
    first = await handle(make_message(message_id="m1"))
    assert await handle(make_message("别的话", message_id="m1")) == first
    assert len(stored(tools)) == 1
    assert await handle(make_message(message_id="m1", sender="other")) != first


async def test_too_long_is_refused_with_advice_before_anything_is_encoded(handle: MessageHandler, tools: Tools) -> None:
    reply = await handle(make_message("问" * 101))
    assert reply.status is TurnStatus.REFUSED_TOO_LONG
    assert "101个字" in reply.replies[0].text and "100个字" in reply.replies[0].text  # type: ignore[union-attr]
    assert "encode" not in stored(tools)[0].timings


async def test_without_rasa_questions_are_still_answered(handle: MessageHandler, tools: Tools, rasa: FakeRasa) -> None:
    rasa.away = True
    reply = await handle(make_message("身份证丢了要带什么材料"))
    assert (reply.item, reply.disclosures) == ("GA-003", ("materials",))
    assert stored(tools)[0].scores["degraded"] is True


async def test_each_step_runs_once_and_in_order(handle: MessageHandler, tools: Tools) -> None:
    await handle(make_message())
    names = [*(step.__name__ for step in (*module.OPENING, *module.STEPS)), "word"]
    assert [name for name in stored(tools)[0].timings if name != "record"] == names


@pytest.mark.parametrize("broken", [*module.OPENING, *module.STEPS])
async def test_whatever_breaks_the_citizen_gets_an_apology_and_the_log_nothing_personal(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: Any
) -> None:
    def fails(turn: Turn, _tools: Tools) -> Any:
        raise ValueError(f"cannot handle {turn.message.text}")

    for steps_of in ("OPENING", "STEPS"):
        monkeypatch.setattr(module, steps_of, tuple(fails if s is broken else s for s in getattr(module, steps_of)))
    with caplog.at_level(logging.DEBUG):
        reply = await MessageHandler(tools)(make_message(PRIVATE))
    assert reply.status is TurnStatus.ERROR_INTERNAL
    assert "turn_failed" in caplog.text and "kind=ValueError" in caplog.text and "in fails" in caplog.text
    for private in ("张三", "13800001111", "tester"):
        assert private not in caplog.text
    assert [row.status for row in stored(tools)] == ["error.internal"]


async def test_a_database_that_fails_still_lets_the_citizen_be_told(
    handle: MessageHandler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(PRIVATE)

    monkeypatch.setattr(steps, "_record", fails)
    assert (await handle(make_message())).status is TurnStatus.ERROR_INTERNAL
    assert "13800001111" not in caplog.text and caplog.text.count("turn_failed") == 2


async def test_after_a_failure_the_next_message_is_handled(
    handle: MessageHandler, tools: Tools, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handle(make_message("身份证丢了"))
    with monkeypatch.context() as broken:
        broken.setattr(FakeRasa, "parse", lambda *_: 1 / 0)
        assert (await handle(make_message("多少钱"))).status is TurnStatus.ERROR_INTERNAL
    rasa.understanding = heard("ask_fees", asked=["fees"])
    assert (await handle(make_message("多少钱"))).item == "GA-003"


async def test_ordinary_turns_log_no_words_and_no_sender(
    handle: MessageHandler, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await handle(make_message(PRIVATE))
    ours = " ".join(r.getMessage() for r in caplog.records if r.name.startswith(("bot", "knowledge", "connectors")))
    assert "turn status=" in ours
    assert not any(private in ours for private in ("张三", "13800001111", "tester"))


class SlowRasa(FakeRasa):
    """Keeps when a parse begins and ends; that of 慢 begins at `began` and ends only after `release`."""

    def watch(self) -> None:
        self.events: list[str] = []
        self.began, self.release = asyncio.Event(), asyncio.Event()

    async def parse(self, text: str, vector: Any, named: Any) -> Any:
        self.events.append(f"+{text}")
        if text == "慢":
            self.began.set()
            await self.release.wait()
        self.events.append(f"-{text}")
        return self.understanding


@pytest.mark.parametrize(("second", "meanwhile"), [("a", ["+慢"]), ("b", ["+慢", "+快", "-快"])])
async def test_one_sender_waits_for_itself_and_for_nobody_else(tools: Tools, second: str, meanwhile: list[str]) -> None:
    slow = SlowRasa()
    slow.watch()
    handle = MessageHandler(replace(tools, rasa=slow))  # type: ignore[arg-type]
    first = asyncio.create_task(handle(make_message("慢", sender="a")))
    await slow.began.wait()
    other = asyncio.create_task(handle(make_message("快", sender=second)))
    await asyncio.wait([other], timeout=0.3 if second == "a" else 10)
    assert slow.events == meanwhile
    slow.release.set()
    await asyncio.gather(first, other)
    assert slow.events[-2:] == (["+快", "-快"] if second == "a" else ["-快", "-慢"])


async def test_words_inside_a_form_are_not_kept(handle: MessageHandler, tools: Tools, rasa: FakeRasa) -> None:
    await start_deed(handle, rasa)
    rasa.turn = DialogueTurn(
        ({"wording": "consultation.ask_telephone"},), "consultation_form", "consultation_telephone",
        {"consultation_name": "张三"},
    )  # fmt: skip
    await handle(make_message(PRIVATE))
    assert [row.text for row in stored(tools)] == [None, None]
    assert not any(private in raw(tools) for private in ("张三", "\\u5f20\\u4e09", "13800001111"))


@pytest.mark.parametrize("words", [PRIVATE + "！" * 101, PRIVATE], ids=["too long", "an error"])
async def test_words_inside_a_form_are_not_kept_when_the_turn_goes_wrong(
    handle: MessageHandler, tools: Tools, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    await start_deed(handle, rasa)
    monkeypatch.setattr(FakeRasa, "dialogue", lambda *_: 1 / 0)
    reply = await handle(make_message(words))
    assert reply.status in {TurnStatus.ERROR_INTERNAL, TurnStatus.REFUSED_TOO_LONG}
    assert "13800001111" not in raw(tools)
