"""Rating the service in a conversation: a good one is one message, a bad one is followed up (S19)."""

from __future__ import annotations

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import Citizen, count_of, new_telephone, opened, rows, secret, show


def follow_up(assistant: Assistant, number: str) -> dict[str, object]:
    (rating,) = rows(assistant, "select id from ratings where number = ?", number)
    (found,) = rows(assistant, "select * from rating_follow_ups where rating_id = ?", rating["id"])
    return found


def test_a_good_rating_is_one_message(assistant: Assistant) -> None:
    before = count_of(assistant, "ratings")
    done = Citizen(assistant, "ra-good").say("我要给A03窗口打五星好评")
    assert done["status"] == "done.rating" and "谢谢您的评价" in texts(done), show(done)
    (row,) = rows(assistant, "select * from ratings order by created_at desc limit 1")
    assert count_of(assistant, "ratings") == before + 1
    assert (row["grade"], row["window"], row["named"], row["sender_key"]) == ("very_satisfied", "A03", 0, None)


def test_a_bad_rating_is_told_step_by_step(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "ra-bad"), new_telephone()
    asked = citizen.say("我要评价一下刚才的服务")
    assert (asked["status"], asked["transaction"]) == ("collecting.rating", "rating"), show(asked)
    assert len(options(asked)) == 5
    assert "哪方面的问题" in texts(citizen.tap("不满意"))
    assert "具体是什么情况" in texts(citizen.say("1、3"))
    assert "称呼和电话" in texts(citizen.say(secret("叫到我的号了人却不在，回来还甩脸子")))
    assert "怎么称呼" in texts(citizen.tap("留下称呼和电话"))
    citizen.say(secret("呼延灼灼"))
    summary = citizen.say(telephone)
    assert all(words in texts(summary) for words in ("不满意", "服务态度", "呼延灼灼", telephone)), show(summary)
    done = citizen.tap("确认")
    assert done["status"] == "done.rating" and "回访" in texts(done), show(done)
    row = citizen.row("ratings")
    assert row["number"] in texts(done)
    assert (row["grade"], row["bad"], row["named"]) == ("dissatisfied", 1, 1)
    assert opened(row, "name", "telephone", "words") == (
        "呼延灼灼", f"+86{telephone}", "叫到我的号了人却不在，回来还甩脸子",
    )  # fmt: skip
    kinds = rows(assistant, "select kind from rating_kinds where rating_id = ? order by kind", row["id"])
    assert [kind["kind"] for kind in kinds] == ["attitude", "efficiency"]
    assert follow_up(assistant, row["number"])["must"] == 1


def test_a_bad_rating_stays_anonymous(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ra-all")
    citizen.say("我要评价", "B01窗口，非常不满意")
    asked = citizen.tap("服务态度")
    assert "具体是什么情况" in texts(asked), show(asked)
    citizen.tap("没有要补充的")
    summary = citizen.tap("匿名评价")
    assert all(words in texts(summary) for words in ("B01", "非常不满意", "服务态度", "匿名")), show(summary)
    done = citizen.say("确认")
    assert done["status"] == "done.rating", show(done)
    number = texts(done)[texts(done).index("PJ") :][:16]
    (row,) = rows(assistant, "select * from ratings where number = ?", number)
    assert (row["window"], row["department"], row["named"], row["sender_key"]) == ("B01", "RS", 0, None)
    assert row["name"] is None and row["telephone"] is None
    assert follow_up(assistant, number)["department"] == "RS"


def test_correction_question_and_wrong_number(assistant: Assistant) -> None:
    citizen, telephone = Citizen(assistant, "ra-correct"), new_telephone()
    citizen.say("我要评价", "不满意", "办事效率")
    citizen.say("没有要补充的", "留下称呼和电话", "许女士")
    assert "核对一下" in texts(citizen.say("1380"))
    answered = citizen.say("护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009"), show(answered)
    assert "联系电话" in texts(answered)
    citizen.say(new_telephone())
    assert telephone in texts(citizen.say(f"不对，电话是{telephone}"))
    assert "非常不满意" in texts(citizen.say("改成非常不满意"))
    assert citizen.say("确认")["status"] == "done.rating"
    row = citizen.row("ratings")
    assert row["grade"] == "very_dissatisfied" and opened(row, "telephone") == (f"+86{telephone}",)


def test_nonsense_and_cancelling(assistant: Assistant) -> None:
    citizen, before = Citizen(assistant, "ra-nonsense"), count_of(assistant, "ratings")
    citizen.say("我要评价", "啦啦啦", "嗯哼")
    way_out = citizen.say("你猜猜")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert citizen.tap("取消")["status"] == "cancelled.rating"
    assert count_of(assistant, "ratings") == before
