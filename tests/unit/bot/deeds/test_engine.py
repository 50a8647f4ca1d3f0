"""The engine of all forms, with a small made-up one: leaving a parcel."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.deeds import fields
from bot.deeds.engine import MOST_FAILURES, advance, question
from bot.deeds.form import CONFIRM, Again, Context, Done, Field, FieldError, Form, Line
from connectors.contract import Transaction
from tests.unit.bot.deeds.talk import Talk

COLOURS = ("红色", "蓝色")


def colour(text: str, _context: Context) -> str:
    index = fields.chosen(text, COLOURS)
    if index is None:
        raise FieldError("parcel.bad_colour", count=len(COLOURS))
    return COLOURS[index]


def colour_in(text: str, _context: Context) -> str | None:
    return next((c for c in COLOURS if c in text), None)


def ask_colour(_context: Context) -> Line:
    return Line("parcel.ask_colour", options=COLOURS)


def has_bow(context: Context) -> bool:
    return context.values.get("colour") == "红色"


def summary(context: Context) -> tuple[Line, ...]:
    return (Line("parcel.summary", dict(context.values)),)


def submit(context: Context) -> Done:
    if context.values["name"] == "黑名单":
        raise Again("name", "parcel.not_him")
    return Done((Line("parcel.done"),))


FIELDS = (
    Field(
        "story", fields.words(2, 50, "parcel.bad_story"), lambda _t, c: c.pending_question, free=True, called=("内容",)
    ),
    Field("colour", colour, colour_in, ask=ask_colour, called=("颜色",)),
    Field("bow", fields.yes_or_no, when=has_bow),
    Field("name", fields.name, fields.name_in, called=("称呼", "姓名")),
    Field("telephone", fields.telephone, fields.telephone_in, called=("电话",)),
)
PARCEL = Form("parcel", Transaction.CONSULTATION, FIELDS, submit, summary)
SHORT = replace(PARCEL, summary=None)
CONTEXT = Context(cast(Any, None), "deed1", "web", "f" * 64, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))


def talk(form: Form = PARCEL, **values: Any) -> Talk:
    return Talk(form, replace(CONTEXT, **values))


def all_told(form: Form = PARCEL) -> Talk:
    """At the confirmation, without the bow."""
    said = talk(form)
    for text in ("寄个包裹", "一本书", "蓝色", "王女士", "13800001111"):
        said.say(text)
    return said


def test_one_question_after_another_and_a_confirmation() -> None:
    said = talk()
    said.say("我要寄包裹")
    assert (said.requested, said.keys()) == ("story", ["parcel.ask_story"])
    said.say("一本书")
    assert (said.requested, said.step and said.step.lines[-1].options) == ("colour", COLOURS)
    said.say("1")
    assert said.requested == "bow"
    said.say("好的")
    said.say("我叫张三")
    said.say("13800001111")
    assert said.requested == CONFIRM and said.keys() == ["parcel.summary", "form.ask_confirm"]
    said.say("确认")
    assert said.done and said.values == {
        "story": "一本书", "colour": "红色", "bow": True, "name": "张三", "telephone": "+8613800001111", CONFIRM: True,
    }  # fmt: skip


def test_what_the_opening_message_tells_is_not_asked_again() -> None:
    said = talk(pending_question="一本书")
    said.say("我要蓝色的，我叫张三，电话13800001111")
    assert said.requested == CONFIRM and said.values["story"] == "一本书"


def test_a_field_that_is_not_needed_is_neither_asked_nor_kept() -> None:
    said = talk()
    for text in ("寄", "一本书", "红色", "好"):
        said.say(text)
    said.say("不对，颜色改成蓝色")
    assert "bow" not in said.values or said.values["bow"] is None
    assert said.values["colour"] == "蓝色" and said.requested == "name"
    assert said.keys()[0] == "form.changed"


def test_an_answer_may_tell_more_than_it_was_asked_for() -> None:
    said = talk()
    for text in ("寄", "一本书", "蓝色"):
        said.say(text)
    said.say("我叫张三")
    assert said.requested == "telephone"
    other = talk()
    for text in ("寄", "一本书"):
        other.say(text)
    other.say("2")
    other.say("电话13800001111")
    assert other.requested == "name" and other.values["telephone"], "an answer to a question that was not asked counts"
    assert other.failures == 0


def test_free_text_is_only_the_answer_whatever_it_holds() -> None:
    said = talk()
    said.say("寄")
    said.say("给李四打13800002222，要红色")
    assert said.values["story"] == "给李四打13800002222，要红色"
    assert said.values["telephone"] is None and said.requested == "colour"


def test_a_correction_comes_with_an_answer() -> None:
    said = talk()
    for text in ("寄", "一本书", "蓝色"):
        said.say(text)
    step = said.say("不对，要红色")
    assert step.requested == "bow" and said.values["colour"] == "红色"
    (noted, _) = step.lines
    assert (noted.wording, noted.values) == ("form.changed", {"names": "颜色"})


def test_the_same_value_told_again_is_no_change() -> None:
    said = talk()
    for text in ("寄", "一本书", "蓝色"):
        said.say(text)
    said.say("没错，改好了，是蓝色")
    keys = said.keys()
    assert said.failures == 1 and "form.changed" not in keys


def test_three_answers_that_do_not_help_and_there_is_a_way_out() -> None:
    said = talk()
    said.say("寄")
    said.say("一本书")
    for number in range(1, MOST_FAILURES):
        said.say("紫的")
        assert said.failures == number and said.keys() == ["parcel.bad_colour", "parcel.ask_colour"]
    step = said.say("紫的")
    assert said.keys() == ["parcel.bad_colour", "form.way_out"] and step.lines[-1].options == ("转人工", "取消")
    assert (said.failures, said.requested) == (0, "colour"), "it starts counting anew, and nothing is lost"
    said.say("红色")
    assert said.requested == "bow"


def test_an_answer_that_helps_resets_the_count() -> None:
    said = talk()
    said.say("寄")
    said.say("一本书")
    said.say("紫的")
    said.say("我叫张三")
    assert said.failures == 0 and said.requested == "colour" and said.values["name"] == "张三"


def test_a_wrong_value_carries_what_its_sentence_needs() -> None:
    said = talk()
    said.say("寄")
    said.say("一本书")
    step = said.say("紫的")
    assert step.lines[0].values == {"count": 2}


@pytest.mark.parametrize("text", ["确认", "对的", "没问题"])
def test_a_yes_does_it(text: str) -> None:
    said = all_told()
    said.say(text)
    assert said.done is not None


def test_no_asks_what_to_change() -> None:
    said = all_told()
    step = said.say("不对")
    assert said.keys() == ["form.what_to_change"] and said.requested == CONFIRM
    assert step.lines[0].options == ("修改内容", "修改颜色", "修改称呼", "修改电话", "取消")


def test_the_name_of_a_field_opens_it_anew() -> None:
    said = all_told()
    said.say("不对")
    said.say("修改电话")
    assert said.requested == "telephone" and said.values["telephone"] is None
    said.say("13800002222")
    assert said.requested == CONFIRM
    said.say("确认")
    assert said.done and said.values["telephone"] == "+8613800002222"


def test_a_change_at_the_confirmation_is_confirmed_again() -> None:
    said = all_told()
    said.say("电话改成13800002222")
    assert said.values["telephone"] == "+8613800002222" and said.done is None
    assert said.keys() == ["form.changed", "parcel.summary", "form.ask_confirm"]


def test_a_new_value_in_place_of_a_yes_is_a_change() -> None:
    said = all_told()
    said.say("13800002222")
    assert said.values["telephone"] == "+8613800002222" and said.requested == CONFIRM


def test_a_field_that_becomes_needed_is_asked_for() -> None:
    said = all_told()
    said.say("换成红色")
    assert said.requested == "bow"


def test_nonsense_at_the_confirmation_is_not_taken_for_a_yes() -> None:
    said = all_told()
    for _ in range(MOST_FAILURES - 1):
        said.say("门口有公交车吗")
        assert said.keys() == ["form.not_confirmed", "form.ask_confirm"] and said.done is None
    said.say("门口有公交车吗")
    assert said.keys()[-1] == "form.way_out"


def test_a_form_without_summary_is_done_at_once() -> None:
    said = talk(SHORT)
    for text in ("寄", "一本书", "蓝色", "王女士", "13800001111"):
        said.say(text)
    assert said.done is not None and CONFIRM not in SHORT.field_names


def test_one_field_may_be_asked_for_again_after_doing_it_failed() -> None:
    said = all_told()
    said.context = replace(said.context, values={**said.context.values, "name": "黑名单"})
    said.say("确认")
    assert said.again and said.requested == "name" and "name" not in said.values
    said.say("王女士")
    assert said.requested == CONFIRM, "what changed is confirmed again"


def test_questions() -> None:
    assert question(PARCEL, CONTEXT, "story") == Line("parcel.ask_story")
    assert question(PARCEL, CONTEXT, CONFIRM).options == ("确认", "修改", "取消")
    with pytest.raises(KeyError):
        question(PARCEL, CONTEXT, "weight")


def test_advance_changes_nothing_that_it_was_given() -> None:
    context = replace(CONTEXT, text="蓝色", values={"story": "一本书"})
    step = advance(PARCEL, context, "colour", 2)
    assert context.values == {"story": "一本书"} and step.values["colour"] == "蓝色" and step.failures == 0


def test_the_form_knows_its_slots() -> None:
    assert PARCEL.field_names == ("story", "colour", "bow", "name", "telephone", CONFIRM)
    assert PARCEL.rasa_name == "parcel_form" and PARCEL.slot("bow") == "parcel_bow"
    assert PARCEL.free("parcel_story") and not PARCEL.free("parcel_name") and not PARCEL.free(None)


def test_a_change_that_calls_its_field_by_name_is_no_other_change() -> None:
    said = all_told()
    said.say("称呼改成红色先生")
    assert (said.values["name"], said.values["colour"]) == ("红色先生", "蓝色")
    said.say("颜色改成红色，电话是13800002222")
    assert (said.values["colour"], said.values["telephone"]) == ("红色", "+8613800002222")


ANYTHING = replace(
    PARCEL,
    fields=(
        *FIELDS[1:],
        Field("place", fields.words(2, 50, "parcel.bad_place"), lambda text, _: "门口" if "门口" in text else None),
        Field("wish", fields.words(2, 50, "parcel.bad_wish"), free=True),
    ),
)


def test_a_correction_is_no_answer_to_a_question_that_takes_any_words() -> None:
    said = talk(ANYTHING)
    for text in ("寄个包裹", "蓝色", "王女士", "13800001111", "不对，颜色是红色"):
        said.say(text)
    assert (said.values["colour"], said.values["place"]) == ("红色", None)
    said.say("好")
    said.say("放门口，电话改成13800002222")
    assert (said.values["place"], said.values["telephone"]) == ("放门口，电话改成13800002222", "+8613800002222")


def test_a_free_text_corrects_only_where_it_begins_with_that() -> None:
    said = talk(ANYTHING)
    for text in ("寄个包裹", "蓝色", "王女士", "13800001111", "放门口", "希望把纸箱换成红色的"):
        said.say(text)
    assert (said.values["wish"], said.values["colour"]) == ("希望把纸箱换成红色的", "蓝色")
