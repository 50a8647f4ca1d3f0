"""The account's menu as WeChat takes it (自定义菜单), from the hall's rules."""

from __future__ import annotations

from typing import Any

from bot.errors import Refused
from bot.wechat.answering import SAYS
from bot.wechat.rules import Entry, WeChatRules


def menu_document(rules: WeChatRules, base_url: str | None) -> dict[str, Any]:
    """The body of menu/create. A tapped entry comes back with what it says in its key, so that menus of last year,
    which phones keep for a day and more, still say the right thing. Raises Refused."""
    if not rules.menu:
        raise Refused("wechat.no_menu", 409, "no-menu")
    columns = [{"name": c.title, "sub_button": [_button(e, base_url) for e in c.entries]} for c in rules.menu]
    return {"button": columns}


def _button(entry: Entry, base_url: str | None) -> dict[str, str]:
    if entry.says is not None:
        return {"type": "click", "name": entry.title, "key": f"{SAYS}{entry.says}"}
    if base_url is None:
        raise Refused("wechat.no_base_url", 409, "no-base-url", title=entry.title)
    return {"type": "view", "name": entry.title, "url": f"{base_url.rstrip('/')}{entry.page}"}
