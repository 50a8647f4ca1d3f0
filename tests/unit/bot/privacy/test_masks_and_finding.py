"""What is shown of personal data, and what is found before it is published."""

import pytest

from bot.privacy.finding import Personal, personal_in
from bot.privacy.masks import leave_out_identity, mask_complainant, mask_name, mask_numbers, mask_telephone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"), ("王明", "王*"), ("欧阳建国", "欧**"), ("王女士", "王女士"), ("李先生", "李先生"),
        ("王", "王"), ("", ""), (None, ""), (" 王小明 ", "王**"),
    ],
)  # fmt: skip
def test_names(name: str | None, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800001234", "138****1234"), ("+8613800001234", "138****1234"), ("+862787654321", "027****4321"),
        ("+864008001234", "400****1234"), ("12345", "****45"), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_telephones(number: str | None, masked: str) -> None:
    assert mask_telephone(number) == masked


def test_long_numbers_in_texts_lose_their_middle() -> None:
    assert (
        mask_numbers("证号110101199003070000，电话13800001234，3号窗口") == "证号110****0000，电话138****1234，3号窗口"
    )


@pytest.mark.parametrize(
    ("name", "telephone", "masked"),
    [
        ("王小美", "+8613800001111", ("王＊＊", "138＊＊＊＊1111")), ("王女士", "", ("王＊＊", "")), ("", "", ("", "")),
    ],
)  # fmt: skip
def test_complainants(name: str, telephone: str, masked: tuple[str, str]) -> None:
    assert mask_complainant(name, telephone) == masked


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫王小美，电话138 0000 1111。", "我叫＊＊，电话＊＊。"), ("证号11010119900307001X", "证号＊＊"),
        ("打027-87654321", "打＊＊"), ("交了200元，等了120分钟", "交了200元，等了120分钟"),
    ],
)  # fmt: skip
def test_an_identity_is_left_out_of_a_text(text: str, left: str) -> None:
    assert leave_out_identity(text, "王小美") == left


def test_one_character_is_no_name_to_leave_out() -> None:
    assert leave_out_identity("王府井", "王") == leave_out_identity("王府井", "") == "王府井"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请打13800001111", Personal.TELEPHONE), ("138-0000-1111", Personal.TELEPHONE),
        ("１３８００００１１１１", Personal.TELEPHONE),
        ("138 0000 1111", Personal.TELEPHONE), ("电话027-87654321", Personal.TELEPHONE),
        ("证号11010119900307000X", Personal.NUMBER), ("110101 19900307 0000", Personal.NUMBER),
        ("卡号6222021234567890123", Personal.NUMBER), ("写信到wang@example.com", Personal.EMAIL),
        ("请找王小明", Personal.NAME),
        ("请拨打12345", None), ("客服400-800-1234", None), ("2026-11-22 2026-12-31 有效", None),
        ("大厅电话027-10000002", None), ("工本费40元，20个工作日", None), ("第十一条", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_personal_is_found(text: str, found: Personal | None) -> None:
    assert personal_in(text, names=("王小明", "王"), public=("027-10000002",)) == found
