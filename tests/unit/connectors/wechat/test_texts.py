from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.wechat.texts import LIMIT, clean, numbered, option_id, picked, shorten, size, split_text

WHOLE = [
    "👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "🇩🇪", "1️⃣", "❤️", "e\u0301",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "👩🏿‍💻", "ä\u0323",
]  # fmt: skip
LINKS = [
    "https://example.org/m/guides/GA-003?d=materials,fees",
    '<a href="https://example.org/m/guides/GA-003">查看全部</a>',
    "http://a.cn",
    '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">选择</a>',
]
PLAIN = [
    "请带身份证",
    "。",
    "，",
    "\n",
    "\n\n",
    " ",
    "　",
    "！",
    "”",
    "abc def. ",
    "0571-88001234",
    "中" * 60,
    "😀",
    "；",
]
TEXTS = st.lists(st.sampled_from([*WHOLE, *PLAIN, *[f" {link} " for link in LINKS]]), max_size=60).map("".join)
LIMITS = st.integers(90, 400)  # no link and no character of several code points above is longer than 90 bytes


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(TEXTS, LIMITS)
def test_parts_fit_and_lose_nothing(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < size(part) <= limit and part == part.strip(" \t\r\n") for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)


@given(TEXTS, LIMITS)
def test_what_belongs_together_stays_together(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    for unit in (*WHOLE, *LINKS):
        found = len(re.findall(re.escape(unit), text))
        assert sum(len(re.findall(re.escape(unit), part)) for part in parts) == found
    for flag in ("🇨🇳", "🇩🇪"):
        assert not any(part.startswith(flag[1]) for part in parts)
    assert not any(part[0] in "\u200d\ufe0f\u20e3\u0301🏽" for part in parts)


@pytest.mark.parametrize("unit", WHOLE)
@pytest.mark.parametrize("before", ["", "a", "ab", "文"])
def test_runs_of_such_characters_break_between_them(unit: str, before: str) -> None:
    for limit in range(size(unit) + 3, 3 * size(unit) + 4):
        parts = split_text(before + unit * 12, limit)
        assert "".join(parts) == before + unit * 12
        assert all(part.removeprefix(before) == unit * part.count(unit) for part in parts)


@given(st.text(max_size=400), st.integers(4, 60))
@example("a" + "\u0301" * 100, 20)
@example("https://example.org/" + "a" * 300, 40)
@example("👨‍👩‍👧‍👦" * 3, 4)
@example("\U0001f1e8\U0001f1f3" * 9, 9)
def test_whatever_comes_every_part_fits(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < size(part) <= limit for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.sampled_from(["\n\n", "\n", "。"]))
def test_breaks_lie_at_paragraphs_lines_and_sentences(lengths: list[int], end: str) -> None:
    """Pieces of at most two thirds of the limit: there is always a border where a part may end."""
    pieces = ["文" * length + ("" if end == "。" else "。") for length in lengths]
    parts = split_text("".join(piece + end for piece in pieces), 910)
    whole = [piece + (end if end == "。" else "") for piece in pieces]
    assert [piece for part in parts for piece in re.split(r"\s+|(?<=。)", part) if piece] == whole


def test_a_paragraph_goes_before_a_line_and_a_line_before_a_sentence() -> None:
    text = f"{'甲' * 150}。\n\n{'乙' * 120}\n{'丙' * 60}。{'丁' * 200}。{'戊' * 80}"
    parts = split_text(text, 1000)
    assert parts == ["甲" * 150 + "。", "乙" * 120, "丙" * 60 + "。" + "丁" * 200 + "。", "戊" * 80]


def test_a_border_near_the_start_does_not_make_a_very_short_part() -> None:
    parts = split_text("短。\n\n" + "长" * 200 + "。" + "文" * 200, 900)
    assert parts == ["短。\n\n" + "长" * 200 + "。", "文" * 200]


def test_a_sentence_ends_after_its_closing_mark() -> None:
    parts = split_text("他说：“" + "好" * 20 + "。”" + "后" * 30, 90)
    assert parts == ["他说：“" + "好" * 20 + "。”", "后" * 30]


def test_without_any_border_it_breaks_anywhere_but_spares_numbers() -> None:
    assert split_text("文" * 10, 9) == ["文文文", "文文文", "文文文", "文"]
    assert split_text("电" * 8 + "0571-88001234", 30) == ["电" * 8, "0571-88001234"]


def test_a_link_goes_whole_into_the_next_part() -> None:
    link = "https://example.org/d/abcdefgh"
    assert split_text("文" * 20 + link + "文", 80) == ["文" * 20, link + "文"]


def test_nothing_and_short_texts() -> None:
    assert split_text("") == split_text(" \n ") == split_text("　") == []
    assert split_text(" 您好 ") == ["您好"]
    assert split_text("中" * 682 + "a") == ["中" * 682 + "a"]
    assert [size(part) for part in split_text("中" * 683)] == [2046, 3]
    assert LIMIT == 2047


def test_long_texts_are_split_in_reasonable_time() -> None:
    assert len(split_text('<a href="' * 2_000 + "文" * 20_000)) < 60


def test_clean() -> None:
    assert clean("a\r\nb\rc\0\x07\ud800\ufffe\td") == "a\nb\nc\td"
    assert clean("👨‍👩‍👧") == "👨‍👩‍👧"


@given(st.text(st.characters(codec=None), max_size=80), st.integers(7, 90))
def test_shortened_texts_fit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert size(short) <= limit
    assert short == text or short.endswith("…")


def test_shortening_cuts_no_character() -> None:
    assert shorten("一👨‍👩‍👧‍👦二三四五六七八九十一二", 12) == "一…"
    assert shorten("居民身份证", 15) == "居民身份证"


def test_numbered() -> None:
    assert numbered(["甲", "乙"]) == "1. 甲\n2. 乙"
    assert numbered(["丙"], 3) == "3. 丙"


OFFERED = (("居民身份证遗失补领", "item:GA-003"), ("居民身份证换领", "item:GA-002"), ("以上都不是", "我要留言"))


@pytest.mark.parametrize(
    "text",
    ["2", "２", "二", "②", "2.", "2、", "2。", "(2)", "（二）", "第二", "第2个", "第二个", "第二项", "第 2 条", "2号",
     " 2 ", "选2", "选择第二个", "居民身份证换领", " 居民身份证换领\n"],
)  # fmt: skip
def test_the_second_is_picked(text: str) -> None:
    assert picked(text, OFFERED) == "item:GA-002"


@pytest.mark.parametrize(
    "text",
    ["", "0", "4", "99", "十", "２２", "2个人", "2天", "22", "-2", "2.5", "二十", "换领", "身份证", "13800000001",
     "2 3", "我选第二个吧可以吗", "²²"],
)  # fmt: skip
def test_other_texts_pick_nothing(text: str) -> None:
    assert picked(text, OFFERED) is None


def test_a_tapped_entry_is_picked_by_its_id_whatever_its_title() -> None:
    assert picked("居民身份…", OFFERED, option_id("我要留言")) == "我要留言"
    assert picked("1", OFFERED, option_id("item:gone")) == "item:GA-003"
    assert picked("你好", OFFERED, option_id("item:gone")) is None
    assert picked("你好", OFFERED, "") is None


def test_a_title_that_is_a_number_goes_before_the_place() -> None:
    assert picked("2", (("2", "two"), ("1", "one"))) == "two"


def test_nothing_offered() -> None:
    assert picked("1", ()) is None


@given(st.text(max_size=30))
def test_ids_are_short_numbers(payload: str) -> None:
    assert re.fullmatch(r"[0-9]{1,10}", option_id(payload))
    assert option_id(payload) == option_id(payload)


@given(st.text(max_size=30), st.text(max_size=12))
def test_any_text_may_be_asked(text: str, menu_id: str) -> None:
    assert picked(text, OFFERED, menu_id) in {None, *(payload for _, payload in OFFERED)}
