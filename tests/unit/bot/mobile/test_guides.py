"""Guides for everybody: the texts of an answer, laid out; and the way to them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.mobile.page import STYLE_MARK
from bot.mobile.paragraphs import blocks, linked
from bot.mobile.routes import routes
from bot.settings import load_settings
from bot.wording.wording import load_wording
from knowledge.base import KnowledgeBase
from knowledge.model import Disclosure
from tests.conftest import FakeEncoder
from tests.unit.bot.mobile.conftest import EVIL
from tests.unit.bot.mobile.helpers import HOST, VAULT, tags
from tests.unit.bot.web import app_of

EIGHT = [disclosure.value for disclosure in Disclosure]


def folds(html: str) -> dict[str, bool]:
    """The disclosures in their order, and which are unfolded."""
    return {str(a["id"]): "open" in a for tag, a in tags(html) if tag == "details"}


def test_a_guide_has_its_eight_disclosures_in_order(client: TestClient) -> None:
    page = client.get("/m/guides/GA-003")
    assert page.status_code == 200 and list(folds(page.text)) == EIGHT
    assert [name for name, is_open in folds(page.text).items() if is_open] == ["location", "materials"]
    for said in ("居民身份证遗失补领", "最近核对", "2026年11月1日", "原件1份，主要材料", "每证工本费40元。",
                 "《中华人民共和国居民身份证法》第十一条", "我要预约居民身份证遗失补领", "关闭这个页面"):  # fmt: skip
        assert said in page.text
    assert 'href="tel:0000-10000001"' in page.text
    assert 'href="https://example.gov.cn/a?b=1&amp;c=2"' in page.text


@pytest.mark.parametrize(
    ("asked", "unfolded"),
    [("fees", ["fees"]), ("fees,materials", ["materials", "fees"]), ("nonsense", ["location", "materials"])],
)
def test_it_unfolds_what_was_asked(client: TestClient, asked: str, unfolded: list[str]) -> None:
    found = folds(client.get("/m/guides/GA-003", params={"d": asked}).text)
    assert [name for name, is_open in found.items() if is_open] == unfolded


def test_a_situation_is_chosen_by_a_link(client: TestClient) -> None:
    general = client.get("/m/guides/GA-003?d=fees").text
    assert 'href="/m/guides/GA-003?s=minor&amp;d=fees"' in general
    minor = client.get("/m/guides/GA-003?s=minor").text
    assert "监护人身份证" in minor and "居民户口簿" not in minor
    chosen = [a["href"] for tag, a in tags(minor) if tag == "a" and a.get("aria-current")]
    assert chosen == ["/m/guides/GA-003?s=minor"]
    assert client.get("/m/guides/GA-003?s=nobody").text == client.get("/m/guides/GA-003").text


def test_the_texts_are_those_of_an_answer(client: TestClient, base: KnowledgeBase) -> None:
    page = client.get("/m/guides/GA-003").text
    for field in base.writer.answer(base.guides["GA-003"], ()).fields:
        for entry in (entry for block in blocks(field.text) for entry in block.entries):
            assert str(linked(entry.text)) in page
            assert all(str(linked(note)) in page for note in entry.notes)


@pytest.mark.parametrize("code", ["GA-999", "GA-004", "<script>", "ga-003", "GA-003 "])
def test_unknown_and_expired_codes_are_told_kindly(client: TestClient, code: str) -> None:
    page = client.get(f"/m/guides/{code}")
    assert page.status_code == 404 and "很抱歉" in page.text and 'name="q"' in page.text and "<script" not in page.text


def test_what_is_missing_or_old_is_said(client: TestClient) -> None:
    guest = client.get("/m/guides/XX-001").text
    assert "还没有公布" in guest and "收费标准" in guest and "水务局" in guest and "我要预约" not in guest
    assert "上次核对是2020-01-01" in client.get("/m/guides/GA-005").text


def test_names_do_no_harm(client: TestClient) -> None:
    for path in ("/m/guides/GA-005", "/m/guides", "/m/rating?code=GA-005", f"/m/guides?q={EVIL}"):
        page = client.get(path).text
        assert str(escape(EVIL))[:20] in page and "<script" not in page
    assert "<script" not in client.get("/m/guides/GA-003", params={"s": EVIL, "d": EVIL}).text


def test_search_finds_by_name_alias_and_words(client: TestClient) -> None:
    for asked in ("身份证", "身份证挂失补领", "身份证丢了"):
        assert 'href="/m/guides/GA-003"' in client.get("/m/guides", params={"q": asked}).text
    assert 'href="/m/guides/XX-001"' in client.get("/m/guides", params={"q": "排水"}).text
    nothing = client.get("/m/guides", params={"q": "zzzz"}).text
    assert "没有找到" in nothing and "items" not in nothing
    assert "GA-004" not in client.get("/m/guides", params={"q": "过期事项"}).text


def test_without_a_query_items_stand_by_department(client: TestClient) -> None:
    page = client.get("/m/guides").text
    assert "公安局" in page and "6项" not in page and "5项" in page and "GA-003" in page
    assert "XX-001" not in page and "GA-004" not in page


@given(st.text(max_size=80))
def test_any_query_gets_a_page(shared: TestClient, query: str) -> None:
    assert shared.get("/m/guides", params={"q": query.encode("utf-8", "replace").decode()}).status_code == 200


@pytest.fixture(scope="session")
def shared(base: KnowledgeBase) -> TestClient:
    """Without a database: guides need none."""
    library = cast(Any, SimpleNamespace(current=base))
    desk = Desk(load_settings(), cast(Any, None), VAULT, library, load_wording(), FakeEncoder())
    return TestClient(app_of(desk, routes()), base_url=HOST)


def test_the_style_sheet_lasts_under_its_own_mark(client: TestClient) -> None:
    (sheet,) = [a["href"] for tag, a in tags(client.get("/m/guides").text) if tag == "link"]
    assert sheet == f"/m/style/{STYLE_MARK}.css"
    answer = client.get(sheet)
    assert answer.headers["content-type"].startswith("text/css") and "immutable" in answer.headers["cache-control"]
    assert client.get("/m/style/0000.css").headers["cache-control"] == "no-cache"


def test_lines_are_laid_out_and_no_word_is_lost() -> None:
    first = "1. 户口簿（副本）（原件1份，主要材料，来源：公安机关（派出所））\n　　说明：可以不带。\n2. 照片"
    text = f"{first}\n\n【未成年人】\n· 一项\n随便"
    numbered, heading, bullet, plain = blocks(text)
    assert [(e.number, e.text, e.details, e.notes) for e in numbered.entries] == [
        (1, "户口簿（副本）", "原件1份，主要材料，来源：公安机关（派出所）", ["说明：可以不带。"]),
        (2, "照片", "", []),
    ]
    kinds = [heading.kind, bullet.kind, plain.kind]
    assert kinds == ["heading", "bullet", "plain"] and plain.entries[0].text == "随便"


def test_every_line_of_every_guide_is_kept(words_base: KnowledgeBase) -> None:
    for guide in words_base.guides.values():
        for field in words_base.writer.answer(guide, ()).fields:
            entries = [entry for block in blocks(field.text) for entry in block.entries]
            kept = "".join(f"{e.number or ''}{e.text}{e.details}{''.join(e.notes)}" for e in entries)
            drop = str.maketrans("", "", "【】（）·. 　\n")
            assert kept.translate(drop) == field.text.translate(drop)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("网址：https://a.gov.cn/x?y=1。", ["https://a.gov.cn/x?y=1"]),
        ("咨询电话：公安局0000-10000001", ["tel:0000-10000001"]),
        ("电话：12345", ["tel:12345"]), ("拨打12333咨询", ["tel:12333"]), ("收费12345元", []),
        ("发改价格〔2003〕2322号", []),
        ("javascript:alert(1)", []), ("身份证号码110101199001011234", []),
    ],
)  # fmt: skip
def test_addresses_and_telephones_become_links(text: str, targets: list[str]) -> None:
    assert [a["href"] for _tag, a in tags(str(linked(text)))] == targets


@given(st.text(alphabet="<>&\"'ahtps:/.1电话0-", max_size=60))
def test_linked_text_is_always_escaped(text: str) -> None:
    found = tags(str(linked(text)))
    assert {tag for tag, _ in found} <= {"a"} and all(set(a) == {"href", "rel"} for _, a in found)
