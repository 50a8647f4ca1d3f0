"""The callback address against the stand-in platform: all three modes, and whatever a stranger can send."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from connectors.wechat.account import Account, Mode
from connectors.wechat.callback import PATH, Replay, Signed, callback_router
from connectors.wechat.envelope import MAX_BYTES
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, News, Outgoing, Text
from connectors.wechat_standin import crypto, messages
from connectors.wechat_standin.model import Channel, Limits, StandInAccount
from connectors.wechat_standin.model import Mode as StandInMode
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.push import Pusher

OPENID = "oCitizen_of_the_tests_000001"
SECRET = "我叫王女士，电话13800001234"
NEWS = News("身份证补领", "申报材料、收费标准", "https://hall.example/m/guides/GA-003?d=a,b")
MENU = Menu("请您选择：", (("12", "护照"), ("13", "身份证")), "请点选。")
Fields = dict[str, object]


@dataclass
class Receiver:
    """Answers `out` to everything, or raises it; refuses a signature that it saw with another message."""

    out: Outgoing | Exception | None = field(default_factory=lambda: Text("您好 <b> & ]]>"))
    got: list[Incoming] = field(default_factory=list)
    signed: dict[Signed, str] = field(default_factory=dict)
    listened: list[tuple[str, bool]] = field(default_factory=list)

    async def told(self, incoming: Incoming, listens: bool) -> None:
        self.listened.append((incoming.key, listens))

    async def __call__(self, incoming: Incoming, signed: Signed) -> Outgoing | None:
        if self.signed.setdefault(signed, incoming.key) != incoming.key:
            raise Replay
        self.got.append(incoming)
        if isinstance(self.out, Exception):
            raise self.out
        return self.out


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


Made = Callable[..., Pusher]


@pytest.fixture
def pusher_of(receiver: Receiver) -> Made:
    """WeChat, pushing to an app of our callback alone; both sides in the same mode unless told otherwise."""

    def make(mode: str = "encrypted", ours: str | None = None, raise_errors: bool = True) -> Pusher:
        theirs = StandInAccount(mode=StandInMode(mode))
        own_mode = Mode(ours or mode)
        aes_key = None if own_mode is Mode.PLAIN else theirs.aes_key
        app = FastAPI()
        app.include_router(
            callback_router(
                Account(theirs.app_id, theirs.secret, theirs.token, aes_key, own_mode), receiver, receiver.told
            )
        )
        platform = Platform(theirs, Limits())
        platform.callback_url = f"http://hall.example{PATH}"
        return Pusher(platform, httpx.ASGITransport(app, raise_app_exceptions=raise_errors))

    return make


@pytest.fixture
def pusher(pusher_of: Made) -> Pusher:
    return pusher_of()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """What the callback logged; never a text, an openid or a signature."""
    with caplog.at_level(logging.DEBUG, logger="connectors.wechat"):
        yield lambda: [r.getMessage() for r in caplog.records if r.name.startswith("connectors.wechat.")]
    assert not any(secret in caplog.text for secret in ("王女士", "13800001234", OPENID))


def text_of(pusher: Pusher, content: str = SECRET, **more: object) -> Fields:
    """The fields of a message as they would be pushed."""
    return {
        "ToUserName": pusher.platform.account.original_id,
        "FromUserName": OPENID,
        "CreateTime": int(time.time()),
        **messages.text(content),
        "MsgId": pusher.platform.next_message_id(),
        **more,
    }


def aged(pusher: Pusher, body: bytes, seconds: int, encrypted: str | None = None) -> dict[str, str]:
    """The query of a push that was rightly signed so many seconds ago."""
    token, stamp, nonce = pusher.platform.account.token, str(int(time.time()) - seconds), "n1"
    query = {"timestamp": stamp, "nonce": nonce, "signature": crypto.signature(token, stamp, nonce)}
    if encrypted is not None:
        query |= {"encrypt_type": "aes", "msg_signature": crypto.signature(token, stamp, nonce, encrypted)}
    return query


def sealed(pusher: Pusher, xml: str, app_id: str | None = None) -> tuple[dict[str, str], bytes]:
    """A rightly signed and encrypted push of any XML."""
    account = pusher.platform.account
    encrypted = crypto.encrypt(account.aes_key, app_id or account.app_id, xml)
    body = messages.xml_of({"ToUserName": account.original_id, "Encrypt": encrypted}).encode()
    return aged(pusher, body, 0, encrypted), body


def refused(response: httpx.Response, status: int) -> None:
    assert (response.status_code, response.content) == (status, b"")


@pytest.mark.parametrize("mode", Mode)
async def test_the_address_is_verified(pusher_of: Made, mode: str) -> None:
    pusher = pusher_of(mode)
    assert await pusher.echo()
    response = await pusher.send_raw(b"", pusher.signed(echostr="<b>7</b>"), method="GET")
    assert response.headers["content-type"].startswith("text/plain")


async def test_a_forged_verification_is_refused(pusher: Pusher, logged: Callable[[], list[str]]) -> None:
    right = pusher.signed(echostr="7")
    for wrong in (
        {**right, "signature": "0" * 40},
        {**right, "nonce": "1"},
        {**right, "timestamp": "x"},
        {"echostr": "7"},
        {},
    ):
        refused(await pusher.send_raw(b"", wrong, method="GET"), 403)
    refused(await pusher.send_raw(b"", {**aged(pusher, b"", 400), "echostr": "7"}, method="GET"), 403)
    refused(await pusher.send_raw(b"", {**right, "echostr": "\n"}, method="GET"), 400)
    assert logged()[-2:] == ["wechat_refused code=stale status=403", "wechat_refused code=echo status=400"]
    assert logged()[0] == "wechat_forged code=signature status=403" and len(logged()) == 7


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("out", [Text("您好 <b> & ]]>"), NEWS, MENU, None])
async def test_a_message_is_answered_in_its_mode(
    pusher_of: Made, receiver: Receiver, mode: str, out: Outgoing | None
) -> None:
    pusher, receiver.out = pusher_of(mode), out
    result = await pusher.text(OPENID, SECRET, menu_id="7")
    (incoming,) = receiver.got
    assert (incoming.openid, incoming.kind, incoming.text, incoming.menu_id) == (OPENID, Kind.TEXT, SECRET, "7")
    assert (result.status, result.tries, result.problem) == (200, 1, None)
    seen = pusher.platform.seen(OPENID, Channel.PASSIVE)
    match out:
        case None:
            assert seen == []
        case Text(text):
            assert [one.text for one in seen] == [text]
        case Menu():
            assert [one.text for one in seen] == ["请您选择：\n1. 护照\n2. 身份证\n请点选。"]
        case News(title, description, url):
            article = {"title": title, "description": description, "url": url, "picurl": ""}
            assert [one.content for one in seen] == [{"articles": [article]}]
    assert result.passive is None or result.passive.encrypted == (mode != Mode.PLAIN)


async def test_every_kind_arrives(pusher: Pusher, receiver: Receiver) -> None:
    await pusher.voice(OPENID, "身份证丢了。")
    await pusher.voice(OPENID)
    await pusher.image(OPENID)
    await pusher.video(OPENID)
    await pusher.video(OPENID, short=True)
    await pusher.location(OPENID, 30.5, 114.25, "湖边")
    await pusher.link(OPENID, "标题", "https://elsewhere.example")
    await pusher.subscribe(OPENID)
    await pusher.subscribe(OPENID, "window:A01")
    await pusher.scan(OPENID, "window:A02")
    await pusher.click(OPENID, "says:我要预约")
    await pusher.view(OPENID, "https://hall.example/m/guides")
    await pusher.report_location(OPENID, 30.5, 114.25)
    await pusher.template_sent(OPENID, 7)
    await pusher.unsubscribe(OPENID)
    assert [(one.kind.value, one.text) for one in receiver.got] == [
        ("voice", "身份证丢了。"), ("voice", ""), ("image", ""), ("video", ""), ("shortvideo", ""),
        ("location", "湖边"), ("link", "标题"), ("subscribe", ""), ("subscribe", "window:A01"),
        ("scan", "window:A02"), ("click", "says:我要预约"), ("view", "https://hall.example/m/guides"),
        ("location_report", ""), ("template_sent", "success"), ("unsubscribe", ""),
    ]  # fmt: skip
    assert len({one.key for one in receiver.got}) == len(receiver.got)
    assert all(one.openid == OPENID and one.created_at <= datetime.now(UTC) for one in receiver.got)


async def test_a_repeat_arrives_with_the_same_key(pusher: Pusher, receiver: Receiver) -> None:
    fields = text_of(pusher)
    for _ in range(2):
        query, body = pusher.compose(fields)
        assert (await pusher.send_raw(body, query)).status_code == 200
    assert receiver.got[0].key == receiver.got[1].key == f"m:{fields['MsgId']}"
    assert len(receiver.signed) == 2


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", ["signature", "nonce", "timestamp"])
async def test_a_forged_push_is_refused(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], mode: str, name: str
) -> None:
    pusher = pusher_of(mode)
    query, body = pusher.compose(text_of(pusher))
    for value in ("", "0" * 40, query[name][:-1], "签名"):
        refused(await pusher.send_raw(body, {**query, name: value}), 403)
    refused(await pusher.send_raw(body), 403)
    assert receiver.got == [] and len(logged()) == 5
    assert all(line.startswith("wechat_forged code=") and line.endswith("status=403") for line in logged())


async def test_a_changed_body_is_refused(pusher: Pusher, receiver: Receiver, logged: Callable[[], list[str]]) -> None:
    query, body = pusher.compose(text_of(pusher))
    other = pusher.compose(text_of(pusher))[1]
    refused(await pusher.send_raw(other, query), 403)
    refused(await pusher.send_raw(body, {**query, "msg_signature": "0" * 40}), 403)
    refused(await pusher.send_raw(*reversed(sealed(pusher, messages.xml_of(text_of(pusher)), "wxOther"))), 403)
    codes = [line.split()[1] for line in logged()]
    assert codes == ["code=msg_signature", "code=msg_signature", "code=app_id"] and receiver.got == []


@pytest.mark.parametrize("mode", Mode)
async def test_a_stale_push_is_refused(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], mode: str
) -> None:
    pusher = pusher_of(mode)
    xml = messages.xml_of(text_of(pusher))
    account = pusher.platform.account
    encrypted = None if mode == Mode.PLAIN else crypto.encrypt(account.aes_key, account.app_id, xml)
    body = (xml if encrypted is None else messages.xml_of({"Encrypt": encrypted})).encode()
    for seconds in (310, -310):
        refused(await pusher.send_raw(body, aged(pusher, body, seconds, encrypted)), 403)
    assert logged() == ["wechat_refused code=stale status=403"] * 2 and receiver.got == []
    assert (await pusher.send_raw(body, aged(pusher, body, 280, encrypted))).status_code == 200


@pytest.mark.parametrize("mode", Mode)
async def test_a_replay_is_refused(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], mode: str
) -> None:
    """The address of one message with another body; in plain mode that is all a stranger needs."""
    pusher = pusher_of(mode)
    query, body = pusher.compose(text_of(pusher))
    assert (await pusher.send_raw(body, query)).status_code == 200
    assert (await pusher.send_raw(body, query)).status_code == 200, "a repeat"
    other = text_of(pusher)
    if mode == Mode.PLAIN:
        again = messages.xml_of(other).encode()
    else:
        account = pusher.platform.account
        encrypted = crypto.encrypt(account.aes_key, account.app_id, messages.xml_of(other))
        query["msg_signature"] = crypto.signature(account.token, query["timestamp"], query["nonce"], encrypted)
        again = messages.xml_of({"Encrypt": encrypted}).encode()
    refused(await pusher.send_raw(again, query), 403)
    assert logged() == ["wechat_refused code=replayed status=403"]


async def test_in_compatible_mode_a_heard_address_is_good_for_no_plain_body(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]]
) -> None:
    """Its own message came encrypted; without msg_signature the address alone would be enough for a forged one."""
    pusher = pusher_of("compatible")
    query, body = pusher.compose(text_of(pusher))
    assert (await pusher.send_raw(body, query)).status_code == 200
    heard = {name: query[name] for name in ("signature", "timestamp", "nonce")}
    forged = messages.xml_of(text_of(pusher, "伪造", FromUserName="oVictim")).encode()
    refused(await pusher.send_raw(forged, heard), 403)
    assert len(receiver.got) == 1 and logged() == ["wechat_refused code=replayed status=403"]


async def test_one_message_is_one_signature_however_it_is_shown(pusher: Pusher, receiver: Receiver) -> None:
    query, body = pusher.compose(text_of(pusher))
    await pusher.send_raw(body, query)
    del query["signature"]
    assert (await pusher.send_raw(body, query)).status_code == 200
    assert len(receiver.signed) == 1
    ((timestamp, nonce, signature),) = receiver.signed
    assert (timestamp, nonce) == (query["timestamp"], query["nonce"])
    parts = sorted((pusher.platform.account.token, timestamp, nonce))
    assert signature == hashlib.sha1("".join(parts).encode()).hexdigest()


@pytest.mark.parametrize("mode", Mode)
async def test_what_is_too_large_or_of_another_type(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], mode: str
) -> None:
    pusher = pusher_of(mode)
    query, body = pusher.compose(text_of(pusher))
    refused(await pusher.send_raw(body.replace(b"</xml>", b" " * MAX_BYTES + b"</xml>"), query), 413)
    refused(await pusher.send_raw(b"x" * 3_000_000, query), 413)
    for kind in ("application/json", "text/plain", "multipart/form-data"):
        refused(await pusher.send_raw(body, query, {"Content-Type": kind}), 415)
    codes = [line.split()[1] for line in logged()]
    assert codes == ["code=too_large"] * 2 + ["code=content_type"] * 3 and receiver.got == []
    assert (await pusher.send_raw(body, query, {"Content-Type": "text/xml; charset=utf-8"})).status_code == 200


async def test_a_stranger_learns_nothing_of_the_body(pusher: Pusher) -> None:
    """Without a right signature every body is refused alike."""
    for body in (b"", b"<xml>", b"x" * 100_000, b"<xml><Encrypt>x</Encrypt></xml>", b"\xff\xfe"):
        for query in ({}, {"msg_signature": "0" * 40, "timestamp": str(int(time.time())), "nonce": "1"}):
            refused(await pusher.send_raw(body, query), 403)
            refused(await pusher.send_raw(body, query, {"Content-Type": "image/png"}), 403)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    + "]><xml><ToUserName>gh</ToUserName><Content>&a8;</Content></xml>"
)
OUTSIDE = '<!DOCTYPE xml [<!ENTITY file SYSTEM "file:///etc/passwd">]><xml><Content>&file;</Content></xml>'
REMOTE = '<!DOCTYPE xml SYSTEM "http://elsewhere.example/x.dtd"><xml><Content>x</Content></xml>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (BOMB, "dtd"),
        (OUTSIDE, "dtd"),
        (REMOTE, "dtd"),
        ("", "no_xml"),
        ("<xml><Content>", "no_xml"),
        ("<xml><Content>&undefined;</Content></xml>", "no_xml"),
        ("<other/>", "root"),
        ("<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>", "repeated"),
        ("<xml><MsgType>text</MsgType></xml>", "user"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
async def test_bad_xml_is_refused_quickly(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], xml: str, code: str, inside: bool
) -> None:
    pusher = pusher_of("encrypted" if inside else "plain")
    query, body = sealed(pusher, xml) if inside else (aged(pusher, xml.encode(), 0), xml.encode())
    began = time.monotonic()
    refused(await pusher.send_raw(body, query), 400)
    assert time.monotonic() - began < 2
    (line,) = logged()
    assert line.startswith("wechat_refused code=") and receiver.got == []
    if code != "user":
        assert line == f"wechat_refused code={code} status=400"


@pytest.mark.parametrize("changes", [{"MsgId": "x"}, {"CreateTime": "gestern"}, {"FromUserName": "o" * 200}])
async def test_fields_that_cannot_be_are_refused(
    pusher: Pusher, receiver: Receiver, logged: Callable[[], list[str]], changes: Fields
) -> None:
    query, body = pusher.compose(text_of(pusher, **changes))
    refused(await pusher.send_raw(body, query), 400)
    assert len(logged()) == 1 and receiver.got == []


@pytest.mark.parametrize(
    ("theirs", "ours", "code"),
    [
        ("plain", "encrypted", "not_encrypted"),
        ("encrypted", "plain", "encrypted"),
        ("compatible", "plain", "encrypted"),
    ],
)
async def test_the_wrong_mode_is_refused(
    pusher_of: Made, receiver: Receiver, logged: Callable[[], list[str]], theirs: str, ours: str, code: str
) -> None:
    result = await pusher_of(theirs, ours).text(OPENID, SECRET)
    assert (result.status, result.passive, receiver.got) == (400, None, [])
    assert set(logged()) == {f"wechat_refused code={code} status=400"}


async def test_other_methods_are_not_there(pusher: Pusher) -> None:
    query, body = pusher.compose(text_of(pusher))
    assert (await pusher.send_raw(body, query, method="PUT")).status_code == 405


async def test_what_is_answered_is_not_logged(
    pusher: Pusher, receiver: Receiver, logged: Callable[[], list[str]]
) -> None:
    receiver.out = Text(SECRET)
    assert (await pusher.text(OPENID, SECRET)).text == SECRET
    assert logged() == []


async def test_a_failure_of_ours_is_no_answer(pusher_of: Made, receiver: Receiver) -> None:
    """WeChat tries again."""
    receiver.out = RuntimeError()
    result = await pusher_of(raise_errors=False).text(OPENID, SECRET)
    assert (result.status, result.tries, len(receiver.got)) == (500, 3, 3)
    assert len({one.key for one in receiver.got}) == 1


async def test_whether_the_platform_still_listens_is_told(pusher: Pusher, receiver: Receiver) -> None:
    result = await pusher.text(OPENID, "身份证丢了")
    assert receiver.listened == [(receiver.got[0].key, True)] and result.text
    receiver.out = None
    await pusher.text(OPENID, "谢谢")
    assert len(receiver.listened) == 1, "nothing to say is nothing to hear"


async def test_a_platform_that_hung_up_is_noticed(receiver: Receiver) -> None:
    """As after a slow start, when connections waited longer than the platform did."""
    account, platform = (
        StandInAccount(mode=StandInMode.PLAIN),
        Platform(StandInAccount(mode=StandInMode.PLAIN), Limits()),
    )
    app, pusher = FastAPI(), Pusher(platform)
    own = Account(account.app_id, account.secret, account.token, None, Mode.PLAIN)
    app.include_router(callback_router(own, receiver, receiver.told))
    platform.callback_url = f"http://hall.example{PATH}"
    query, body = pusher.compose(text_of(pusher))
    parts = iter([{"type": "http.request", "body": body, "more_body": False}, {"type": "http.disconnect"}])
    scope = {
        "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "headers": [],
        "query_string": httpx.QueryParams(query).__str__().encode(), "http_version": "1.1", "scheme": "http",
        "server": ("hall.example", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return next(parts)

    async def send(_message: object) -> None:
        pass

    await app(scope, receive, send)  # type: ignore[arg-type]
    assert receiver.listened == [(receiver.got[0].key, False)]
