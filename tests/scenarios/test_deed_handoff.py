"""A person takes the conversation over and gives it back, over HTTP, in and outside opening hours (S04, S24)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.staff.model import Role
from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, Member, opened, rows, secret, show

SOON = 5.0
"""Seconds until the worker has put a message into the inbox."""


@contextmanager
def open_today(assistant: Assistant, *sessions: tuple[str, str]) -> Iterator[Member]:
    """Today with these opening times; gives the supervisor who set them."""
    supervisor = Member(assistant, Role.SUPERVISOR)
    supervisor.set_today(*sessions)
    try:
        yield supervisor
    finally:
        supervisor.clear_today()


def thread_of(citizen: Citizen) -> str:
    return str(citizen.rows("threads")[-1]["id"])


def test_a_clerk_takes_a_conversation_and_gives_it_back(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "handoff-citizen-of-the-test")
    with open_today(assistant, ("00:00", "23:59")):
        citizen.say("身份证丢了怎么补办")
        waiting = citizen.say("转人工")
        assert (waiting["status"], waiting["transaction"]) == ("collecting.handoff", "handoff"), show(waiting)
        assert "排在第1位" in texts(waiting)
        meanwhile = citizen.say("补办要多少钱")
        assert meanwhile["status"] == "answered.guide", "the bot answers while he waits"

        clerk, thread = Member(assistant, Role.CLERK, "GA"), thread_of(citizen)
        assert thread in [shown["id"] for shown in clerk.done("GET", "/threads")["threads"]]
        foreign = Member(assistant, Role.CLERK, "RS")
        assert foreign.call("POST", f"/threads/{thread}/take").status_code == 404
        assert clerk.done("POST", f"/threads/{thread}/take")["state"] == "open"
        assert any("已经接入" in text for text in citizen.inbox_within(SOON))

        shown = clerk.done("GET", f"/threads/{thread}/messages")
        assert [message["text"] for message in shown["messages"]][:2] == ["转人工", "补办要多少钱"]
        assert shown["before"][0]["text"] == "身份证丢了怎么补办"
        words = secret("您带上户口簿到身份证窗口，找穿蓝马甲的同事就行")
        clerk.done("POST", f"/threads/{thread}/messages", json={"text": words})
        assert citizen.inbox_within(SOON) == [words]

        told = citizen.say(secret("好的谢谢，我住在柏树巷，户口簿在老家行不行"))
        assert told["status"] == "collecting.handoff" and "工作人员已经接入" in texts(told), show(told)
        silent = citizen.say("护照首次申请要多少钱")
        assert silent["status"] == "collecting.handoff" and silent["replies"] == [], "a person has it"
        after = clerk.done("GET", f"/threads/{thread}/messages?after=3")["messages"]
        assert [message["text"] for message in after][-1] == "护照首次申请要多少钱"

        assert clerk.done("POST", f"/threads/{thread}/hand-back")["state"] == "closed"
        assert any("转回智能助手" in text for text in citizen.inbox_within(SOON))
        assert citizen.say("护照首次申请要多少钱")["item"] == "GA-009", "the bot speaks again"
    sealed = rows(assistant, "select * from thread_messages where thread_id = ? order by number", thread)
    assert opened(sealed[0], "text") == ("转人工",)


def test_the_citizen_leaves_the_queue(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "handoff-citizen-who-leaves")
    with open_today(assistant, ("00:00", "23:59")):
        waiting = citizen.say("我要找真人")
        assert waiting["status"] == "collecting.handoff", show(waiting)
        left = citizen.tap("不用人工了")
        assert left["status"] == "cancelled.handoff", show(left)
    assert citizen.row("threads")["state"] == "left"


def test_a_form_waits_while_a_person_helps(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "handoff-citizen-in-a-form")
    with open_today(assistant, ("00:00", "23:59")):
        citizen.say("我要投诉", secret("取号机坏了三天也没人修，害我白等"), "嗯啊", "啦啦")
        way_out = citizen.say("哈哈哈")
        assert "转人工" in [option["title"] for option in options(way_out)], show(way_out)
        assert citizen.tap("转人工")["status"] == "collecting.handoff"
        clerk, thread = Member(assistant, Role.CLERK, "RS"), thread_of(citizen)
        clerk.done("POST", f"/threads/{thread}/take")
        assert citizen.say("都不是")["status"] == "collecting.handoff"
        clerk.done("POST", f"/threads/{thread}/hand-back")
        going_on = citizen.say("都不是")
        assert going_on["status"] == "collecting.complaint" and "什么时候发生" in texts(going_on), show(going_on)


def test_outside_opening_hours_a_question_can_be_left(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "handoff-citizen-at-night")
    with open_today(assistant):
        closed = citizen.say("转人工")
        assert closed["status"] == "cancelled.handoff" and "不在人工服务时间" in texts(closed), show(closed)
        assert citizen.rows("threads") == []
        left = citizen.tap("留下问题")
        assert left["status"] == "collecting.consultation", show(left)
