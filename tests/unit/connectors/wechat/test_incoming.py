from __future__ import annotations

import time
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.incoming import BadMessage, Incoming, Kind, read_incoming

AT = datetime.fromtimestamp(1348831860, UTC)
TO, FROM = "gh_97417a04a28d", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"


def xml(inner: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{TO}]]></ToUserName>\n<FromUserName><![CDATA[{FROM}]]></FromUserName>\n"
        f"<CreateTime>1348831860</CreateTime>\n{inner}</xml>"
    )


def message(kind: str, inner: str) -> str:
    return xml(f"<MsgType><![CDATA[{kind}]]></MsgType>{inner}<MsgId>1234567890123456</MsgId>")


def event(name: str, inner: str = "") -> str:
    return xml(f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{inner}")


def read(text: str) -> Incoming:
    found = read_incoming(text)
    assert (found.openid, found.account, found.created_at) == (FROM, TO, AT)
    assert read_incoming(text.encode()) == found == read_incoming(b"\xef\xbb\xbf" + text.encode())
    return found


TEXT = message("text", "<Content><![CDATA[身份证丢了怎么补？]]></Content>")
VOICE = message(
    "voice", "<MediaId><![CDATA[media_id]]></MediaId><Format><![CDATA[amr]]></Format><MediaId16K>m16</MediaId16K>"
)
MESSAGES = [
    (TEXT, Incoming("m:1234567890123456", FROM, TO, AT, Kind.TEXT, text="身份证丢了怎么补？")),
    (
        message("text", "<Content><![CDATA[满意]]></Content><bizmsgmenuid>101</bizmsgmenuid>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.TEXT, text="满意", menu_id="101"),
    ),
    (VOICE, Incoming("m:1234567890123456", FROM, TO, AT, Kind.VOICE, media_id="media_id", format="amr")),
    (
        VOICE.replace("<MsgId>", "<Recognition><![CDATA[办居住证要什么材料]]></Recognition><MsgId>"),
        Incoming(
            "m:1234567890123456", FROM, TO, AT, Kind.VOICE, text="办居住证要什么材料", media_id="media_id", format="amr"
        ),
    ),
    (
        message("image", "<PicUrl><![CDATA[http://mmbiz.qpic.cn/a]]></PicUrl><MediaId><![CDATA[mi]]></MediaId>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.IMAGE, media_id="mi"),
    ),
    (
        message("video", "<MediaId><![CDATA[mv]]></MediaId><ThumbMediaId><![CDATA[mt]]></ThumbMediaId>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.VIDEO, media_id="mv"),
    ),
    (
        message("shortvideo", "<MediaId><![CDATA[mv]]></MediaId><ThumbMediaId><![CDATA[mt]]></ThumbMediaId>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.SHORTVIDEO, media_id="mv"),
    ),
    (
        message(
            "location",
            "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale>"
            "<Label><![CDATA[广州市天河区]]></Label>",
        ),
        Incoming(
            "m:1234567890123456",
            FROM,
            TO,
            AT,
            Kind.LOCATION,
            text="广州市天河区",
            latitude=23.134521,
            longitude=113.358803,
        ),
    ),
    (
        message(
            "link",
            "<Title><![CDATA[公众平台官网链接]]></Title><Description><![CDATA[链接]]></Description>"
            "<Url><![CDATA[https://example.org/]]></Url>",
        ),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.LINK, text="公众平台官网链接"),
    ),
    (
        message("text", "<Content><![CDATA[【收到不支持的消息类型，暂无法显示】]]></Content>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.OTHER),
    ),
    (
        message("miniprogrampage", "<Title><![CDATA[t]]></Title><AppId><![CDATA[wx1]]></AppId>"),
        Incoming("m:1234567890123456", FROM, TO, AT, Kind.OTHER),
    ),
    (message("something_new", "<What>1</What>"), Incoming("m:1234567890123456", FROM, TO, AT, Kind.OTHER)),
]
TICKET = "<Ticket><![CDATA[gQH47joAAAAAAAAAASxodHRwOi8v]]></Ticket>"
EVENTS = [
    (event("subscribe"), Kind.SUBSCRIBE, ""),
    (event("subscribe", "<EventKey><![CDATA[]]></EventKey>"), Kind.SUBSCRIBE, ""),
    (event("subscribe", f"<EventKey><![CDATA[qrscene_GA-003]]></EventKey>{TICKET}"), Kind.SUBSCRIBE, "GA-003"),
    (event("subscribe", "<EventKey><![CDATA[last_trade_no_4200]]></EventKey>"), Kind.SUBSCRIBE, ""),
    (event("unsubscribe", "<EventKey><![CDATA[]]></EventKey>"), Kind.UNSUBSCRIBE, ""),
    (event("SCAN", f"<EventKey><![CDATA[rate:A03]]></EventKey>{TICKET}"), Kind.SCAN, "rate:A03"),
    (event("CLICK", "<EventKey><![CDATA[MENU_APPOINTMENT]]></EventKey>"), Kind.CLICK, "MENU_APPOINTMENT"),
    (
        event("VIEW", "<EventKey><![CDATA[https://example.org/m?a=1&b=2]]></EventKey><MenuId>4235</MenuId>"),
        Kind.VIEW,
        "https://example.org/m?a=1&b=2",
    ),
    (event("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>"),
     Kind.TEMPLATE_SENT, "success"),
    (event("TEMPLATESENDJOBFINISH", "<MsgID>200163840</MsgID><Status><![CDATA[failed:user block]]></Status>"),
     Kind.TEMPLATE_SENT, "failed:user block"),
    (
        event(
            "scancode_waitmsg",
            "<EventKey><![CDATA[6]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>"
            "<ScanResult><![CDATA[2]]></ScanResult></ScanCodeInfo>",
        ),
        Kind.OTHER,
        "",
    ),
    (event("pic_weixin", "<EventKey>6</EventKey><SendPicsInfo><Count>1</Count></SendPicsInfo>"), Kind.OTHER, ""),
    (event("something_new"), Kind.OTHER, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(text: str, expected: Incoming) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "kind", "told"), EVENTS)
def test_events(text: str, kind: Kind, told: str) -> None:
    found = read(text)
    assert (found.kind, found.text) == (kind, told)
    assert found.key.startswith("e:") and len(found.key) == 34


def test_a_report_of_the_place() -> None:
    found = read(
        event(
            "LOCATION", "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.38</Precision>"
        )
    )
    assert (found.kind, found.latitude, found.longitude) == (Kind.LOCATION_REPORT, 23.137466, 113.352425)


def test_events_that_differ_have_different_keys_and_repeats_the_same() -> None:
    texts = [text for text, _, _ in EVENTS]
    texts += [text.replace("1348831860", "1348831861") for text in texts] + [text.replace(FROM, "oB") for text in texts]
    keys = {read_incoming(text).key for text in texts}
    assert len(keys) == len(texts) - 3  # a subscription with an empty EventKey and one without are the same
    assert {read_incoming(text).key for text in texts} == keys


def test_a_menu_id_belongs_to_texts_alone() -> None:
    assert read(message("image", "<MediaId>m</MediaId><bizmsgmenuid>101</bizmsgmenuid>")).menu_id == ""


def test_white_space_around_a_text_is_dropped_and_characters_are_kept() -> None:
    assert (
        read(message("text", "<Content><![CDATA[  a &amp; <b>\n二👨‍👩‍👧  ]]></Content>")).text
        == "a &amp; <b>\n二👨‍👩‍👧"
    )
    assert read(message("text", f"<Content>{escape('<甲&乙>')}</Content>")).text == "<甲&乙>"
    assert read(message("text", "<Content/>")).text == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_xml"),
        ("<xml/>", "fields"),
        ("<message/>", "root"),
        (TEXT.replace("<xml>", '<!DOCTYPE xml [<!ENTITY a "b">]><xml>'), "dtd"),
        (TEXT.replace(FROM, ""), "user"),
        (TEXT.replace(FROM, "o" * 129), "user"),
        (TEXT.replace(TO, ""), "user"),
        (TEXT.replace("1348831860", "gestern"), "time"),
        (TEXT.replace("1348831860", ""), "time"),
        (TEXT.replace("1348831860", "9" * 30), "time"),
        (TEXT.replace("1234567890123456", ""), "message_id"),
        (TEXT.replace("1234567890123456", "12ab"), "message_id"),
        (TEXT.replace("1234567890123456", "9" * 200), "message_id"),
        (TEXT.replace("<Content>", "<Content><b>x</b>"), "fields"),
        (TEXT.replace("<MsgId>", "<MsgId>1</MsgId><MsgId>"), "repeated"),
        (xml("<MsgType><![CDATA[event]]></MsgType>"), "message_id"),
        (xml("<MsgType></MsgType><MsgId>1</MsgId>"), "fields"),
        (xml("<MsgType><a>text</a></MsgType><MsgId>1</MsgId>"), "fields"),
        (event("LOCATION"), "fields"),
        (event("LOCATION", "<Latitude>nan</Latitude><Longitude>1</Longitude>"), "place"),
        (event("LOCATION", "<Latitude>inf</Latitude><Longitude>1</Longitude>"), "place"),
        (event("LOCATION", "<Latitude>91</Latitude><Longitude>1</Longitude>"), "place"),
        (event("LOCATION", "<Latitude>north</Latitude><Longitude>1</Longitude>"), "fields"),
        (event("subscribe", "<EventKey><a>1</a></EventKey>"), "fields"),
    ],
)
def test_bad_messages(text: str, code: str) -> None:
    with pytest.raises(BadMessage) as error:
        read_incoming(text)
    assert error.value.code == code


def test_bytes_of_another_encoding_are_refused() -> None:
    with pytest.raises(BadMessage, match="encoding"):
        read_incoming(TEXT.encode("gbk"))


def test_a_bomb_is_refused_at_once() -> None:
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    start = time.perf_counter()
    with pytest.raises(BadMessage, match="dtd"):
        read_incoming(f'<!DOCTYPE xml [<!ENTITY a0 "lol">{levels}]>{TEXT.replace("身份证", "&a9;")}')
    assert time.perf_counter() - start < 0.2


def test_deep_elements_do_no_harm() -> None:
    depth = 9_000
    deep = "<a>" * depth + "</a>" * depth
    assert read(TEXT.replace("<MsgId>", deep + "<MsgId>")).kind is Kind.TEXT
    with pytest.raises(BadMessage):
        read_incoming(TEXT.replace("<Content>", f"<Content>{deep}"))


ALL = [text for text, *_ in MESSAGES] + [text for text, *_ in EVENTS]


@given(st.data())
def test_damaged_messages_raise_nothing_else(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(ALL)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        stop = data.draw(st.integers(start, min(start + 60, len(raw))))
        put = data.draw(
            st.one_of(
                st.binary(max_size=6),
                st.sampled_from(
                    [b"<a>", b"</xml>", b"<![CDATA[", b"]]>", b"&#0;", b"&amp;", b"<a b='c'/>", b"", b"-1"]
                ),
            )
        )
        raw[start:stop] = put
    try:
        found = read_incoming(bytes(raw))
    except BadMessage:
        return
    assert found.openid and found.account and len(found.key) <= 80 and isinstance(found.text, str)


@given(st.lists(st.tuples(st.sampled_from(["MsgType", "Event", "EventKey", "MsgId", "Content", "MediaId", "Latitude",
    "Location_X", "MsgID", "Ticket", "DeviceType"]), st.sampled_from(["", "text", "event", "device_event", "voice",
    "scan", "location", "1", "<a/>", "<a>1</a>", "x<a/>y", "subscribe", "qrscene_1", "unsubscribe_poi"])), max_size=8,
    unique_by=lambda pair: pair[0]))  # fmt: skip
def test_strange_mixtures_raise_nothing_else(fields: list[tuple[str, str]]) -> None:
    try:
        found = read_incoming(xml("".join(f"<{name}>{value}</{name}>" for name, value in fields)))
    except BadMessage:
        return
    assert isinstance(found.media_id, str) and isinstance(found.kind, Kind)
