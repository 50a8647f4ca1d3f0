"""What the soak puts around the app's handler."""

from __future__ import annotations

from typing import Any

import pytest

from bot.handler.handler import MessageHandler
from connectors.contract import Channel, TextReply, TurnReply, TurnStatus, UserMessage
from evaluation.soak import server
from evaluation.soak.server import SLOW, SoakHandler, stamp


async def test_every_reply_is_stamped_and_a_mark_makes_it_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    heard, slept = [], []

    async def handle(_self: MessageHandler, message: UserMessage) -> TurnReply:
        heard.append(message.text)
        replies = (TextReply(text="好"),)
        return TurnReply(turn_id="1", status=TurnStatus.ANSWERED_SMALLTALK, replies=replies, elapsed_ms=1)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(MessageHandler, "__call__", handle)
    monkeypatch.setattr(server.asyncio, "sleep", sleep)
    nothing: Any = None
    for number, text in enumerate(("您好", f"您好{SLOW}")):
        message = UserMessage(channel=Channel.WECHAT, sender="o1", text=text, message_id=f"m:{number}")
        reply = await SoakHandler(nothing)(message)
        assert [r.text for r in reply.replies if isinstance(r, TextReply)] == [stamp(f"m:{number}"), "好"]
    assert heard == ["您好", "您好"]
    assert slept == [server.SLOW_SECONDS] and server.SLOW_SECONDS > 5
