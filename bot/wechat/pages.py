"""A link to a page of the citizen's own, after a turn that has something to show there (S12, S15)."""

from __future__ import annotations

from datetime import datetime

from bot.desk import Desk
from bot.mobile.session import signed_link
from bot.wechat.rules import WeChatRules
from connectors.contract import TextReply, TurnReply


def with_page(desk: Desk, rules: WeChatRules, reply: TurnReply, sender_key: str, now: datetime) -> TurnReply:
    """The reply with the link that the rules have for its status; as it is without one, or without our address."""
    opens, base_url = rules.pages.get(reply.status), desk.settings.base_url
    if opens is None or base_url is None:
        return reply
    url = signed_link(desk.vault, base_url, opens.page, sender_key, now, rules.page_minutes)
    link = TextReply(text=f'<a href="{url}">{opens.title}</a>')
    return reply.model_copy(update={"replies": (*reply.replies, link)})
