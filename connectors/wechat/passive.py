"""One outgoing message → the XML of a passive reply (被动回复), the answer to the callback itself."""

from __future__ import annotations

from datetime import datetime

from wechatpy.replies import ArticlesReply, TextReply

from connectors.wechat.incoming import Incoming
from connectors.wechat.outgoing import Menu, News, Outgoing, Text
from connectors.wechat.texts import LIMIT, clean, numbered, size


def passive_reply(out: Outgoing, incoming: Incoming, now: datetime) -> str:
    """The XML; raises ValueError for a text over the limit. A menu has no passive form: it becomes numbered lines."""
    sent = {"source": incoming.account, "target": incoming.openid, "time": int(now.timestamp())}
    match out:
        case News(title, description, url, picture):
            article = {"title": title, "description": description, "url": url, "image": picture}
            return str(ArticlesReply(articles=[{name: _value(value) for name, value in article.items()}], **sent))
        case Menu(head, options, tail):
            text = "\n".join(filter(None, (head, numbered([title for _, title in options]), tail)))
        case Text(text):
            pass
    if size(clean(text)) > LIMIT:
        raise ValueError("the text of a passive reply is too long")
    return str(TextReply(content=_value(text), **sent))


def _value(text: str) -> str:
    """What would end a CDATA section is divided between two; wechatpy writes values as they are."""
    return clean(text).replace("]]>", "]]]]><![CDATA[>")
