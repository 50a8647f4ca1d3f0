"""What a citizen may type into the fields that all forms share."""

from typing import Any, cast

import pytest

from bot.deeds import fields
from bot.deeds.form import FieldError

NONE = cast(Any, None)  # these fields look at nothing but the words
QUESTION = fields.words(2, 500, "some.wording")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800001111", "13800001111"),
        ("+862787654321", "02787654321"),
        ("+864008001234", "4008001234"),
    ],
)
def test_a_telephone_is_shown_as_one_dials_it_here(number: str, shown: str) -> None:
    assert fields.shown_telephone(number) == shown


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("称呼改成夏侯明月", "夏侯明月"),
        ("姓名应该是王芳", "王芳"),
        ("姓名：王芳，电话13800001111", "王芳"),
        ("我要办姓名变更", None),
    ],
)
def test_a_name_that_is_told_as_such(said: str, name: str | None) -> None:
    assert fields.name_in(said) == name


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("13800001111", "+8613800001111"),
        (" 138 0000 1111 ", "+8613800001111"),
        ("138-0000-1111", "+8613800001111"),
        ("１３８００００１１１１", "+8613800001111"),
        ("+86 13800001111", "+8613800001111"),
        ("8613800001111", "+8613800001111"),
        ("我的电话是13800001111，谢谢", "+8613800001111"),
        ("电话13800001111，姓王", "+8613800001111"),
        ("13800001111或者027-87654321", "+8613800001111"),
        ("027-87654321", "+862787654321"),
        ("02787654321", "+862787654321"),
        ("(027)87654321", "+862787654321"),
        ("（027）87654321", "+862787654321"),
        ("座机 0571 8765 4321", "+8657187654321"),
        ("400-800-1234", "+864008001234"),
    ],
)
def test_a_telephone_is_taken_with_whatever_is_around_it(said: str, number: str) -> None:
    assert fields.telephone(said, NONE) == number


@pytest.mark.parametrize(
    "said",
    [
        "", "不想留", "1380000111", "138000011112", "87654321", "12345", "110", "一三八零零零零一一一一", "张三",
        "0000-12345678", "110101199003070000", "2026-11-23",
    ],
)  # fmt: skip
def test_what_is_no_telephone_is_refused(said: str) -> None:
    with pytest.raises(FieldError) as caught:
        fields.telephone(said, NONE)
    assert caught.value.wording == "form.bad_telephone"


def test_a_foreign_number_is_refused() -> None:
    with pytest.raises(FieldError):
        fields.telephone("+1 650 253 0000", NONE)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("张三", "张三"), ("王女士", "王女士"), (" 王女士 ", "王女士"), ("王女士。", "王女士"), ("王女士!", "王女士"),
        ("我叫张三", "张三"), ("我是王女士", "王女士"), ("我的名字是张三", "张三"), ("我的名字叫张三", "张三"),
        ("本人张三", "张三"), ("姓名:张三", "张三"), ("您好 我叫张三", "张三"), ("您好,我是王女士.", "王女士"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"), ("Zhang San", "Zhang San"), ("O'Brien", "O'Brien"),
        ("叶赫那拉", "叶赫那拉"), ("龘", "龘"), ("张" * 30, "张" * 30),
    ],
)  # fmt: skip
def test_a_form_of_address_is_taken_without_the_words_around_it(said: str, name: str) -> None:
    assert fields.name(said, NONE) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("您好，我叫张三", "张三"), ("你好，我是王女士", "王女士"), ("姓名：张三", "张三"), ("王女士！", "王女士"),
        ("王女士，", "王女士"), ("王女士～", "王女士"), ("张　三", "张 三"),
    ],
)  # fmt: skip
def test_full_width_punctuation_around_a_name_does_no_harm(said: str, name: str) -> None:
    assert fields.name(said, NONE) == name


@pytest.mark.parametrize("said", ["叫我王女士", "请叫我王女士"])
def test_call_me_is_no_part_of_the_name(said: str) -> None:
    assert fields.name(said, NONE) == "王女士"


@pytest.mark.parametrize(
    "said", ["", "   ", "。", "13800001111", "张三13800001111", "张" * 31, "张三<b>", "😀", "我叫", "张三@qq", "a\nb"]
)
def test_what_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(FieldError) as caught:
        fields.name(said, NONE)
    assert caught.value.wording == "form.bad_name"


@pytest.mark.parametrize("said", ["能吗", "  能代办吗  ", "问" * 500, "a" * 500 + "   "])
def test_a_question_of_2_to_500_characters_is_taken(said: str) -> None:
    assert QUESTION(said, NONE) == said.strip()


@pytest.mark.parametrize("said", ["", " ", "问", " 问 ", "问" * 501])
def test_a_question_too_short_or_too_long_is_refused(said: str) -> None:
    with pytest.raises(FieldError) as caught:
        QUESTION(said, NONE)
    assert caught.value.wording == "some.wording"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我叫张三，电话13800001111", "张三"), ("我姓王", "王"), ("联系人李女士", "李女士"), ("我是王女士。", "王女士"),
        ("身份证丢了怎么补", None), ("我是来办身份证的", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_is_found_only_where_it_is_told_as_such(said: str, name: str | None) -> None:
    assert fields.name_in(said) == name


@pytest.mark.parametrize("said", ["没有", "跳过", "不记得了", "先不填"])
def test_an_optional_field_may_be_left_empty(said: str) -> None:
    assert fields.optional(fields.telephone)(said, NONE) == ""


def test_an_optional_field_reads_what_is_told_and_refuses_what_is_not_right() -> None:
    assert fields.optional(fields.telephone)("13800001111", NONE) == "+8613800001111"
    with pytest.raises(FieldError):
        fields.optional(fields.telephone)("123", NONE)


@pytest.mark.parametrize(("said", "agrees"), [("是", True), ("好的", True), ("不", False), ("不用", False)])
def test_yes_and_no(said: str, agrees: bool) -> None:
    assert fields.yes_or_no(said, NONE) is agrees


def test_neither_yes_nor_no_is_asked_again() -> None:
    with pytest.raises(FieldError) as caught:
        fields.yes_or_no("也许", NONE)
    assert caught.value.wording == "form.not_yes_or_no"


TITLES = ("明天上午9点", "明天上午10点", "后天下午2点")


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("明天上午10点", 1), ("2", 1), ("第二个", 1), ("第3项", 2), ("二", 1), ("２", 1), ("后天", 2),
        ("第四个", None), ("0", None), ("明天", None), ("大后天下午", None), ("", None),
    ],
)  # fmt: skip
def test_an_option_is_chosen_by_title_number_or_a_part_that_only_it_has(said: str, index: int | None) -> None:
    assert fields.chosen(said, TITLES) == index


@pytest.mark.parametrize("said", ["没有", "不方便", "不知道"])
def test_nothing_is_no_name(said: str) -> None:
    with pytest.raises(FieldError):
        fields.name(said, NONE)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("帮我预约明天下午补办身份证，我叫夏侯明月，电话13800001111", "帮我预约明天下午补办身份证"),
        ("我姓王，想约个号，手机号码：138 0000 1111。", "想约个号。"),
        ("我要投诉，联系人李女士，027-88881234，三号窗口态度差", "我要投诉，三号窗口态度差"),
        ("我叫张三", "我叫张三"),
        ("13800001111", "13800001111"),
        ("身份证丢了怎么补", "身份证丢了怎么补"),
        ("编号TS20261120ABCDEF查一下", "编号TS20261120ABCDEF查一下"),
        ("身份证号420106199001011234能查吗", "身份证号420106199001011234能查吗"),
    ],
)
def test_names_and_numbers_of_the_writer_are_left_out(text: str, left: str) -> None:
    assert fields.without_contact(text) == left


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13800001111", "＊＊"),
        ("我叫夏侯明月，电话13800001111", "＊＊，＊＊"),
        ("身份证号420106199001011234丢了", "身份证号＊＊丢了"),
        ("身份证丢了怎么补", "身份证丢了怎么补"),
    ],
)
def test_what_may_be_kept_of_a_message(text: str, kept: str) -> None:
    assert fields.hidden_contact(text) == kept
