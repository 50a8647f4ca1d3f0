"""What the stand-in takes for a passive reply, and what not."""

import pytest
from wechatpy.crypto import WeChatCrypto

from connectors.wechat_standin.messages import xml_of
from connectors.wechat_standin.model import Mode, StandInAccount
from connectors.wechat_standin.replies import BadReply, read_reply
from tests.unit.connectors.wechat_standin.callback import OPENID, reply, reply_fields, sealed

PLAIN, SAFE = StandInAccount(mode=Mode.PLAIN), StandInAccount(mode=Mode.ENCRYPTED)
ARTICLE = {"Title": "身份证遗失补领", "Description": "所需材料", "PicUrl": "", "Url": "https://example.cn/m"}


def read(account: StandInAccount, body: bytes) -> object:
    return read_reply(account, body, OPENID, 2047)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"ToUserName": "oSomebodyElse"}, "openid"),
        ({"FromUserName": "gh_another"}, "account"),
        ({"CreateTime": "now"}, "CreateTime"),
        ({"MsgType": "msgmenu"}, "MsgType"),
        ({"Content": ""}, "empty"),
        ({"Content": "字" * 683}, "2047"),
        ({"MsgType": "news", "ArticleCount": 0}, "article"),
        ({"MsgType": "news", "ArticleCount": 1, "Articles": {"item": {"Title": "少了其他"}}}, "element"),
    ],
)
def test_wrong_content(changed: dict[str, object], problem: str) -> None:
    with pytest.raises(BadReply, match=problem):
        read(PLAIN, reply(PLAIN, **changed))


def test_longest_text() -> None:
    passive = read_reply(PLAIN, reply(PLAIN, Content="字" * 682 + "a"), OPENID, 2047)
    assert passive
    assert len(passive.text.encode()) == 2047


def test_news() -> None:
    passive = read_reply(SAFE, reply(SAFE, MsgType="news", ArticleCount=1, Articles={"item": ARTICLE}), OPENID, 2047)
    assert passive
    assert passive.encrypted
    assert passive.content["articles"][0] == {k.lower(): v for k, v in ARTICLE.items()}


def test_a_reply_sealed_by_another_implementation() -> None:
    other = WeChatCrypto(SAFE.token, SAFE.aes_key, SAFE.app_id)
    passive = read_reply(SAFE, other.encrypt_message(xml_of(reply_fields(SAFE)), "n", "1").encode(), OPENID, 2047)
    assert passive
    assert passive.text == "您好"


def test_wrong_envelopes() -> None:
    xml = xml_of(reply_fields(SAFE))
    stranger = StandInAccount(app_id="wx0000000000000000")
    for account, body, problem in [
        (SAFE, xml.encode(), "plain reply"),
        (PLAIN, sealed(PLAIN, xml), "encrypted reply"),
        (SAFE, sealed(SAFE, xml, MsgSignature="0" * 40), "MsgSignature"),
        (SAFE, sealed(SAFE, xml, Nonce=""), "missing"),
        (SAFE, sealed(stranger, xml), "app id"),
        (SAFE, sealed(StandInAccount(aes_key="A" * 43), xml), "decrypted"),
        (PLAIN, b"\xff\xfe", "UTF-8"),
        (PLAIN, b"<xml>", "no XML"),
        (PLAIN, b"<html/>", "root"),
        (PLAIN, b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>', "document type"),
    ]:
        with pytest.raises(BadReply, match=problem):
            read(account, body)
