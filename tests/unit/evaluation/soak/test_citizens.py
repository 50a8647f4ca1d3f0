"""WeChat's patience in a soak: three pushes, one more for a repeat, and what is shown of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from connectors.wechat.incoming import read_incoming
from connectors.wechat_standin import crypto
from connectors.wechat_standin.messages import xml_of
from connectors.wechat_standin.model import Channel, Limits
from connectors.wechat_standin.platform import Platform
from evaluation.soak.citizens import SoakPusher
from evaluation.soak.plan import Act, Repeat

OPENID = "o-soak"
Answer = Callable[[int], Awaitable[str | None]]


def pusher(answer: Answer) -> SoakPusher:
    """`answer` gives the words for the nth push; None breaks the connection."""
    platform, count = Platform(limits=Limits(answer_seconds=0.3)), iter(range(99))
    platform.callback_url = "http://app/wechat/callback"
    account = platform.account

    async def serve(request: httpx.Request) -> httpx.Response:
        words = await answer(next(count))
        if words is None:
            raise httpx.ReadError("broken", request=request)
        fields = {"ToUserName": OPENID, "FromUserName": account.original_id, "CreateTime": 1, "MsgType": "text"}
        encrypted = crypto.encrypt(account.aes_key, account.app_id, xml_of({**fields, "Content": words}))
        signed = crypto.signature(account.token, "1", "2", encrypted)
        outer = {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1, "Nonce": "2"}
        return httpx.Response(200, text=xml_of(outer))

    return SoakPusher(platform, httpx.MockTransport(serve))


async def test_a_message_is_pushed_until_it_is_answered_and_shown_once() -> None:
    async def answer(number: int) -> str | None:
        if number == 0:
            await asyncio.sleep(1)
        return None if number == 1 else "好"

    pushing = pusher(answer)
    sent = await pushing.act(OPENID, Act(0, "您好"))
    assert [t.words for t in sent.tries] == [None, None, "{'content': '好'}"]
    assert sent.tries[0].seconds >= 0.3
    assert [d.text for d in pushing.platform.seen(OPENID)] == ["好"]
    assert sent.key == f"m:{sent.push.key}"


async def test_after_three_the_notice_is_shown() -> None:
    async def answer(_number: int) -> str | None:
        return None

    pushing = pusher(answer)
    sent = await pushing.act(OPENID, Act(0, "says:我要预约"))
    assert len(sent.tries) == 3 and sent.key == read_incoming(xml_of(sent.push.fields)).key
    assert [d.channel for d in pushing.platform.seen(OPENID)] == [Channel.SYSTEM]


@pytest.mark.parametrize("when", [Repeat.DURING, Repeat.AFTER])
async def test_a_repeat_is_one_more_push_and_shown_no_second_time(when: Repeat) -> None:
    async def answer(_number: int) -> str | None:
        await asyncio.sleep(0.05)
        return "好"

    pushing = pusher(answer)
    sent = await pushing.act(OPENID, Act(0, "您好", when))
    assert sent.repeat is not None and sent.repeat.words == sent.tries[0].words
    assert len(sent.tries) == 1 and len(pushing.platform.seen(OPENID)) == 1


async def test_what_only_the_repeat_was_given_is_shown() -> None:
    async def answer(number: int) -> str | None:
        return "好" if number == 3 else None

    pushing = pusher(answer)
    sent = await pushing.act(OPENID, Act(0, "您好", Repeat.DURING))
    assert sent.repeat is not None and sent.repeat.words and all(t.words is None for t in sent.tries)
    assert [d.text for d in pushing.platform.seen(OPENID)] == ["好"]
