"""What could not be got done (办不成事) told in a conversation (S16)."""

from __future__ import annotations

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, count_of, new_telephone, opened, secret, show


def test_a_request_is_told_step_by_step(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "fb-happy"), new_telephone()
    asked = citizen.say("我要反映办不成事")
    assert (asked["status"], asked["transaction"]) == ("collecting.fallback_request", "fallback_request"), show(asked)
    facts = secret("我爸的老房子没有产权证，社区和大厅来回推，跑了四趟都没人受理")
    item = citizen.say(facts)
    assert "哪个事项" in texts(item), show(item)
    assert "都不是" in [option["title"] for option in options(item)]
    assert "哪个部门" in texts(citizen.tap("都不是"))
    assert "希望我们帮您解决什么" in texts(citizen.say("D01窗口"))
    assert "怎么称呼" in texts(citizen.say(secret("希望能告诉我到底找谁办")))
    assert "联系电话" in texts(citizen.say(secret("东方未晴")))
    summary = citizen.say(telephone)
    assert "东方未晴" in texts(summary) and telephone in texts(summary), show(summary)
    done = citizen.tap("确认")
    assert done["status"] == "done.fallback_request", show(done)
    row = citizen.row("cases")
    assert row["number"].startswith("BS") and row["number"] in texts(done)
    assert (row["kind"], row["state"]) == ("fallback_request", "received")
    wish, name, told = opened(row, "wish", "name", "telephone")
    assert (wish, name, told) == ("希望能告诉我到底找谁办", "东方未晴", f"+86{telephone}")
    assert opened(row, "facts") == (facts,)
    assert (row["window"], row["department"], row["item"]) == ("D01", "BD", None)


def test_everything_in_one_message(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "fb-all"), new_telephone()
    summary = citizen.say(
        secret(
            "跑了三趟，居民身份证遗失补领一直没办成，户籍窗口说系统里查不到我，希望帮我查清楚。"
            f"我叫{secret('司徒远山')}，电话{telephone}"
        )
    )
    assert "司徒远山" in texts(summary) and telephone in texts(summary), show(summary)
    assert citizen.say("确认")["status"] == "done.fallback_request"
    row = citizen.row("cases")
    assert (row["department"], row["item"]) == ("GA", "GA-003")
    assert opened(row, "name", "telephone") == ("司徒远山", f"+86{telephone}")


def test_an_offered_item_is_tapped(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "fb-tap")
    item = citizen.say("我要反映办不成事", secret("医保异地备案一直失败，窗口让我找原单位，原单位又让我找窗口"))
    asked = citizen.tap(options(item)[0]["title"])
    assert asked["status"] == "collecting.fallback_request" and "哪个事项" not in texts(asked), show(asked)


def test_correction_question_and_wrong_number(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "fb-correct"), new_telephone()
    citizen.say("我要反映办不成事", secret("医保异地备案一直提示失败，窗口说不归他们管"), "没有具体事项")
    answered = citizen.say("没有", "护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009"), show(answered)
    assert "怎么称呼" in texts(answered)
    citizen.say("许女士")
    assert "核对一下" in texts(citizen.say("139123"))
    citizen.say(new_telephone())
    summary = citizen.say(f"不对，电话是{telephone}")
    assert telephone in texts(summary), show(summary)
    changed = citizen.say(f"称呼改成{secret('夏侯明月')}")
    assert "改好：称呼" in texts(changed) and "夏侯明月" in texts(changed), show(changed)
    citizen.say("确认")
    assert opened(citizen.row("cases"), "name", "telephone") == ("夏侯明月", f"+86{telephone}")


def test_nonsense_and_cancelling(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "fb-nonsense"), count_of(assistant, "cases")
    citizen.say("我要反映办不成事", secret("公积金提取三次都被退回来，也不说为什么"), "没有具体事项")
    citizen.say("没有", "许女士", "啊？", "什么电话")
    way_out = citizen.say("哈哈")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.tap("取消")["status"] == "cancelled.fallback_request"
    assert count_of(assistant, "cases") == before
