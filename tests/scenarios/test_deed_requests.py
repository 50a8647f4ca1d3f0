"""Asking for extended hours (S17), and for help and agency (S14), in a conversation."""

from __future__ import annotations

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, count_of, new_telephone, opened, secret, show

HOURS, HELP = "extended_hours_requests", "assistance_requests"


def test_extended_hours_are_asked_for_step_by_step(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "eh-happy"), new_telephone()
    asked = citizen.say("申请延时服务")
    assert (asked["status"], asked["transaction"]) == ("collecting.extended_hours", "extended_hours"), show(asked)
    assert "不收取任何费用" in texts(asked)
    assert "什么时间" in texts(citizen.say("补办身份证"))
    assert "原因" in texts(citizen.say("周六上午"))
    assert "怎么称呼" in texts(citizen.say(secret("厂里三班倒，工作日实在走不开")))
    assert "联系电话" in texts(citizen.say(secret("公孙晓月")))
    summary = citizen.say(telephone)
    assert all(words in texts(summary) for words in ("公孙晓月", telephone, "上午", "不收取任何费用")), show(summary)
    done = citizen.tap("确认")
    assert done["status"] == "done.extended_hours", show(done)
    row = citizen.row(HOURS)
    assert row["number"] in texts(done)
    assert (row["state"], row["item"], row["department"]) == ("received", "GA-003", "GA")
    assert row["wished_at"] is not None and "上午" in row["wished"]
    assert opened(row, "name", "telephone", "why") == ("公孙晓月", f"+86{telephone}", "厂里三班倒，工作日实在走不开")


def test_extended_hours_in_one_message(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "eh-all"), new_telephone()
    story = secret(f"我五点半才下班，明天晚上六点能等我办居民身份证遗失补领吗，我叫{secret('澹台静')}，电话{telephone}")
    summary = citizen.say(story)
    assert all(words in texts(summary) for words in ("澹台静", telephone, "18:00")), show(summary)
    assert citizen.say("确认")["status"] == "done.extended_hours"
    assert opened(citizen.row(HOURS), "name", "telephone") == ("澹台静", f"+86{telephone}")


def test_extended_hours_correction_question_and_a_time_that_is_over(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "eh-correct"), new_telephone()
    citizen.say("申请延时服务", "补办身份证")
    over = citizen.say("昨天下午六点")
    assert "已经过了" in texts(over) and "什么时间" in texts(over), show(over)
    answered = citizen.say("护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009"), show(answered)
    assert "什么时间" in texts(answered)
    citizen.say("周六上午", "要上班走不开", "许女士")
    assert "核对一下" in texts(citizen.say("9527"))
    citizen.say(new_telephone())
    assert telephone in texts(citizen.say(f"不对，电话是{telephone}"))
    summary = citizen.say("时间改成周日下午三点")
    assert "15:00" in texts(summary), show(summary)
    citizen.say("确认")
    row = citizen.row(HOURS)
    assert "15:00" in row["wished"] and opened(row, "telephone") == (f"+86{telephone}",)


def test_extended_hours_nonsense_and_cancelling(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "eh-nonsense"), count_of(assistant, HOURS)
    citizen.say("申请延时服务", "补办身份证", "看情况吧", "嗯哪")
    way_out = citizen.say("你说呢")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.say("取消")["status"] == "cancelled.extended_hours"
    assert count_of(assistant, HOURS) == before


def test_a_home_visit_is_asked_for_step_by_step(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "as-happy"), new_telephone()
    asked = citizen.say("我要申请上门服务")
    assert (asked["status"], asked["transaction"]) == ("collecting.assistance", "assistance"), show(asked)
    assert "哪一类" in texts(asked) and "老年人" in [option["title"] for option in options(asked)], show(asked)
    assert "什么事项" in texts(citizen.tap("老年人"))
    assert "详细地址" in texts(citizen.say("补办身份证"))
    assert "什么时间" in texts(citizen.say(secret("柳荫街18号3单元502室")))
    assert "怎么称呼" in texts(citizen.say("后天上午"))
    citizen.say(secret("百里守义"))
    summary = citizen.say(telephone)
    told = ("上门服务", "老年人", "柳荫街18号3单元502室", "百里守义", telephone, "不收取任何费用")
    assert all(words in texts(summary) for words in told), show(summary)
    done = citizen.tap("确认")
    assert done["status"] == "done.assistance", show(done)
    row = citizen.row(HELP)
    assert row["number"] in texts(done)
    assert (row["kind"], row["special_group"], row["item"], row["department"]) == (
        "home_visit", "elderly", "GA-003", "GA",
    )  # fmt: skip
    assert opened(row, "address", "name", "telephone") == ("柳荫街18号3单元502室", "百里守义", f"+86{telephone}")


def test_help_in_one_message(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "as-all"), new_telephone()
    citizen.say("我要申请帮办代办")
    summary = citizen.say(secret(f"轮椅协助，明天上午，我叫{secret('南宫若水')}，电话{telephone}"))
    assert all(words in texts(summary) for words in ("轮椅", "南宫若水", telephone)), show(summary)
    assert citizen.say("确认")["status"] == "done.assistance"
    row = citizen.row(HELP)
    assert (row["kind"], row["address"]) == ("wheelchair", None)


def test_a_home_visit_is_for_special_groups_only_and_agency_needs_a_mandate(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "as-refused")
    citizen.say("我要申请上门服务")
    refused = citizen.say("我就是上班忙没时间")
    assert "只面向行动不便的特殊人群" in texts(refused), show(refused)
    assert "什么事项" in texts(citizen.tap("改为委托代办")), show(citizen.last or {})
    citizen.say("补办身份证", "明天上午", "许女士", new_telephone())
    done = citizen.say("确认")
    assert done["status"] == "done.assistance" and "授权委托书" in texts(done), show(done)
    assert citizen.row(HELP)["kind"] == "agency"


def test_help_correction_question_and_wrong_number(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "as-correct"), new_telephone()
    citizen.say("有没有人帮我填表", "补办身份证")
    answered = citizen.say("护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009"), show(answered)
    assert "什么时间" in texts(answered)
    citizen.say("明天上午")
    changed = citizen.say("不对，时间改成后天下午")
    assert "改好" in texts(changed), show(changed)
    citizen.say("许女士")
    assert "核对一下" in texts(citizen.say("电话是138")), show(citizen.last or {})
    citizen.say(new_telephone())
    assert telephone in texts(citizen.say(f"电话错了，应该是{telephone}"))
    citizen.say("确认")
    row = citizen.row(HELP)
    assert row["kind"] == "filling_in" and opened(row, "telephone") == (f"+86{telephone}",)


def test_help_nonsense_and_cancelling(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "as-nonsense"), count_of(assistant, HELP)
    citizen.say("我要申请帮办代办", "啦啦啦", "你好呀")
    way_out = citizen.say("哈哈")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.say("算了不用了")["status"] == "cancelled.assistance"
    assert count_of(assistant, HELP) == before
