"""TurnReply → messages of WeChat. Few ones: the platform lets us send a citizen five for each message of his."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from connectors.contract import CardField, CardReply, OptionsReply, TextReply, TurnReply
from connectors.wechat.outgoing import Menu, News, Outgoing, Text
from connectors.wechat.texts import LIMIT, Words, clean, numbered, option_id, shorten, size, split_text

WHOLE_GUIDE = 8  # disclosures
MOST_MESSAGES = 5
_LONGEST_HEAD, _LONGEST_ENTRY, _LONGEST_TITLE, _LONGEST_DESCRIPTION = 1024, 128, 128, 360  # bytes
_SHORTEST_CARD = 300
_MOST_SOURCES = 3
_GAP, _CUT = "\n\n", "\n……"


class Links(Protocol):
    """Where the mobile pages lie."""

    def guide(self, item: str, disclosures: Sequence[str]) -> str | None:
        """The address of a guide's page, opened at these disclosures; None where there are no pages."""


@dataclass(frozen=True)
class PageLinks:
    """Links to our own pages (/m/…); none without a base address that citizens can reach."""

    base_url: str | None

    def guide(self, item: str, disclosures: Sequence[str]) -> str | None:
        if not self.base_url:
            return None
        asked = f"?d={quote(','.join(disclosures), safe=',')}" if 0 < len(disclosures) < WHOLE_GUIDE else ""
        return f"{self.base_url.rstrip('/')}/m/guides/{quote(item, safe='')}{asked}"


@dataclass(frozen=True)
class _Block:
    """A paragraph of the answer; `foot` stays when the text has to be cut, as it leads to the page."""

    text: str
    foot: str = ""

    @property
    def whole(self) -> str:
        return f"{self.text}\n{self.foot}" if self.foot else self.text


def render(reply: TurnReply, links: Links, words: Words, *, passive: bool) -> list[Outgoing]:
    """What to send, in order; [] if there is nothing to say. `passive`: the first one answers the callback, and is all
    if it fits into one text, with the options as numbered lines; else the options are menus to tap."""
    news = _news(reply, links, words)
    if news:
        return [news]
    offers = [part for part in reply.replies if isinstance(part, OptionsReply)]
    lines = _option_lines(offers, words)
    blocks = list(_blocks(reply, links, words))
    if passive:
        text = _GAP.join(filter(None, (*_fitted(blocks, LIMIT - size(lines) - size(_GAP)), lines)))
        if size(text) <= LIMIT:
            return [Text(text)] if text else []
    menus = [part for offer in offers for part in _menu(offer, words)]
    texts = _as_many(split_text(_GAP.join(_fitted(blocks, LIMIT))), max(MOST_MESSAGES - len(menus), 1), words)
    return [*map(Text, texts), *menus]


def options_of(reply: TurnReply) -> tuple[tuple[str, str], ...]:
    """All options of a reply, (title, payload), in the order in which `render` numbers them: what a digit may pick."""
    offers = (part for part in reply.replies if isinstance(part, OptionsReply))
    return tuple((option.title, option.payload) for offer in offers for option in offer.options)


def _blocks(reply: TurnReply, links: Links, words: Words) -> Iterator[_Block]:
    """Texts and cards, and the sources under them."""
    for part in reply.replies:
        if isinstance(part, TextReply) and part.text.strip():
            yield _Block(clean(part.text).strip())
        elif isinstance(part, CardReply):
            url = _page(part, reply, links)
            yield _Block(_card(part), f'<a href="{url}">{words.see_all}</a>' if url else "")
    sources = "\n".join(_sources(reply, words))
    if sources:
        yield _Block(sources)


def _page(card: CardReply, reply: TurnReply, links: Links) -> str | None:
    """The page of the guide that a card is from."""
    codes = {source.title: source.id for source in reply.sources if source.kind == "guide"}
    code = codes.get(card.title) or reply.item
    return links.guide(code, [field.disclosure for field in card.fields]) if code else None


def _card(card: CardReply) -> str:
    paragraphs = [_field(field) for field in card.fields if field.text.strip() != card.title]
    found = [f'<a href="{link.url}">{link.title}</a>' for link in card.links if _is_address(link.url)]
    return clean("\n".join((f"【{card.title}】", _GAP.join((*paragraphs, *found))))).strip()


def _field(field: CardField) -> str:
    text = field.text.strip()
    return f"{field.label}：\n{text}" if "\n" in text else f"{field.label}：{text}"


def _is_address(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s\"<>]+", url) is not None


def _sources(reply: TurnReply, words: Words) -> Iterator[str]:
    """One line for each thing that was read, however many of its parts."""
    seen = dict.fromkeys((source.kind, source.title, source.checked_on) for source in reply.sources)
    for kind, title, day in list(seen)[:_MOST_SOURCES]:
        named = "：".join(filter(None, (words.kinds.get(kind), title)))
        yield words.source_checked.format(title=named, day=day) if day else words.source.format(title=named)


def _fitted(blocks: Sequence[_Block], room: int) -> list[str]:
    """The blocks as texts; if they are too much together, those that lead to a page share what the others leave."""
    total = size(_GAP.join(block.whole for block in blocks))
    cards = [block for block in blocks if block.foot]
    if total <= room or not cards:
        return [block.whole for block in blocks]
    share = (room - total + sum(size(card.text) for card in cards)) // len(cards)
    if share < _SHORTEST_CARD:
        return [block.whole for block in blocks]
    return [_told(block, share) for block in blocks]


def _as_many(texts: list[str], most: int, words: Words) -> list[str]:
    """What is over the platform's number would be refused by it: better to say that something is left off."""
    if len(texts) <= most:
        return texts
    last = split_text(texts[most - 1], LIMIT - size(_GAP) - size(words.rest))[0]
    return [*texts[: most - 1], f"{last}{_GAP}{words.rest}"]


def _told(block: _Block, share: int) -> str:
    if not block.foot or size(block.text) <= share:
        return block.whole
    first = split_text(block.text, share - size(_CUT))[0]
    return f"{first}{_CUT}\n{block.foot}"


def _option_lines(offers: Sequence[OptionsReply], words: Words) -> str:
    """All options as one run of numbers, so that a digit alone says which."""
    blocks, count = [], 0
    for offer in offers:
        titles = [clean(option.title) for option in offer.options]
        blocks.append("\n".join(filter(None, (clean(offer.text).strip(), numbered(titles, count + 1)))))
        count += len(titles)
    return "\n".join((_GAP.join(blocks), words.reply_number)) if blocks else ""


def _menu(offer: OptionsReply, words: Words) -> Iterator[Outgoing]:
    head = clean(offer.text).strip()
    if size(head) > _LONGEST_HEAD:
        yield from map(Text, split_text(head))
        head = ""
    entries = tuple((option_id(o.payload), shorten(clean(o.title), _LONGEST_ENTRY)) for o in offer.options)
    yield Menu(head or words.choose, entries, words.tap)


def _news(reply: TurnReply, links: Links, words: Words) -> News | None:
    """The card of a whole guide and nothing else: its page says it better than a text could."""
    if len(reply.replies) != 1 or not isinstance(reply.replies[0], CardReply):
        return None
    card = reply.replies[0]
    url = _page(card, reply, links) if len({field.disclosure for field in card.fields}) >= WHOLE_GUIDE else None
    if not url:
        return None
    told = "\n".join(("、".join(field.label for field in card.fields), *_sources(reply, words)))
    return News(shorten(clean(card.title), _LONGEST_TITLE), shorten(clean(told), _LONGEST_DESCRIPTION), url)
