"""What we say to a citizen in WeChat, and its form as a customer-service message (客服消息)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """At most `texts.LIMIT` bytes (render and split_text see to it); may hold `<a href="…">…</a>`."""

    text: str


@dataclass(frozen=True)
class Menu:
    """Entries to tap (msgmenu): pairs of id and title. A tapped title comes back as a text with its id (`menu_id`)."""

    head: str
    options: tuple[tuple[str, str], ...]
    tail: str


@dataclass(frozen=True)
class News:
    """One card that opens a page; the platform takes no more than one article a message."""

    title: str
    description: str
    url: str
    picture: str = ""


Outgoing = Text | Menu | News


def to_document(out: Outgoing) -> dict[str, Any]:
    """The JSON body of /cgi-bin/message/custom/send without "touser"."""
    match out:
        case Text(text):
            return {"msgtype": "text", "text": {"content": text}}
        case Menu(head, options, tail):
            entries = [{"id": id, "content": title} for id, title in options]
            return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": entries, "tail_content": tail}}
        case News(title, description, url, picture):
            article = {"title": title, "description": description, "url": url, "picurl": picture}
            return {"msgtype": "news", "news": {"articles": [article]}}
