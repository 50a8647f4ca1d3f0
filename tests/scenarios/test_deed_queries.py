"""Asking after one's own cases (S15, S16), appointments (S12) and applications (S26) in a conversation."""

from __future__ import annotations

from bot.staff.model import Role
from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, Member, free_starts, here, in_words, new_telephone, secret, show


def complained(citizen: Citizen, telephone: str) -> str:
    """The number of a case that the citizen tells."""
    citizen.say("我要投诉", secret("窗口的人上班时间聊天，让我在旁边等了四十分钟"), "都不是", "今天上午", "不清楚")
    citizen.say("不知道", "没有", "不需要保密", "许女士", telephone)
    done = citizen.say("确认")
    assert done["status"] == "done.complaint", show(done)
    return str(citizen.rows("cases")[-1]["number"])


def test_ones_own_cases_are_told_at_once(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "qu-case")
    number = complained(citizen, new_telephone())
    told = citizen.say("我的投诉处理得怎么样了")
    assert told["status"] == "answered.progress", show(told)
    assert number in texts(told) and "等待交办" in texts(told), show(told)


def test_anothers_case_needs_number_and_telephone(assistant: Assistant) -> None:
    telephone = new_telephone()
    number = complained(Citizen(assistant, "qu-owner"), telephone)
    other = Citizen(assistant, "qu-other")
    asked = other.say("查一下我的投诉进度")
    assert asked["status"] == "collecting.complaint" and "受理编号" in texts(asked), show(asked)
    assert "不完整" in texts(other.say("TS2026"))
    assert "联系电话" in texts(other.say(number.lower()))
    refused = other.say(new_telephone())
    assert refused["status"] == "cancelled.complaint" and "没有查到相符的登记" in texts(refused), show(refused)
    assert "许女士" not in texts(refused) and "等待交办" not in texts(refused)
    told = other.say(f"查一下我投诉的结果，编号{number}，电话{telephone}")
    assert told["status"] == "answered.progress" and number in texts(told), show(told)


def test_ones_own_appointment(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "qu-appointment"), free_starts(assistant, "GA-003")[20]
    citizen.say(f"帮我预约居民身份证遗失补领，{in_words(start)}", "许女士", new_telephone())
    citizen.say("确认")
    told = citizen.say("查一下我的预约")
    assert told["status"] == "answered.progress", show(told)
    row = citizen.row("appointments")
    assert row["number"] in texts(told) and f"{start:%H:%M}" in texts(told)


def test_who_has_no_appointment_is_asked_for_its_number(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "qu-none")
    asked = citizen.say("查一下我的预约")
    assert asked["status"] == "collecting.appointment" and "没有找到您的预约" in texts(asked), show(asked)
    citizen.say("不知道编号", "啦啦啦")
    way_out = citizen.say("哈哈")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.tap("取消")["status"] == "cancelled.appointment"


def test_the_progress_of_an_application(assistant: Assistant) -> None:
    clerk, telephone, number = Member(assistant, Role.CLERK, "SC"), new_telephone(), "SL20261120A901"
    due = here().replace(microsecond=0).isoformat()
    steps = [{"name": "收件", "at": due}]
    body = {"item": "SC-001", "state": "ready", "steps": steps, "place": "C01窗口", "telephone": telephone}
    clerk.done("PUT", f"/applications/{number}", json=body)
    citizen = Citizen(assistant, "qu-progress")
    asked = citizen.say("我的营业执照办到哪一步了")
    assert "办件编号" in texts(asked), show(asked)
    assert "不完整" in texts(citizen.say("我不记得全了，SL2026"))
    answered = citizen.say("护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009"), show(answered)
    assert "后四位" in texts(citizen.say(number))
    told = citizen.say(telephone[-4:])
    assert told["status"] == "answered.progress", show(told)
    assert "结果可以领取" in texts(told) and "C01窗口" in texts(told)


def test_progress_in_one_message_and_a_wrong_check(assistant: Assistant) -> None:
    clerk, telephone, number = Member(assistant, Role.CLERK, "SC"), new_telephone(), "SL20261120A902"
    clerk.done("PUT", f"/applications/{number}", json={"item": "SC-001", "state": "examining", "telephone": telephone})
    citizen = Citizen(assistant, "qu-check")
    wrong = f"{(int(telephone[-4:]) + 1) % 10000:04}"
    refused = citizen.say(f"查办件进度 {number} 后四位{wrong}")
    assert refused["status"] == "answered.progress" and "没有查到" in texts(refused), show(refused)
    told = citizen.say(f"查办件进度 {number} 后四位{telephone[-4:]}")
    assert told["status"] == "answered.progress" and "正在审查" in texts(told), show(told)


def test_asking_for_progress_is_given_up(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "qu-cancel")
    citizen.say("查办件进度")
    cancelled = citizen.say("算了不查了")
    assert cancelled["status"].startswith("cancelled."), show(cancelled)
