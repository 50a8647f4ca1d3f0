"""Booking, changing, cancelling an appointment in a conversation, as citizens talk (S12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from tests.assistant import Assistant, options, texts
from tests.scenarios.deeds import (
    Citizen,
    day_in_words,
    free_starts,
    here,
    in_words,
    new_telephone,
    opened,
    rows,
    secret,
    show,
)

LOST_CARD = "GA-003"
HEALTH = "WJ-003"
"""An item of a group with two places a slot."""


def booked(citizen: Citizen, nth: int = 0, item: str = LOST_CARD) -> dict[str, Any]:
    """The row of an appointment that the citizen books; `nth`: which of the free times."""
    start = free_starts(citizen.assistant, item)[nth]
    citizen.say(f"帮我预约居民身份证遗失补领，{in_words(start)}", "许女士", new_telephone())
    done = citizen.say("确认")
    assert done["status"] == "done.appointment", show(done)
    return citizen.rows("appointments")[-1]


def starts_of(assistant: Assistant, row: dict[str, Any]) -> str:
    (slot,) = rows(assistant, "select starts_at from slots where id = ?", row["slot_id"])
    return str(slot["starts_at"])


def test_a_place_is_booked_step_by_step(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "ap-happy"), free_starts(assistant, LOST_CARD)[0]
    asked = citizen.say("我要预约补办身份证")
    assert (asked["status"], asked["transaction"]) == ("collecting.appointment", "appointment"), show(asked)
    assert "什么时候来" in texts(asked) and len(options(asked)) == 4, show(asked)
    assert "怎么称呼" in texts(citizen.say(in_words(start)))
    (held,) = citizen.rows("appointments")
    assert held["state"] == "held", "the place is kept while the rest is asked"
    assert "手机号" in texts(citizen.say(f"我叫{secret('欧阳海燕')}"))
    telephone = new_telephone()
    summary = citizen.say(telephone)
    assert all(words in texts(summary) for words in ("欧阳海燕", telephone, f"{start:%H:%M}", "A01")), show(summary)
    assert [option["title"] for option in options(summary)] == ["确认", "修改", "取消"]
    done = citizen.tap("确认")
    assert done["status"] == "done.appointment"
    row = citizen.row("appointments")
    assert row["number"] in texts(done) and "居民户口簿" in texts(done)
    assert (row["state"], row["item"], row["slot_id"]) == ("booked", LOST_CARD, f"identity.{start:%Y%m%dT%H%M}")
    assert opened(row, "name", "telephone") == ("欧阳海燕", f"+86{telephone}")
    reminders = rows(assistant, "select * from outbox where key like ?", f"%{row['id']}%")
    assert len(reminders) == 2, "a day and two hours before"


def test_everything_in_one_message_needs_only_a_yes(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "ap-all"), free_starts(assistant, LOST_CARD)[1]
    telephone = new_telephone()
    summary = citizen.say(f"帮我预约居民身份证遗失补领，{in_words(start)}，联系人{secret('诸葛长风')}，手机{telephone}")
    assert "请您核对" in texts(summary) and "诸葛长风" in texts(summary) and telephone in texts(summary), show(summary)
    assert citizen.say("对的，没问题")["status"] == "done.appointment"
    assert opened(citizen.row("appointments"), "name", "telephone") == ("诸葛长风", f"+86{telephone}")


def test_an_offered_time_is_chosen_by_its_number(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ap-number")
    start = free_starts(assistant, LOST_CARD)[0]
    citizen.say("我要预约补办身份证")
    offered = citizen.say(f"{day_in_words(start)}上午")
    second = options(offered)[1]["title"]
    assert "怎么称呼" in texts(citizen.say("第二个"))
    assert second in texts(citizen.say("许女士", new_telephone()))


def test_corrections_before_and_at_the_confirmation(assistant: Assistant) -> None:
    citizen, starts = Citizen(assistant, "ap-correct"), free_starts(assistant, LOST_CARD)
    citizen.say("我要预约补办身份证", in_words(starts[2]))
    changed = citizen.say(f"不对，时间改成{in_words(starts[4])}")
    assert "改好" in texts(changed) and "怎么称呼" in texts(changed), show(changed)
    citizen.say("许女士", new_telephone())
    telephone = new_telephone()
    assert telephone in texts(citizen.say(f"不对，电话是{telephone}"))
    assert "改哪一项" in texts(citizen.tap("修改"))
    assert "怎么称呼" in texts(citizen.tap("修改称呼"))
    summary = citizen.say(secret("上官婉秋"))
    assert "上官婉秋" in texts(summary) and telephone in texts(summary), show(summary)
    citizen.say("确认")
    row = citizen.row("appointments")
    assert opened(row, "name", "telephone") == ("上官婉秋", f"+86{telephone}")
    assert row["slot_id"] == f"identity.{starts[4]:%Y%m%dT%H%M}", "and the first place is given back"
    (taken,) = rows(assistant, "select taken from slots where id = ?", f"identity.{starts[2]:%Y%m%dT%H%M}")
    assert taken["taken"] == 0


def test_a_question_in_between_is_answered_and_the_form_goes_on(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "ap-ask"), free_starts(assistant, LOST_CARD)[5]
    citizen.say("我要预约补办身份证", in_words(start))
    answered = citizen.say("护照首次申请要多少钱")
    assert (answered["status"], answered["item"]) == ("answered.guide", "GA-009")
    assert "怎么称呼" in texts(answered)
    citizen.say("许女士", new_telephone())
    citizen.say("确认")
    assert citizen.row("appointments")["item"] == LOST_CARD


def test_the_name_of_an_item_is_the_answer_to_which_item(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ap-name")
    assert "什么事项" in texts(citizen.say("我要预约"))
    asked = citizen.say("居民身份证遗失补领")
    assert asked["status"] == "collecting.appointment" and "什么时候来" in texts(asked), show(asked)


def test_times_that_cannot_be_had_are_refused_with_others(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ap-times")
    citizen.say("我要预约补办身份证")
    over = citizen.say("昨天上午十点")
    assert "已经过去" in texts(over) and len(options(over)) == 4, show(over)
    far = citizen.say(f"{day_in_words((here() + timedelta(days=40)).date())}上午九点")
    assert "14天以内" in texts(far), show(far)
    start = free_starts(assistant, LOST_CARD)[0]
    at_night = citizen.say(f"{day_in_words(start)}晚上十一点")
    assert "不在服务时间" in texts(at_night) and options(at_night), show(at_night)
    assert citizen.say("取消")["status"] == "cancelled.appointment"


def test_a_full_time_is_refused_with_the_nearest(assistant: Assistant) -> None:
    start = free_starts(assistant, HEALTH)[0]
    for _ in range(2):
        body = {"item": HEALTH, "starts_at": start.isoformat(), "name": "许女士", "telephone": new_telephone()}
        made = httpx.post(f"{assistant.url}/api/v1/appointments", json=body, timeout=30, trust_env=False)
        assert made.status_code == 201, made.text
    citizen = Citizen(assistant, "ap-full")
    refused = citizen.say("我要预约护士执业注册", in_words(start))
    assert "没有空位" in texts(refused) and len(options(refused)) == 4, show(refused)
    assert "怎么称呼" in texts(citizen.say(options(refused)[0]["payload"]))


def test_the_same_telephone_cannot_book_the_same_item_twice(assistant: Assistant) -> None:
    first, start = Citizen(assistant, "ap-twice-1"), free_starts(assistant, LOST_CARD)[6]
    row = booked(first, 6)
    (telephone,) = opened(row, "telephone")
    assert telephone is not None
    second = Citizen(assistant, "ap-twice-2")
    second.say("我要预约补办身份证", in_words(start + timedelta(minutes=30)), "许女士", telephone)
    refused = second.say("确认")
    assert refused["status"] == "cancelled.appointment" and "只能保留一个预约" in texts(refused), show(refused)
    assert [row["state"] for row in second.rows("appointments")] == ["expired"]


def test_a_wrong_telephone_is_asked_again_and_three_times_get_a_way_out(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "ap-nonsense"), free_starts(assistant, LOST_CARD)[7]
    citizen.say("我要预约补办身份证", in_words(start), "许女士")
    assert "核对一下" in texts(citizen.say("13800"))
    citizen.say("就是那个号")
    way_out = citizen.say("嘿嘿嘿")
    assert [option["title"] for option in options(way_out)] == ["转人工", "取消"], show(way_out)
    assert "请您核对" in texts(citizen.say(new_telephone())), "what was told is still there"
    assert citizen.tap("取消")["status"] == "cancelled.appointment"


def test_cancelling_gives_the_place_back(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "ap-cancel"), free_starts(assistant, LOST_CARD)[8]
    citizen.say("我要预约补办身份证", in_words(start))
    assert citizen.say("算了，不办了")["status"] == "cancelled.appointment"
    row = citizen.row("appointments")
    assert (row["state"], row["name"], row["telephone"]) == ("expired", None, None)
    (slot,) = rows(assistant, "select taken from slots where id = ?", row["slot_id"])
    assert slot["taken"] == 0


def test_an_appointment_is_changed(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ap-change")
    before = booked(citizen, 9)
    asked = citizen.say("我的预约想改个时间")
    assert "想改到什么时候" in texts(asked), show(asked)
    start = free_starts(assistant, LOST_CARD)[11]
    summary = citizen.say(in_words(start))
    assert "改到" in texts(summary) and f"{start:%H:%M}" in texts(summary), show(summary)
    assert citizen.say("确认")["status"] == "done.appointment"
    after = citizen.row("appointments")
    assert (after["number"], after["state"]) == (before["number"], "booked")
    assert after["slot_id"] == f"identity.{start:%Y%m%dT%H%M}"
    (slot,) = rows(assistant, "select taken from slots where id = ?", before["slot_id"])
    assert slot["taken"] == 0


def test_an_appointment_is_cancelled_only_after_a_yes(assistant: Assistant) -> None:
    citizen = Citizen(assistant, "ap-off")
    booked(citizen, 10)
    kept = citizen.say("帮我把预约取消掉", "不用了，先留着")
    assert kept["status"] != "done.appointment", show(kept)
    assert citizen.row("appointments")["state"] == "booked"
    citizen.say("取消")
    citizen.say("帮我把预约取消掉")
    assert citizen.say("确认")["status"] == "done.appointment"
    assert citizen.row("appointments")["state"] == "cancelled"


def test_anothers_appointment_needs_number_and_telephone(assistant: Assistant) -> None:
    row = booked(Citizen(assistant, "ap-owner"), 12)
    (telephone,) = opened(row, "telephone")
    assert telephone is not None
    other = Citizen(assistant, "ap-other")
    assert "预约编号" in texts(other.say("我要取消预约"))
    assert "电话" in texts(other.say(row["number"]))
    wrong = other.say(new_telephone())
    assert "没有找到对应的预约" in texts(wrong), show(wrong)
    assert "请您核对：取消" in texts(other.say(telephone.removeprefix("+86")))
    other.say("确认")
    (after,) = rows(assistant, "select state from appointments where id = ?", row["id"])
    assert after["state"] == "cancelled"
