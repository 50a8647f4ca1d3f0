"""The one-time notice in writing, asked for in a conversation (S03)."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, count_of, opened, secret, show


def pdf_of(assistant: Assistant, reply: dict[str, Any]) -> httpx.Response:
    """What the address in the reply gives."""
    found = re.search(r"/d/[A-Za-z0-9_-]+", texts(reply))
    assert found, show(reply)
    return httpx.get(f"{assistant.url}{found[0]}", timeout=30, trust_env=False, follow_redirects=True)


def test_a_notice_is_asked_for_step_by_step(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-happy")
    asked = citizen.say("给我出一份居民身份证遗失补领的一次性告知书")
    assert (asked["status"], asked["transaction"]) == ("collecting.notice", "notice"), show(asked)
    assert "哪位的姓名" in texts(asked)
    done = citizen.say(secret("轩辕怀玉"))
    assert done["status"] == "done.notice", show(done)
    row = citizen.row("notices")
    assert row["number"] in texts(done)
    assert (row["item"], row["kind"], row["department"]) == ("GA-003", "one_time", "GA")
    assert opened(row, "recipient") == ("轩辕怀玉",)
    file = pdf_of(assistant, done)
    assert file.status_code == 200 and file.content.startswith(b"%PDF-")


def test_the_item_talked_about_is_meant_and_a_name_is_not_needed(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-context")
    assert citizen.say("护照首次申请要带什么")["item"] == "GA-009"
    asked = citizen.say("要书面的")
    assert asked["status"] == "collecting.notice" and "哪位的姓名" in texts(asked), show(asked)
    done = citizen.say("不用")
    assert done["status"] == "done.notice", show(done)
    assert citizen.row("notices")["item"] == "GA-009"


def test_everything_in_one_message(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-all")
    done = citizen.say(f"给我出一份居民身份证遗失补领的一次性告知书，我叫{secret('闻人知秋')}")
    assert done["status"] == "done.notice", show(done)
    row = citizen.row("notices")
    assert row["item"] == "GA-003" and opened(row, "recipient") == ("闻人知秋",)


def test_the_name_of_an_item_is_the_answer_to_which_item(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-name")
    assert "哪个事项" in texts(citizen.say("给我出一份一次性告知书"))
    asked = citizen.say("居民身份证遗失补领")
    assert asked["status"] == "collecting.notice" and "哪位的姓名" in texts(asked), show(asked)


def test_a_question_in_between(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-ask")
    citizen.say("给我出一份居民身份证遗失补领的一次性告知书")
    answered = citizen.say("社保卡丢了补办要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "RS-002"), show(answered)
    assert "哪位的姓名" in texts(answered)
    assert citizen.say("不用")["status"] == "done.notice"
    assert citizen.row("notices")["item"] == "GA-003"


def test_the_item_is_corrected(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "no-correct")
    citizen.say("给我出一份居民身份证遗失补领的一次性告知书")
    changed = citizen.say("不对，我要普通护照首次申请的")
    assert "改好" in texts(changed) and "哪位的姓名" in texts(changed), show(changed)
    assert citizen.say("不用")["status"] == "done.notice"
    assert citizen.row("notices")["item"] == "GA-009"


def test_an_unknown_item_three_times_and_cancelling(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "no-nonsense"), count_of(assistant, "notices")
    citizen.say("给我出一份一次性告知书")
    assert "没有找到这个事项" in texts(citizen.say("啦啦啦"))
    citizen.say("哼哼哈嘿")
    way_out = citizen.say("你猜猜看")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.tap("取消")["status"] == "cancelled.notice"
    assert count_of(assistant, "notices") == before
