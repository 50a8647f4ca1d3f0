"""Whole conversations about appointments, without Rasa."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.appointments import service
from bot.appointments.form import APPOINTMENT
from bot.appointments.model import AppointmentRow, State
from bot.appointments.own_forms import APPOINTMENT_CANCEL, APPOINTMENT_CHANGE, APPOINTMENT_QUERY
from bot.deeds.form import Context, Form, Line
from bot.desk import Desk
from bot.errors import Refused
from connectors.contract import TurnStatus
from tests.unit.bot.appointments.helpers import (
    IDENTITY,
    NOW,
    OFFICE,
    PASSPORT,
    SENDER,
    WANG,
    WORDING,
    contact,
    slot,
    taken,
    wanted,
)  # fmt: skip
from tests.unit.bot.deeds.talk import Talk

NINE = "11月24日（周二）09:00"


def context(desk: Desk, *items: str, deed: str = "deed1", sender: str = SENDER, item: str | None = None) -> Context:
    return Context(desk, deed, "web", sender, NOW, items=items, item=item)


def talk(desk: Desk, *items: str, form: Form = APPOINTMENT, **more: str) -> Talk:
    return Talk(form, context(desk, *items, **more))


def hear(conversation: Talk, *said: str) -> list[str]:
    """Says all of it; the app names items of the first message only."""
    for text in said:
        conversation.say(text)
        conversation.context = replace(conversation.context, items=())
    return conversation.keys()


def line(conversation: Talk, key: str) -> Line:
    assert conversation.step is not None
    return next(told for told in conversation.step.lines if told.wording == key)


def only(desk: Desk) -> AppointmentRow:
    with desk.database.transaction() as session:
        return session.scalars(select(AppointmentRow)).one()


def booked(desk: Desk, deed: str = "booked", where: str = slot(24, 9), item: str = IDENTITY) -> AppointmentRow:
    with desk.database.transaction() as session:
        service.hold(session, OFFICE, wanted(deed, where, item), NOW)
        return service.confirm(session, OFFICE, deed, WANG, NOW)


def test_one_thing_after_the_other(desk: Desk) -> None:
    t = talk(desk)
    assert hear(t, "我要预约") == ["appointment.ask_item"]
    t.context = replace(t.context, items=(IDENTITY,))
    assert hear(t, "补身份证") == ["appointment.ask_when"]
    assert len(line(t, "appointment.ask_when").options) == 4
    assert hear(t, "下周二上午9点") == ["appointment.ask_name"]
    assert only(desk).state == State.HELD and only(desk).slot.starts_at.isoformat() == "2026-12-01T01:00:00+00:00"
    assert hear(t, "王女士") == ["appointment.ask_telephone"]
    assert hear(t, "13800001111") == ["appointment.confirm", "form.ask_confirm"]
    told = line(t, "appointment.confirm").values
    assert told["time"] == "12月1日（周二）09:00" and told["telephone"] == "13800001111" and "A01" in told["place"]
    hear(t, "确认")
    assert t.done is not None
    assert [told.wording for told in t.done.lines] == ["appointment.done", "appointment.materials", "appointment.notes"]
    assert t.done.lines[1].values["materials"] == "居民户口簿" and only(desk).state == State.BOOKED
    assert all(WORDING.say(told.wording, **told.values) for told in t.done.lines)


def test_all_in_one(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    said = "我想明天上午9点来补身份证，我叫王小明，电话13800001111"
    assert hear(t, said) == ["appointment.confirm", "form.ask_confirm"]
    assert line(t, "appointment.confirm").values["time"] == NINE
    hear(t, "确认")
    assert t.done is not None and only(desk).state == State.BOOKED


def test_the_item_of_the_turn_before_is_taken(desk: Desk) -> None:
    assert hear(talk(desk, item=IDENTITY), "帮我预约一下") == ["appointment.ask_when"]


def test_several_items_are_offered_and_chosen_by_number(desk: Desk) -> None:
    t = talk(desk, IDENTITY, PASSPORT)
    assert hear(t, "预约办证") == ["appointment.ask_item"]
    assert line(t, "appointment.ask_item").options == ("居民身份证遗失补领", "普通护照换发")
    assert hear(t, "第二个") == ["appointment.ask_when"] and t.values["item"] == PASSPORT


def test_an_item_that_cannot_be_booked(desk: Desk) -> None:
    t = talk(desk, "RS-002")
    assert hear(t, "预约补社保卡") == ["appointment.ask_item"]
    t.context = replace(t.context, items=("RS-002",))
    assert t.say("补社保卡").lines[0].wording == "appointment.not_bookable"


@pytest.mark.parametrize("said", ["2", "第二个", "11月23日（周一）11:00", "11:00"])
def test_an_offered_time_is_chosen_in_many_ways(desk: Desk, said: str) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "预约补身份证")
    assert line(t, "appointment.ask_when").options[1] == "11月23日（周一）11:00"
    hear(t, said)
    assert t.values["when"] == slot(23, 11)


def test_a_vague_time_is_narrowed(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    assert hear(t, "预约补身份证", "明天下午") == ["appointment.choose_time", "appointment.ask_when"]
    assert line(t, "appointment.ask_when").options[0] == "11月24日（周二）13:30"
    hear(t, "明天下午三点左右")
    assert t.values["when"] == slot(24, 15)


@pytest.mark.parametrize(
    ("said", "key"),
    [("昨天", "appointment.past_time"), ("两个月后吧1月25号", "appointment.too_far"),
     ("周六上午", "appointment.not_free"),
     ("明天中午12点半", "appointment.not_free"), ("什么", "appointment.bad_time")],
)  # fmt: skip
def test_a_time_that_cannot_be_had_gets_the_nearest_offered(desk: Desk, said: str, key: str) -> None:
    t = talk(desk, IDENTITY)
    assert hear(t, "预约补身份证", said) == [key, "appointment.ask_when"]
    assert line(t, "appointment.ask_when").options


def test_a_full_slot_gets_the_nearest_offered(desk: Desk) -> None:
    with desk.database.transaction() as session:
        for n in (1, 2):
            service.book(session, OFFICE, wanted(f"a{n}", sender=None), contact(n), NOW)
    t = talk(desk, IDENTITY)
    assert hear(t, "预约补身份证", "明天9点") == ["appointment.not_free", "appointment.ask_when"]
    assert line(t, "appointment.ask_when").options[0] == "11月24日（周二）09:30"


def test_a_correction_in_the_middle_moves_the_hold(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "预约补身份证", "明天9点")
    assert hear(t, "不对，改成后天上午10点") == ["form.changed", "appointment.ask_name"]
    assert t.values["when"] == slot(25, 10)
    assert taken(desk.database, slot(24, 9)) == 0 and taken(desk.database, slot(25, 10)) == 1


def test_a_change_at_the_confirmation(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "我想明天上午9点来补身份证，我叫王小明，电话13800001111")
    assert hear(t, "时间改成后天上午10点") == ["form.changed", "appointment.confirm", "form.ask_confirm"]
    assert line(t, "appointment.confirm").values["time"] == "11月25日（周三）10:00"
    hear(t, "确认")
    assert only(desk).slot_id == slot(25, 10) and taken(desk.database, slot(24, 9)) == 0


def test_the_item_can_be_changed_and_asks_for_another_time(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "我想明天上午9点来补身份证，我叫王小明，电话13800001111", "改事项")
    assert t.requested == "item"
    t.context = replace(t.context, items=(PASSPORT,))
    assert hear(t, "换护照") == ["appointment.other_time", "form.ask_confirm"]
    hear(t, "确认")
    assert t.again is not None and t.again.field == "when" and t.requested == "when"


def test_nonsense_three_times_gets_a_way_out(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    assert hear(t, "预约补身份证", "啊", "啊", "啊") == ["appointment.bad_time", "form.way_out"]


def test_submitting_twice_gives_the_same(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "我想明天上午9点来补身份证，我叫王小明，电话13800001111", "确认")
    assert t.done == APPOINTMENT.submit(t.context) and taken(desk.database, slot(24, 9)) == 1


def test_a_place_that_went_while_the_citizen_was_away_is_asked_again(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "我想明天上午9点来补身份证，我叫王小明，电话13800001111")
    with desk.database.transaction() as session:
        service.release(session, "deed1", NOW)
        for n in (1, 2):
            service.book(session, OFFICE, wanted(f"a{n}", sender=None), contact(n), NOW)
    hear(t, "确认")
    assert t.again is not None and (t.again.field, t.again.wording) == ("when", "appointment.full")


def test_a_second_appointment_for_the_same_item_is_refused_and_lets_go(desk: Desk) -> None:
    booked(desk)
    t = talk(desk, IDENTITY)
    with pytest.raises(Refused) as caught:
        hear(t, "我想明天上午10点来补身份证，我叫王小明，电话13800001111", "确认")
    assert caught.value.wording == "appointment.twice" and taken(desk.database, slot(24, 10)) == 0


def test_cancelling_the_dialogue_lets_go_of_the_place(desk: Desk) -> None:
    t = talk(desk, IDENTITY)
    hear(t, "预约补身份证", "明天9点")
    assert APPOINTMENT.release is not None
    APPOINTMENT.release(t.context)
    assert taken(desk.database, slot(24, 9)) == 0


# Changing


def test_changing_the_only_one(desk: Desk) -> None:
    row = booked(desk)
    t = talk(desk, form=APPOINTMENT_CHANGE)
    assert hear(t, "我要改预约") == ["appointment_change.ask_when"]
    assert line(t, "appointment_change.ask_when").values["now"].startswith(NINE)
    assert hear(t, "后天上午10点") == ["appointment_change.confirm", "form.ask_confirm"]
    hear(t, "确认")
    assert t.done is not None and t.done.lines[0].values["number"] == row.number
    assert only(desk).slot_id == slot(25, 10) and t.done == APPOINTMENT_CHANGE.submit(t.context)


def test_changing_all_in_one_and_a_change_at_the_confirmation(desk: Desk) -> None:
    booked(desk)
    t = talk(desk, form=APPOINTMENT_CHANGE)
    assert hear(t, "把预约改到后天上午10点") == ["appointment_change.confirm", "form.ask_confirm"]
    hear(t, "改成后天上午11点", "确认")
    assert only(desk).slot_id == slot(25, 11)


def test_changing_to_the_same_time_is_asked_again(desk: Desk) -> None:
    booked(desk)
    said = hear(talk(desk, form=APPOINTMENT_CHANGE), "我要改预约", "明天9点")
    assert said == ["appointment_change.same_time", "appointment_change.ask_when"]


def test_one_of_several_is_changed(desk: Desk) -> None:
    booked(desk)
    booked(desk, "other", slot(24, 9, 0, "other"), PASSPORT)
    t = talk(desk, form=APPOINTMENT_CHANGE)
    assert hear(t, "我要改预约") == ["appointment_change.ask_which"]
    assert len(line(t, "appointment_change.ask_which").options) == 2
    assert hear(t, "护照换发") == ["appointment_change.ask_when"]
    hear(t, "后天上午10点", "确认")
    assert taken(desk.database, slot(25, 10, 0, "other")) == 1 and taken(desk.database, slot(24, 9)) == 1


def test_from_another_channel_by_number_and_telephone(desk: Desk) -> None:
    row = booked(desk)
    t = talk(desk, form=APPOINTMENT_CHANGE, sender="b" * 64)
    assert hear(t, "我要改预约") == ["appointment_change.ask_number"]
    assert hear(t, "不记得了") == ["appointment.bad_number", "appointment_change.ask_number"]
    assert hear(t, row.number) == ["appointment_change.ask_telephone"]
    assert hear(t, "13800002222") == ["appointment.not_found", "appointment_change.ask_telephone"]
    assert hear(t, "13800001111") == ["appointment_change.ask_when"]
    hear(t, "后天上午10点", "确认")
    assert only(desk).slot_id == slot(25, 10)


def test_guessing_telephones_is_stopped(desk: Desk) -> None:
    row = booked(desk)
    t = talk(desk, form=APPOINTMENT_CANCEL, sender="b" * 64)
    hear(t, "取消预约", row.number, *[f"1380000222{n}" for n in range(5)])
    assert hear(t, "13800001111")[0] == "appointment.too_many" and only(desk).state == State.BOOKED


# Cancelling


def test_cancelling_the_only_one(desk: Desk) -> None:
    booked(desk)
    t = talk(desk, form=APPOINTMENT_CANCEL)
    assert hear(t, "取消我的预约") == ["appointment_cancel.confirm", "form.ask_confirm"]
    hear(t, "确认")
    assert t.done is not None and only(desk).state == State.CANCELLED
    assert APPOINTMENT_CANCEL.submit(t.context) == t.done and taken(desk.database, slot(24, 9)) == 0


def test_nonsense_at_cancelling_three_times_gets_a_way_out(desk: Desk) -> None:
    t = talk(desk, form=APPOINTMENT_CANCEL)
    assert hear(t, "取消预约", "啊", "啊", "啊") == ["appointment.bad_number", "form.way_out"]


# Asking


def test_own_appointments_are_told_at_once(desk: Desk) -> None:
    row = booked(desk)
    t = talk(desk, form=APPOINTMENT_QUERY)
    hear(t, "我的预约是什么时候")
    assert t.done is not None and t.done.status is TurnStatus.ANSWERED_PROGRESS
    assert [told.wording for told in t.done.lines] == ["appointment_query.yours"]
    assert t.done.lines[0].values["number"] == row.number and t.done.lines[0].values["time"] == NINE


def test_asking_from_another_channel(desk: Desk) -> None:
    row = booked(desk)
    with desk.database.transaction() as session:
        service.cancel(session, OFFICE, row.id, NOW)
    t = talk(desk, form=APPOINTMENT_QUERY, sender="b" * 64)
    assert hear(t, "查一下预约") == ["appointment_query.ask_number"]
    assert hear(t, row.number) == ["appointment_query.ask_telephone"]
    hear(t, "13800001111")
    assert t.done is not None and [told.wording for told in t.done.lines] == ["appointment_query.none"]
