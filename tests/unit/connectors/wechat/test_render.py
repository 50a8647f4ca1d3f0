from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    CardField,
    CardReply,
    Link,
    Option,
    OptionsReply,
    Reply,
    Source,
    TextReply,
    TurnReply,
    TurnStatus,
)
from connectors.wechat.outgoing import Menu, News, Outgoing, Text
from connectors.wechat.render import PageLinks, options_of, render
from connectors.wechat.texts import LIMIT, Words, option_id, picked, size

WORDS = Words(
    reply_number="回复数字即可选择。",
    choose="请您选择：",
    tap="点选一项，或者直接输入您的问题。",
    see_all="查看全部",
    rest="内容较多，这里没有写完。",
    source="来源：{title}",
    source_checked="来源：{title}，{day}核对",
    kinds={"faq": "常见问答", "facility": "大厅信息"},
)
LINKS, NO_LINKS = PageLinks("https://wenban.example.org/"), PageLinks(None)
NAMES = ["name", "location", "legal_basis", "conditions", "materials", "procedure", "time_limit", "fees"]
TITLE = "居民身份证遗失补领"


def turn(*replies: Reply, sources: tuple[Source, ...] = (), item: str | None = None) -> TurnReply:
    return TurnReply(
        turn_id="t1", status=TurnStatus.ANSWERED_GUIDE, item=item, replies=replies, sources=sources, elapsed_ms=1
    )


def card(*fields: tuple[str, str], title: str = TITLE) -> CardReply:
    return CardReply(title=title, fields=tuple(CardField(disclosure=d, label=f"标签{d}", text=t) for d, t in fields))


def options(text: str, *titles: str) -> OptionsReply:
    return OptionsReply(text=text, options=tuple(Option(title=t, payload=f"p:{t}") for t in titles))


def source(code: str = "GA-003", title: str = TITLE) -> Source:
    return Source(kind="guide", id=code, title=title, disclosure="materials", checked_on="2026-11-01")


def passive(reply: TurnReply, links: PageLinks = LINKS) -> list[Outgoing]:
    return render(reply, links, WORDS, passive=True)


def pushed(reply: TurnReply, links: PageLinks = LINKS) -> list[Outgoing]:
    return render(reply, links, WORDS, passive=False)


FEES = turn(card(("fees", "20元")), sources=(source(),), item="GA-003")


def test_texts_options_and_card_become_one_text() -> None:
    reply = turn(
        TextReply(text="您好。"),
        card(("materials", "1. 户口簿\n2. 照片"), ("fees", "20元")),
        options("您还想问：", "办理时限", "我要预约"),
        sources=(source(), source()),
        item="GA-003",
    )
    assert passive(reply) == [
        Text(
            f"您好。\n\n【{TITLE}】\n标签materials：\n1. 户口簿\n2. 照片\n\n标签fees：20元\n"
            '<a href="https://wenban.example.org/m/guides/GA-003?d=materials,fees">查看全部</a>\n\n'
            f"来源：{TITLE}，2026-11-01核对\n\n"
            "您还想问：\n1. 办理时限\n2. 我要预约\n回复数字即可选择。"
        )
    ]


def test_without_pages_there_is_no_link() -> None:
    assert passive(FEES, NO_LINKS) == [Text(f"【{TITLE}】\n标签fees：20元\n\n来源：{TITLE}，2026-11-01核对")]


def test_pushed_options_are_menus() -> None:
    reply = turn(TextReply(text="您好。"), options("您要办哪一项？", "补领", "换领"))
    entries = ((option_id("p:补领"), "补领"), (option_id("p:换领"), "换领"))
    assert pushed(reply) == [Text("您好。"), Menu("您要办哪一项？", entries, WORDS.tap)]


def test_a_menu_has_short_entries_and_a_short_head() -> None:
    reply = turn(options("很长。" * 150, "办" * 80, "短"))
    head, menu = pushed(reply)
    assert head == Text("很长。" * 150)
    assert isinstance(menu, Menu) and menu.head == WORDS.choose
    assert all(size(title) <= 128 for _, title in menu.options)
    assert picked(menu.options[0][1], options_of(reply), menu.options[0][0]) == "p:" + "办" * 80


def test_numbers_run_through_several_lists_and_pick_what_they_show() -> None:
    titles = [f"事项{n}" for n in range(1, 9)]
    reply = turn(options("您要办哪一项？", *titles[:5]), options("还有：", *titles[5:]))
    (text,) = passive(reply)
    assert isinstance(text, Text)
    shown = dict(re.findall(r"^(\d)\. (.*)$", text.text, re.M))
    assert len(shown) == 8
    for number, title in shown.items():
        assert picked(number, options_of(reply)) == f"p:{title}"
    assert [len(part.options) for part in pushed(reply) if isinstance(part, Menu)] == [5, 3]


@pytest.mark.parametrize("as_answer", [True, False])
def test_the_card_of_a_whole_guide_is_an_article(as_answer: bool) -> None:
    whole = turn(card(*((name, "内容" * 300) for name in NAMES)), sources=(source(),), item="GA-003")
    (news,) = render(whole, LINKS, WORDS, passive=as_answer)
    assert isinstance(news, News)
    assert (news.title, news.url) == (TITLE, "https://wenban.example.org/m/guides/GA-003")
    assert "标签materials" in news.description and size(news.description) <= 360


def test_a_whole_guide_without_a_page_is_told_in_texts() -> None:
    whole = turn(card(*((name, "内容。" * 100) for name in NAMES)), sources=(source(),), item="GA-003")
    parts = passive(whole, NO_LINKS)
    assert len(parts) > 2 and all(isinstance(part, Text) and size(part.text) <= LIMIT for part in parts)
    assert "".join(part.text for part in parts if isinstance(part, Text)).count("内容") == 800


def test_a_long_card_is_cut_at_a_paragraph_and_leads_to_its_page() -> None:
    fields = [("conditions", "条件。" * 60), ("materials", "材料。" * 80), ("procedure", "流程。" * 100)]
    reply = turn(card(*fields), options("您还想问：", "我要预约"), sources=(source(),), item="GA-003")
    (text,) = passive(reply)
    assert isinstance(text, Text) and size(text.text) <= LIMIT
    assert "材料。" * 80 in text.text and "流程" not in text.text
    assert "\n……\n<a href=" in text.text and "来源：" in text.text
    assert text.text.endswith("1. 我要预约\n回复数字即可选择。")
    first, menu = pushed(reply)
    assert isinstance(first, Text) and isinstance(menu, Menu)
    assert size(first.text) <= LIMIT


def test_one_very_long_field_is_cut_at_a_line() -> None:
    lines = "\n".join(f"{n}. 材料名称（原件1份）" for n in range(1, 200))
    (text,) = passive(turn(card(("materials", lines)), sources=(source(),), item="GA-003"))
    assert isinstance(text, Text) and LIMIT * 2 / 3 < size(text.text) <= LIMIT
    assert re.search(r"（原件1份）\n……\n<a href=", text.text)


def test_a_cut_card_leaves_room_for_the_options() -> None:
    lines = "\n".join(f"{n}. 材料名称（原件1份）" for n in range(1, 200))
    titles = [f"第{n}个可以选的情形" for n in range(1, 6)]
    reply = turn(card(("materials", lines)), options("您属于哪种情形？", *titles), sources=(source(),), item="GA-003")
    (text,) = passive(reply)
    assert isinstance(text, Text) and LIMIT - 60 < size(text.text) <= LIMIT
    assert all(f"\n{n}. {title}\n" in text.text for n, title in enumerate(titles, 1))


def test_each_card_leads_to_its_own_page() -> None:
    reply = turn(
        card(("fees", "费" * 500)),
        card(("fees", "用" * 500), title="居住证申领"),
        sources=(source(), source("GA-010", "居住证申领")),
        item="GA-003",
    )
    (text,) = passive(reply)
    assert isinstance(text, Text) and size(text.text) <= LIMIT
    assert re.findall(r"guides/(.{6})", text.text) == ["GA-003", "GA-010"]
    assert text.text.count("……") == 2


def test_long_texts_follow_as_further_messages_with_the_options_last() -> None:
    reply = turn(TextReply(text="一句话。" * 300), options("您还想问：", "甲"))
    parts = passive(reply)
    assert [type(part) for part in parts] == [Text, Text, Menu]
    assert "".join(part.text for part in parts if isinstance(part, Text)) == "一句话。" * 300


def test_no_more_messages_than_the_platform_lets_us_send() -> None:
    reply = turn(TextReply(text="一句话。" * 2_000), options("您还想问：", "甲"))
    for parts in (passive(reply), pushed(reply)):
        assert [type(part) for part in parts] == [Text, Text, Text, Text, Menu]
        told = parts[3]
        assert isinstance(told, Text) and told.text.endswith(f"一句话。\n\n{WORDS.rest}") and size(told.text) <= LIMIT


def test_sources_of_all_kinds() -> None:
    faq = Source(kind="faq", id="F1", title="身份证丢了怎么办", checked_on="2026-10-01")
    hall = Source(kind="facility", id="hours", title="开放时间")
    assert passive(turn(TextReply(text="答。"), sources=(faq, hall, hall))) == [
        Text("答。\n\n来源：常见问答：身份证丢了怎么办，2026-10-01核对\n来源：大厅信息：开放时间")
    ]


def test_a_disclosure_that_repeats_the_title_is_not_said_again() -> None:
    (text,) = passive(turn(card(("name", TITLE), ("fees", "免费"))), NO_LINKS)
    assert isinstance(text, Text) and text.text == f"【{TITLE}】\n标签fees：免费"


def test_links_of_a_card_are_told_if_they_can_be_opened() -> None:
    links = (Link(title="表格", url="https://example.org/a.pdf"), Link(title="坏", url='javascript:"'))
    reply = turn(CardReply(title="表格下载", fields=(), links=links))
    assert passive(reply) == [Text('【表格下载】\n<a href="https://example.org/a.pdf">表格</a>')]


def test_nothing_to_say() -> None:
    assert passive(turn()) == pushed(turn()) == passive(turn(TextReply(text=" "))) == []


def test_addresses_are_quoted() -> None:
    assert PageLinks("https://a.cn").guide('a/"b', ["fees"]) == "https://a.cn/m/guides/a%2F%22b?d=fees"
    assert PageLinks("https://a.cn").guide("GA-003", NAMES) == "https://a.cn/m/guides/GA-003"
    assert PageLinks("").guide("GA-003", []) is None


SENTENCES = st.text(st.sampled_from("办身份证。，\n😀a1 👍🏽"), max_size=900)
REPLIES = st.one_of(
    st.builds(TextReply, text=SENTENCES),
    st.builds(
        lambda text, titles: options(text, *titles),
        SENTENCES,
        st.lists(SENTENCES.filter(str.strip), min_size=1, max_size=5),
    ),
    st.builds(
        lambda texts, title: card(*zip(NAMES, texts, strict=False), title=title),
        st.lists(SENTENCES, max_size=8),
        st.sampled_from([TITLE, "别的"]),
    ),
)


@given(
    st.lists(REPLIES, max_size=4), st.booleans(), st.sampled_from([LINKS, NO_LINKS]), st.sampled_from([None, "GA-003"])
)
def test_every_message_can_be_sent(replies: list[Reply], first: bool, links: PageLinks, item: str | None) -> None:
    reply = turn(*replies, sources=(source(),) if item else (), item=item)
    parts = render(reply, links, WORDS, passive=first)
    assert sum(isinstance(part, Text) for part in parts) <= 5 + len(replies)
    for part in parts:
        match part:
            case Text(text):
                assert text.strip() and size(text) <= LIMIT
                assert text.count("<a ") == text.count("</a>")
            case Menu(head, entries, tail):
                assert head and tail and 1 <= len(entries) <= 5 and size(head) <= 1024
                assert all(title.strip() and size(title) <= 128 for _, title in entries)
            case News(title, description, url):
                assert title and size(description) <= 360 and url.startswith("https://")
