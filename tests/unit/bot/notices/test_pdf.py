"""The PDFs: the text is really there, twice; rare characters show; the same bytes each time."""

import re
import zlib
from datetime import UTC, date, datetime

import pytest

from bot.notices.content import Content, Numbered, compose
from bot.notices.model import Details, Missing, NewNotice, NoticeKind
from bot.notices.pdf import LINE, NO_GLYPH, advances, printable, render, width_of
from bot.notices.rules import notice_rules
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.loader import DATA
from tests.unit.helpers import MINOR, four_guides, make_guide, small_base

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RULES = notice_rules(DATA / "deeds")
DETAILS = {
    NoticeKind.ONE_TIME: Details(),
    NoticeKind.ACCEPTANCE: Details(applied_on=date(2026, 11, 20), limit_days=10, received=("户口簿",)),
    NoticeKind.REFUSAL: Details(
        applied_on=date(2026, 11, 20), reasons=("不属于职权范围。",), legal_basis="《某法》第一条"
    ),
    NoticeKind.SUPPLEMENT: Details(
        applied_on=date(2026, 11, 20), missing=(Missing("照片", "近期免冠"),), due_on=date(2026, 12, 4)
    ),
}


@pytest.fixture(scope="session")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    return small_base(fake_encoder, guides={**four_guides(), "GA-003": make_guide(situations=[MINOR])})


def content(base: KnowledgeBase, kind: NoticeKind = NoticeKind.ONE_TIME, recipient: str = "王女士") -> Content:
    new = NewNotice(kind, "GA-003", recipient, "https://example.gov.cn", details=DETAILS[kind], clerk="李女士")
    return compose(base, RULES, new, Numbered("GZGA202600001", 1, "ABCDEFGH2345", NOW))


def shown(pdf: bytes) -> list[str]:
    """The text of each page, read back through the fonts' own ToUnicode maps."""
    maps, pages = [], []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            stream = zlib.decompress(found[1])
        except zlib.error:
            stream = found[1]
        if b"beginbfchar" in stream:
            pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", stream)
            maps.append({int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in pairs})
        elif b" Td " in stream and b" Tj" in stream:
            pages.append(stream)
    assert len(maps) == 1
    return ["\n".join(_decoded(page, maps[0])) for page in pages]


def _decoded(page: bytes, characters: dict[int, str]) -> list[str]:
    lines = []
    for found in re.finditer(rb"\((.*?)(?<!\\)(?:\\\\)*\) Tj", page, re.DOTALL):
        raw = found[0][1:-4]
        raw = re.sub(rb"\\([()\\rn])", lambda m: {b"r": b"\r", b"n": b"\n"}.get(m[1], m[1]), raw)
        codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
        lines.append("".join(characters.get(code, "\0") for code in codes))
    return lines


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_each_kind_says_what_it_must_in_two_copies(base: KnowledgeBase, kind: NoticeKind) -> None:
    pages = shown(render(content(base, kind)))
    serve = [p for p in pages if "【送达联】" in p]
    archive = [p for p in pages if "【存档联】" in p]
    assert len(serve) == len(archive) == len(pages) / 2 > 0
    for copy in ("".join(serve), "".join(archive)):
        plain = copy.replace("\n", "")
        for said in (
            RULES.kinds[kind].title,
            "GZGA202600001",
            "公安局",
            "王女士：",
            "居民身份证遗失补领",
            "2026年11月22日",
        ):
            assert said in plain
        assert "（盖章）" in plain and "ABCDEFGH2345" in plain and NO_GLYPH not in plain and "\0" not in plain


def test_the_one_time_notice_holds_all_eight_disclosures(base: KnowledgeBase) -> None:
    plain = "".join(shown(render(content(base)))).replace("\n", "")
    for label in base.labels.disclosures.values():
        assert f"、{label}" in plain
    for said in ("居民户口簿", "情形：未成年人", "监护人身份证", "每证工本费40元。", "20个工作日", "第十一条"):
        assert said in plain


def test_a_refusal_tells_reasons_basis_and_both_remedies(base: KnowledgeBase) -> None:
    plain = "".join(shown(render(content(base, NoticeKind.REFUSAL)))).replace("\n", "")
    for said in (
        "不属于职权范围",
        "《某法》第一条",
        "六十日内",
        "行政复议法》第二十条",
        "六个月内",
        "行政诉讼法》第四十六条",
    ):
        assert said in plain


def test_a_supplement_tells_everything_and_the_day(base: KnowledgeBase) -> None:
    plain = "".join(shown(render(content(base, NoticeKind.SUPPLEMENT)))).replace("\n", "")
    assert "照片" in plain and "近期免冠" in plain and "2026年12月4日前" in plain


def test_paragraphs_of_what_nobody_told_are_left_out(base: KnowledgeBase) -> None:
    new = NewNotice(NoticeKind.ACCEPTANCE, "GA-003", "王女士", "x", details=Details(applied_on=date(2026, 11, 20)))
    told = compose(base, RULES, new, Numbered("N", 1, "C", NOW)).model_dump_json()
    assert "工作日内对申请材料" not in told and "特此告知" in told and "，，" not in told


def test_rare_characters_are_printed_and_unknown_ones_are_marked(base: KnowledgeBase) -> None:
    plain = "".join(shown(render(content(base, recipient="王䶮𬭚"))))
    assert "王䶮𬭚" in plain and NO_GLYPH not in plain
    marked = "".join(shown(render(content(base, recipient="王\U0002ceb0"))))
    assert f"王{NO_GLYPH}" in marked and "手写补正" in marked


def test_control_characters_and_odd_spaces_do_no_harm() -> None:
    assert printable("王\u200b\x07女\u00a0士\ufeff") == "王女 士"
    assert ord("〓") in advances()


def test_the_same_content_gives_the_same_bytes(base: KnowledgeBase) -> None:
    assert render(content(base)) == render(content(base))


def test_long_names_and_long_lists_stay_on_the_paper(base: KnowledgeBase) -> None:
    long = content(base).model_copy(update={"title": "很长的标题" * 12, "office": "办公室" * 30})
    pages = shown(render(long))
    assert "".join(pages).replace("\n", "").count("很长的标题") == 24
    assert "".join(pages).replace("\n", "").count("办公室" * 30 + "（盖章）") == 2
    assert all(width_of(printable(line), 8.5) <= LINE + 0.1 for page in pages for line in page.split("\n"))


def test_a_row_longer_than_a_page_goes_on_on_the_next(base: KnowledgeBase) -> None:
    missing = (Missing("材料", "很长的要求，" * 600),)
    told = Details(applied_on=date(2026, 11, 20), missing=missing, due_on=date(2026, 12, 4))
    new = NewNotice(NoticeKind.SUPPLEMENT, "GA-003", "王女士", "https://x", details=told)
    pages = shown(render(compose(base, RULES, new, Numbered("N", 1, "C", NOW))))
    assert len(pages) >= 4 and all("材料名称" in p for p in pages[: len(pages) // 2 - 1])
    assert "".join(pages).replace("\n", "").count("很长的要求，") >= 900


def test_every_guide_of_the_hall_can_be_printed(words_base: KnowledgeBase) -> None:
    for code in list(words_base.guides)[::9]:
        new = NewNotice(NoticeKind.ONE_TIME, code, "", "https://example.gov.cn")
        told = compose(words_base, RULES, new, Numbered("N", 1, "C", NOW))
        assert render(told).startswith(b"%PDF")
