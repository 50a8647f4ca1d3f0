"""Emergencies told in the middle of a form: guidance at once, an alarm for staff, and the form goes on (S18)."""

from __future__ import annotations

import pytest

from bot.staff.model import Role
from tests.assistant import Assistant, texts
from tests.scenarios.deeds import Citizen, Member, new_telephone, opened, rows, secret, show

SOONEST_MS = 200
RASA_BACK_SECONDS = 90
TOLD = [
    ("有人晕倒了，快来人", "illness", "120"),
    ("二楼卫生间冒烟了", "fire", "119"),
    ("电梯里困住人了，在东边那部", "lift", "呼叫按钮"),
    ("A03窗口那边打起来了", "disorder", "110"),
    ("我孩子不见了，刚才还在等候区", "lost", "年龄和衣着"),
    ("一楼有股煤气味，很刺鼻", "gas", "119"),
]


def in_a_form(assistant: Assistant, sender: str) -> Citizen:
    """A citizen who is asked for his name and telephone."""
    citizen = Citizen(assistant, sender)
    citizen.say("我要留言", secret("老房子没有房产证，天然气过户到底要找哪个部门开证明"))
    assert "称呼" in texts(citizen.say("同意")), show(citizen.last or {})
    return citizen


@pytest.mark.parametrize(("text", "kind", "advice"), TOLD)
def test_guidance_at_once_and_the_form_goes_on(assistant: Assistant, text: str, kind: str, advice: str) -> None:
    citizen = in_a_form(assistant, f"em-{kind}")
    reply = citizen.say(secret(text))
    assert reply["status"] == "emergency" and advice in texts(reply), show(reply)
    assert "登记已经保留" in texts(reply)
    assert reply["elapsed_ms"] < SOONEST_MS, reply["elapsed_ms"]
    row = citizen.row("emergencies")
    assert row["kind"] == kind and opened(row, "text") == (text,)
    (alarm,) = rows(assistant, "select * from alarms where key like ? and kind = 'emergency'", f"%{row['id']}%")
    assert alarm["audience"] == "hall" and text in (opened(alarm, "text")[0] or "")
    assert "电话" in texts(citizen.say("许女士"))
    assert citizen.say(new_telephone())["status"] == "done.consultation"


def test_the_place_told_afterwards_reaches_staff(assistant: Assistant) -> None:
    citizen = in_a_form(assistant, "em-place")
    assert "具体位置" in texts(citizen.say(secret("有位大爷突然倒地不动了")))
    placed = citizen.say("在二楼B区等候区")
    assert placed["status"] == "emergency" and "二楼" in texts(placed), show(placed)
    row = citizen.row("emergencies")
    assert "二楼" in (row["place"] or "")
    clerk = Member(assistant, Role.CLERK, "RS")
    shown = [alarm for alarm in clerk.done("GET", "/alarms")["alarms"] if alarm["kind"] == "emergency"]
    assert any("补充地点" in alarm["text"] for alarm in shown), shown
    assert "电话" in texts(citizen.say("许女士")), "and the form goes on"


def test_what_only_sounds_like_one_is_a_question(assistant: Assistant) -> None:
    for text in ("消防验收怎么办", "在上班路上摔伤了怎么认定工伤"):
        assert Citizen(assistant, f"em-no-{text}").say(text)["status"] != "emergency"


def test_with_rasa_killed_guidance_comes_at_once_and_the_form_is_kept(assistant: Assistant) -> None:
    citizen = in_a_form(assistant, "em-killed")
    assistant.kill_rasa()
    took = []
    for number, (text, kind, advice) in enumerate(TOLD):
        other = citizen if number == 0 else Citizen(assistant, f"em-killed-{number}")
        reply = other.say(secret(text))
        assert reply["status"] == "emergency" and advice in texts(reply), show(reply)
        assert other.row("emergencies")["kind"] == kind
        took.append(reply["elapsed_ms"])
    assert max(took) < SOONEST_MS, took
    assistant.wait_for(RASA_BACK_SECONDS, rasa=True)
    assert "电话" in texts(citizen.say("许女士"))
    assert citizen.say(new_telephone())["status"] == "done.consultation"
