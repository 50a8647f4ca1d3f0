"""WeChat inside the running app: the flow of received messages, and who opened a page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.desk import Desk
from bot.wechat.answering import Answering
from bot.wechat.flow import Flow
from bot.wechat.opening import open_client
from bot.wechat.rules import wechat_rules
from connectors.contract import Handle
from connectors.wechat.client import WeChatClient
from connectors.wechat.oauth import authorize_url
from connectors.wechat.render import PageLinks


@dataclass(frozen=True)
class OAuth:
    """What the mobile pages ask (bot/mobile/oauth.py)."""

    client: WeChatClient
    app_id: str
    open_url: str

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        return authorize_url(self.open_url, self.app_id, redirect_uri, state)

    def openid_of_code(self, code: str) -> str:
        return self.client.openid_of_code(code)


@dataclass(frozen=True)
class WeChat:
    flow: Flow
    oauth: OAuth


@asynccontextmanager
async def running_wechat(desk: Desk, handle: Handle) -> AsyncIterator[WeChat | None]:
    """None without an account. While it is open, what a process that died left behind is answered."""
    with open_client(desk.settings, desk.database, desk.vault, lambda: datetime.now(UTC)) as client:
        if client is None:
            yield None
            return
        rules, settings = wechat_rules(desk.rules), desk.settings
        flow = Flow(desk, Answering(desk, handle, rules, PageLinks(settings.base_url)), rules.answer_within)
        recovery = asyncio.create_task(flow.recover_always())
        try:
            yield WeChat(flow, OAuth(client, settings.wechat_app_id or "", settings.wechat_open_url))
        finally:
            recovery.cancel()
            with suppress(asyncio.CancelledError):
                await recovery
            await asyncio.gather(*flow.running.values(), return_exceptions=True)
