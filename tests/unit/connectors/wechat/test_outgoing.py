from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, News, Outgoing, Text, to_document
from connectors.wechat.passive import passive_reply
from connectors.wechat.texts import clean

NOW = datetime.fromtimestamp(1714112445, UTC)
INCOMING = Incoming("m:1", "oOpenid", "gh_97417a04a28d", NOW, Kind.TEXT, text="您好")


def fields(out: Outgoing) -> ElementTree.Element:
    return ElementTree.fromstring(passive_reply(out, INCOMING, NOW))


def test_documents_of_customer_service_messages() -> None:
    assert to_document(Text("您好")) == {"msgtype": "text", "text": {"content": "您好"}}
    assert to_document(Menu("请选择：", (("101", "甲"), ("102", "乙")), "谢谢。")) == {
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "请选择：",
            "list": [{"id": "101", "content": "甲"}, {"id": "102", "content": "乙"}],
            "tail_content": "谢谢。",
        },
    }
    assert to_document(News("标题", "说明", "https://example.org/", "https://example.org/a.png")) == {
        "msgtype": "news",
        "news": {
            "articles": [
                {
                    "title": "标题",
                    "description": "说明",
                    "url": "https://example.org/",
                    "picurl": "https://example.org/a.png",
                }
            ]
        },
    }


def test_documents_are_json() -> None:
    for out in (Text("a"), Menu("a", (("1", "b"),), "c"), News("a", "b", "c")):
        document = to_document(out)
        assert json.loads(json.dumps(document)) == document


def test_a_passive_text() -> None:
    found = fields(Text("您好，请带<身份证>&户口簿。"))
    assert found.findtext("ToUserName") == "oOpenid"
    assert found.findtext("FromUserName") == "gh_97417a04a28d"
    assert found.findtext("CreateTime") == "1714112445"
    assert found.findtext("MsgType") == "text"
    assert found.findtext("Content") == "您好，请带<身份证>&户口簿。"


def test_a_passive_article() -> None:
    found = fields(News("办事指南", "八项公开 ]]> 内容", "https://example.org/m?a=1&b=2"))
    assert (found.findtext("MsgType"), found.findtext("ArticleCount")) == ("news", "1")
    assert found.findtext("Articles/item/Title") == "办事指南"
    assert found.findtext("Articles/item/Description") == "八项公开 ]]> 内容"
    assert found.findtext("Articles/item/Url") == "https://example.org/m?a=1&b=2"
    assert len(found.findall("Articles/item")) == 1


def test_a_passive_menu_is_numbered_lines() -> None:
    found = fields(Menu("请选择：", (("101", "甲"), ("102", "乙")), "回复数字即可选择。"))
    assert found.findtext("Content") == "请选择：\n1. 甲\n2. 乙\n回复数字即可选择。"


def test_the_limit_counts_bytes() -> None:
    assert fields(Text("中" * 682 + "a")).findtext("Content") == "中" * 682 + "a"
    with pytest.raises(ValueError, match="too long"):
        passive_reply(Text("中" * 683), INCOMING, NOW)


def test_nobody_can_write_elements_into_a_reply() -> None:
    found = fields(Text("]]></Content><MsgType><![CDATA[image]]></MsgType><Content><![CDATA["))
    assert [child.tag for child in found].count("MsgType") == 1
    assert found.findtext("MsgType") == "text"


@given(st.text(st.characters(codec=None), max_size=300))
def test_every_text_makes_good_xml(text: str) -> None:
    content = fields(Text(text)).findtext("Content")
    assert (content or "") == clean(text)
    for part in (News(text, text, "https://example.org/"), Menu(text, (("1", text),), text)):
        passive_reply(part, INCOMING, NOW).encode()
