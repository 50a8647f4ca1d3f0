"""Pushes against a small callback server: form, signatures, patience."""

import asyncio
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio

from connectors.wechat_standin import crypto
from connectors.wechat_standin.model import Channel, Mode
from connectors.wechat_standin.push import Pusher
from tests.unit.connectors.wechat_standin.callback import (
    BREAK,
    OPENID,
    SILENCE,
    Callback,
    Request,
    pusher_for,
    reply,
    running_callback,
)


@pytest_asyncio.fixture
async def callback() -> AsyncIterator[Callback]:
    async with running_callback() as running:
        yield running


def inner(pusher: Pusher, request: Request) -> ElementTree.Element:
    """The message's elements, after its signatures are checked."""
    account, query, root = pusher.platform.account, request.query, ElementTree.fromstring(request.body)
    assert query["signature"] == crypto.signature(account.token, query["timestamp"], query["nonce"])
    assert abs(int(query["timestamp"]) - time.time()) < 5
    if account.mode is Mode.PLAIN:
        assert root.find("Encrypt") is None
        assert "msg_signature" not in query
        return root
    encrypted = root.findtext("Encrypt") or ""
    assert query["encrypt_type"] == "aes"
    assert query["msg_signature"] == crypto.signature(account.token, query["timestamp"], query["nonce"], encrypted)
    xml, app_id = crypto.decrypt(account.aes_key, encrypted)
    assert app_id == account.app_id
    return ElementTree.fromstring(xml)


@pytest.mark.parametrize("mode", Mode)
async def test_each_mode(callback: Callback, mode: Mode) -> None:
    pusher = pusher_for(callback, mode)
    callback.plan.append(reply(pusher.platform.account))
    result = await pusher.text(OPENID, "身份证丢了 <b> & ]]> 怎么补", menu_id="102")
    request = callback.requests[0]
    message = inner(pusher, request)
    outside = ElementTree.fromstring(request.body)
    assert message.findtext("Content") == "身份证丢了 <b> & ]]> 怎么补"
    assert message.findtext("bizmsgmenuid") == "102"
    assert message.findtext("FromUserName") == OPENID
    assert (outside.find("Content") is None) == (mode is Mode.ENCRYPTED)
    assert request.headers["content-type"] == "text/xml"
    assert (result.status, result.tries, result.text, result.problem) == (200, 1, "您好", None)
    seen = pusher.platform.seen(OPENID)
    assert [(d.channel, d.text, d.push) for d in seen] == [(Channel.PASSIVE, "您好", message.findtext("MsgId"))]


async def test_compatible_mode_takes_a_plain_reply(callback: Callback) -> None:
    pusher = pusher_for(callback, Mode.COMPATIBLE)
    callback.plan.append(reply(pusher_for(callback, Mode.PLAIN).platform.account))
    assert (await pusher.text(OPENID, "您好")).text == "您好"


@pytest.mark.parametrize("body", [b"success", b""])
async def test_nothing_to_say(callback: Callback, body: bytes) -> None:
    pusher = pusher_for(callback)
    callback.plan.append(body)
    result = await pusher.text(OPENID, "您好")
    assert (result.status, result.tries, result.passive, result.problem) == (200, 1, None, None)
    assert pusher.platform.seen(OPENID) == []


async def test_silence_is_repeated_and_the_answer_to_a_repeat_counts_once(callback: Callback) -> None:
    pusher = pusher_for(callback, answer_seconds=0.2)
    callback.plan.extend([SILENCE, SILENCE, reply(pusher.platform.account)])
    result = await pusher.text(OPENID, "您好")
    messages = [inner(pusher, request) for request in callback.requests]
    assert len({m.findtext("MsgId") for m in messages}) == 1
    assert len({m.findtext("CreateTime") for m in messages}) == 1
    assert len({r.query["nonce"] for r in callback.requests}) == 3
    assert (result.tries, result.text) == (3, "您好")
    assert result.seconds >= 0.4
    assert callback.given_up == 2
    assert len(pusher.platform.seen(OPENID)) == 1


async def test_repeats_may_carry_the_same_query(callback: Callback) -> None:
    pusher = pusher_for(callback, same_query_on_repeat=True)
    callback.plan.extend([BREAK, BREAK])
    await pusher.text(OPENID, "您好")
    assert len({(r.query["nonce"], r.body) for r in callback.requests}) == 1


async def test_a_broken_connection_is_repeated_at_once(callback: Callback) -> None:
    pusher = pusher_for(callback, answer_seconds=30)
    callback.plan.extend([BREAK, 500, reply(pusher.platform.account)])
    result = await pusher.text(OPENID, "您好")
    assert (result.tries, result.text) == (3, "您好")
    assert result.seconds < 5


async def test_after_three_tries_the_citizen_sees_that_the_account_failed(callback: Callback) -> None:
    pusher = pusher_for(callback, answer_seconds=0.1)
    callback.plan.extend([SILENCE] * 9)
    result = await pusher.text(OPENID, "您好")
    assert (result.status, result.tries, result.problem) == (None, 3, "no answer in time")
    assert [d.channel for d in pusher.platform.seen(OPENID)] == [Channel.SYSTEM]
    assert len(callback.requests) == 3


async def test_nobody_listens() -> None:
    pusher = pusher_for(Callback(url="http://127.0.0.1:9/"), answer_seconds=5)
    result = await pusher.text(OPENID, "您好")
    assert (result.status, result.tries) == (None, 3)


async def test_error_status(callback: Callback) -> None:
    pusher = pusher_for(callback)
    callback.plan.extend([403, 403, 403])
    result = await pusher.text(OPENID, "您好")
    assert (result.status, result.tries, result.problem) == (403, 3, "HTTP status 403")


async def test_a_wrong_reply_is_not_repeated(callback: Callback) -> None:
    pusher = pusher_for(callback)
    callback.plan.append(b'{"text": "JSON"}')
    result = await pusher.text(OPENID, "您好")
    assert (result.status, result.tries, result.problem) == (200, 1, "the body is no XML")


async def test_message_ids_rise(callback: Callback) -> None:
    pusher = pusher_for(callback)
    for _ in range(5):
        await pusher.text(OPENID, "您好")
    ids = [int(inner(pusher, r).findtext("MsgId") or 0) for r in callback.requests]
    assert ids == sorted(set(ids))
    assert all(2**53 < number < 2**63 for number in ids)


async def test_kinds_of_messages(callback: Callback) -> None:
    pusher = pusher_for(callback)
    await pusher.voice(OPENID, "社保卡怎么办", data=b"sound")
    await pusher.voice(OPENID)
    await pusher.image(OPENID)
    await pusher.video(OPENID, b"film", short=True)
    await pusher.location(OPENID, 31.2304, 121.4737, "人民广场")
    await pusher.link(OPENID, "标题", "https://example.cn/a?b=1&c=2")
    heard, unheard, image, video, place, link = [inner(pusher, r) for r in callback.requests]
    assert (heard.findtext("Recognition"), heard.findtext("Format")) == ("社保卡怎么办", "amr")
    assert pusher.platform.media[heard.findtext("MediaId") or ""].data == b"sound"
    assert unheard.find("Recognition") is None
    assert (image.findtext("PicUrl") or "").startswith("http")
    assert video.findtext("MsgType") == "shortvideo"
    assert (place.findtext("Location_X"), place.findtext("Label")) == ("31.230400", "人民广场")
    assert link.findtext("Url") == "https://example.cn/a?b=1&c=2"


async def test_events(callback: Callback) -> None:
    pusher = pusher_for(callback)
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    await pusher.unsubscribe(OPENID)
    await pusher.scan(OPENID, "hall_3")
    await pusher.scan(OPENID, "hall_3", at=at)
    await pusher.click(OPENID, "GUIDE")
    await pusher.view(OPENID, "https://example.cn/m")
    await pusher.report_location(OPENID, 23.137466, 113.352425)
    await pusher.template_sent(OPENID, 200163836)
    events = [inner(pusher, r) for r in callback.requests]
    assert [(e.findtext("Event"), e.findtext("EventKey")) for e in events] == [
        ("unsubscribe", ""),
        ("subscribe", "qrscene_hall_3"),
        ("SCAN", "hall_3"),
        ("CLICK", "GUIDE"),
        ("VIEW", "https://example.cn/m"),
        ("LOCATION", None),
        ("TEMPLATESENDJOBFINISH", None),
    ]
    assert all(e.find("MsgId") is None for e in events)
    assert events[2].findtext("CreateTime") == str(int(at.timestamp()))
    assert (events[6].findtext("MsgID"), events[6].findtext("Status")) == ("200163836", "success")


async def test_a_reply_to_who_left_is_not_seen(callback: Callback) -> None:
    pusher = pusher_for(callback)
    callback.plan.append(reply(pusher.platform.account))
    result = await pusher.unsubscribe(OPENID)
    assert result.passive is None
    assert pusher.platform.seen(OPENID) == []


async def test_many_at_once(callback: Callback) -> None:
    pusher = pusher_for(callback)
    callback.plan.extend([lambda _request: reply(pusher.platform.account)] * 40)
    results = await asyncio.gather(*(pusher.text(OPENID, f"第{n}句") for n in range(40)))
    assert {r.text for r in results} == {"您好"}
    assert len({d.push for d in pusher.platform.seen(OPENID)}) == 40
    assert [d.number for d in pusher.platform.deliveries] == sorted({d.number for d in pusher.platform.deliveries})


async def test_echo(callback: Callback) -> None:
    pusher = pusher_for(callback)
    callback.plan.extend([lambda request: request.query["echostr"].encode(), b"something else", 403])
    assert [await pusher.echo() for _ in range(3)] == [True, False, False]
    query = callback.requests[0].query
    assert query["signature"] == crypto.signature(pusher.platform.account.token, query["timestamp"], query["nonce"])


async def test_raw_bodies(callback: Callback) -> None:
    pusher = pusher_for(callback)
    query, body = pusher.compose({"FromUserName": OPENID, "MsgType": "text", "Content": "您好"})
    callback.plan.append(403)
    response = await pusher.send_raw(body, {**query, "msg_signature": "0" * 40}, {"Content-Type": "text/plain"})
    assert response.status_code == 403
    assert callback.requests[0].query["msg_signature"] == "0" * 40
    callback.plan.append(BREAK)
    with pytest.raises(httpx.TransportError):
        await pusher.send_raw(body)
