"""Complaints in a conversation: listened to, recorded, kept secret where wished (S15)."""

from __future__ import annotations

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, count_of, new_telephone, opened, rows, secret, show

STORY = "昨天上午我去社保卡窗口，工作人员一边玩手机一边吼我，材料看都不看就扔回来"


def test_a_complaint_is_told_step_by_step(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "co-happy"), new_telephone()
    asked = citizen.say("我要投诉")
    assert (asked["status"], asked["transaction"]) == ("collecting.complaint", "complaint"), show(asked)
    assert "发生了什么事" in texts(asked)
    kind = citizen.say(secret("在社保卡窗口让我跑了三趟，每次都说少一样材料"))
    assert "更接近下面哪一种" in texts(kind) and len(options(kind)) >= 3, show(kind)
    assert "什么时候发生" in texts(citizen.say(options(kind)[0]["payload"]))
    assert "哪位工作人员" in texts(citizen.say("上周三下午")), "the window is in what happened"
    assert "希望怎样处理" in texts(citizen.say("不知道"))
    assert "保密" in texts(citizen.say(secret("希望一次说清楚，给我道个歉")))
    assert "怎么称呼" in texts(citizen.tap("需要保密"))
    assert "联系电话" in texts(citizen.say(secret("令狐大川")))
    summary = citizen.say(telephone)
    assert all(words in texts(summary) for words in ("跑了三趟", "上周三下午", "令狐大川", "保密")), show(summary)
    done = citizen.tap("确认")
    assert done["status"] == "done.complaint" and "严格保密" in texts(done), show(done)
    row = citizen.row("cases")
    assert row["number"] in texts(done)
    assert (row["kind"], row["state"], row["confidential"], row["anonymous"]) == ("complaint", "received", 1, 0)
    assert (row["window"], row["department"]) == (None, "RS")
    assert opened(row, "name", "telephone", "when_text", "whom") == ("令狐大川", f"+86{telephone}", "上周三下午", None)
    facts, wish = opened(row, "facts", "wish")
    assert (facts, wish) == ("在社保卡窗口让我跑了三趟，每次都说少一样材料", "希望一次说清楚，给我道个歉")


def test_an_angry_story_is_taken_as_what_happened(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "co-story")
    kind = citizen.say(secret(STORY))
    assert kind["status"] == "collecting.complaint", show(kind)
    assert "更接近下面哪一种" in texts(kind)
    assert "哪位工作人员" in texts(citizen.say("都不是")), "day and window are in the story"
    citizen.say("不知道", "没有", "不需要保密", "匿名")
    done = citizen.say("确认")
    assert done["status"] == "done.complaint" and "匿名" in texts(done), show(done)
    (row,) = rows(assistant, "select * from cases where number = ?", _number(texts(done)))
    assert (row["anonymous"], row["name"], row["telephone"], row["sender_key"]) == (1, None, None, None)
    assert opened(row, "facts", "when_text") == (STORY, "昨天上午")


def test_everything_in_one_message(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "co-all"), new_telephone()
    story = secret(
        "我要投诉工作人员态度恶劣，昨天下午三点在A03窗口，姓刘的对我大吼大叫，"
        f"我叫{secret('端木清扬')}，电话{telephone}，请帮我保密"
    )
    assert "更接近下面哪一种" in texts(citizen.say(story))
    assert "哪位工作人员" in texts(citizen.say("第一个")), "day, window, secrecy and contact are told"
    summary = citizen.say("姓刘，不知道工号", "没有")
    assert all(words in texts(summary) for words in ("端木清扬", telephone, "A03", "姓刘", "保密")), show(summary)
    assert citizen.say("确认")["status"] == "done.complaint"
    row = citizen.row("cases")
    assert (row["window"], row["department"], row["confidential"]) == ("A03", "GA", 1)
    assert opened(row, "name", "telephone") == ("端木清扬", f"+86{telephone}")


def test_corrections(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "co-correct"), new_telephone()
    citizen.say("我要投诉", secret("有个工作人员把我的材料弄丢了一页还不承认"), "第一个", "昨天上午")
    changed = citizen.say("不对，时间是前天下午")
    assert "改好" in texts(changed) and "哪个窗口" in texts(changed), show(changed)
    citizen.say("A02窗口", "不知道", "没有", "不需要保密", "许女士", new_telephone())
    summary = citizen.say(f"电话错了，是{telephone}")
    assert telephone in texts(summary), show(summary)
    citizen.say("确认")
    row = citizen.row("cases")
    assert opened(row, "when_text", "telephone") == ("前天下午", f"+86{telephone}")


def test_a_question_in_between_is_answered_and_the_form_goes_on(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "co-ask")
    citizen.say("我要投诉", secret("窗口的人跟我说话特别冲，还把材料摔在桌上"), "都不是")
    answered = citizen.say("身份证丢了补办要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-003"), show(answered)
    assert "什么时候发生" in texts(answered)
    assert "哪个窗口" in texts(citizen.say("今天上午"))


def test_nonsense_gets_a_way_out_and_what_was_told_stays(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "co-nonsense")
    citizen.say("我要投诉", secret("在一楼等了两个小时没有人叫号，问谁都说不知道"))
    citizen.say("啦啦啦", "嗯哼")
    way_out = citizen.say("你猜")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert "发生" in texts(citizen.say("都不是")) or "哪个窗口" in texts(citizen.last or {})


def test_cancelling_stores_nothing(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "co-cancel"), count_of(assistant, "cases")
    citizen.say("我要投诉", secret("保安不让我进门，说我没有预约，态度特别凶"))
    cancelled = citizen.say("算了，不投诉了")
    assert cancelled["status"] == "cancelled.complaint", show(cancelled)
    assert count_of(assistant, "cases") == before


def _number(text: str) -> str:
    return text[text.index("TS") :][:16]
