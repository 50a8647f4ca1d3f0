"""What each kind of message or event of WeChat is answered: by the message handler, or with a sentence of the hall."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from bot.desk import Desk
from bot.wechat import messages, offers
from bot.wechat.pages import with_page
from bot.wechat.rules import Centre, WeChatRules
from bot.wechat.words import words_of
from connectors.contract import (
    Channel,
    Handle,
    Option,
    OptionsReply,
    Reply,
    TextReply,
    TurnReply,
    TurnStatus,
    UserMessage,
)  # fmt: skip
from connectors.messages_api import clean
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, Outgoing, Text
from connectors.wechat.render import MOST_MESSAGES, Links, options_of, render
from connectors.wechat.texts import LIMIT, Words, picked, size, split_text

MOST_OPTIONS = 5
SAYS = "says:"
"""What the key of a menu entry begins with, before what it says for the citizen."""
WINDOW = "window:"
"""What the scene of a QR code at a window begins with, before the window's id."""
LONGEST = 10_000
"""Characters that the contract takes; the handler refuses far shorter ones with a kind word."""
MOST_AFTER_EVENT = 3
"""Customer-service messages that WeChat allows for a tap, a scan or a subscription."""
EARTH_KM = 6371.0
_EVENTS = frozenset({Kind.SUBSCRIBE, Kind.SCAN, Kind.CLICK})


class Recogniser(Protocol):
    """Turns a voice message into text; "" when nothing was understood."""

    async def recognise(self, media_id: str, format: str) -> str: ...


@dataclass(frozen=True)
class Answer:
    """The same reply for the callback itself and for later, and the options that a digit may pick from now on."""

    passive: Sequence[Outgoing] = ()
    later: Sequence[Outgoing] = ()
    options: Sequence[tuple[str, str]] = ()
    replaces_offer: bool = True


@dataclass(frozen=True)
class Answering:
    """`hear` is None where no speech service is set up; then WeChat's own recognition is all there is."""

    desk: Desk
    handle: Handle
    rules: WeChatRules
    links: Links
    hear: Recogniser | None = None

    async def answer(self, incoming: Incoming) -> Answer:
        """Never raises for what a citizen can send."""
        if incoming.kind is Kind.UNSUBSCRIBE or not messages.is_deed(incoming):
            return Answer(replaces_offer=False)
        most = MOST_AFTER_EVENT if incoming.kind in _EVENTS else MOST_MESSAGES
        text = await self._text(incoming)
        if text is not None:
            return self._rendered(await self._handled(incoming, text), most)
        return self._rendered(_turn(self._told(incoming)), most)

    def sorry(self) -> Answer:
        """For a message on which every try ended before its answer was kept."""
        return self._rendered(_turn((self._say("wechat.failed"),)), most=1)

    async def _text(self, incoming: Incoming) -> str | None:
        """What the citizen says, as text; None for what is no saying."""
        match incoming.kind:
            case Kind.TEXT:
                told = await self._picked(incoming, clean(incoming.text))
            case Kind.VOICE:
                told = clean(incoming.text)
                if not told and self.hear is not None:
                    told = clean(await self.hear.recognise(incoming.media_id, incoming.format))
                told = await self._picked(incoming, told)
            case Kind.CLICK if incoming.text.startswith(SAYS):
                told = incoming.text.removeprefix(SAYS)
            case _:
                return None
        return clean(told)[:LONGEST] or None

    async def _picked(self, incoming: Incoming, text: str) -> str:
        """The payload of an option, where the text picks one of those offered last."""

        def look() -> list[tuple[str, str]]:
            with self.desk.database.transaction() as session:
                key = messages.sender_key_of(self.desk.vault, incoming)
                return offers.offered(session, self.desk.vault, key, datetime.now(UTC))

        return picked(text, await asyncio.to_thread(look), incoming.menu_id) or text

    async def _handled(self, incoming: Incoming, text: str) -> TurnReply:
        message = UserMessage(channel=Channel.WECHAT, sender=incoming.openid, text=text, message_id=incoming.key)
        reply, key = await self.handle(message), messages.sender_key_of(self.desk.vault, incoming)
        return with_page(self.desk, self.rules, reply, key, datetime.now(UTC))

    def _told(self, incoming: Incoming) -> tuple[Reply, ...]:
        """What the hall says to all that is no text."""
        match incoming.kind:
            case Kind.SUBSCRIBE:
                return (*self._welcome(), *self._at_window(incoming.text))
            case Kind.SCAN:
                return self._at_window(incoming.text) or self._welcome()
            case Kind.LOCATION:
                return self._nearest(incoming)
            case Kind.VOICE:
                return (self._say("wechat.not_heard"),)
            case Kind.IMAGE | Kind.VIDEO | Kind.SHORTVIDEO:
                return (self._say("wechat.no_pictures"),)
            case Kind.LINK:
                return (self._say("wechat.no_links"),)
            case _:
                return (self._say("wechat.not_readable"),)

    def _welcome(self) -> tuple[Reply, ...]:
        options = tuple(Option(title=o.title, payload=o.says) for o in self.rules.welcome)
        text = self.desk.wording.say("wechat.welcome", hall=self.desk.hall.name)
        return (OptionsReply(text=text, options=options),) if options else (TextReply(text=text),)

    def _at_window(self, scene: str) -> tuple[Reply, ...]:
        """What is done at the window whose QR code was scanned (S05); nothing for another scene."""
        if not scene.startswith(WINDOW):
            return ()
        id_ = scene.removeprefix(WINDOW)
        base = self.desk.library.current
        here = (g for g in base.guides.values() if g.location and id_ in g.location.windows)
        guides = [g for g in here if not base.is_over(g)]
        if not guides:
            return (self._say("wechat.unknown_window"),)
        _zone, window = self.desk.hall.window(id_)
        names = [Option(title=g.name, payload=g.name) for g in sorted(guides, key=lambda g: g.code)]
        parts = [names[i : i + MOST_OPTIONS] for i in range(0, len(names), MOST_OPTIONS)]
        first = self.desk.wording.say("wechat.at_window", window=window.name)
        more = self.desk.wording.say("wechat.more_at_window")
        return tuple(OptionsReply(text=more if i else first, options=tuple(part)) for i, part in enumerate(parts))

    def _nearest(self, incoming: Incoming) -> tuple[Reply, ...]:
        """The nearest service centre, as the crow flies."""
        if incoming.latitude is None or incoming.longitude is None or not self.rules.centres:
            return (self._say("wechat.where", address=self.desk.hall.address, telephone=self.desk.hall.telephone),)
        here = (incoming.latitude, incoming.longitude)
        centre = min(self.rules.centres, key=lambda c: _kilometres(here, c))
        distance = f"{_kilometres(here, centre):.1f}"
        text = self.desk.wording.say(
            "wechat.nearest", name=centre.name, address=centre.address, telephone=centre.telephone, distance=distance
        )
        return (TextReply(text=text),)

    def _say(self, key: str, **values: str) -> TextReply:
        return TextReply(text=self.desk.wording.say(key, **values))

    def _rendered(self, reply: TurnReply, most: int) -> Answer:
        """At most so many customer-service messages; the passive reply is none of them."""
        words = words_of(self.desk.wording)
        passive, later = (render(reply, self.links, words, passive=asked) for asked in (True, False))
        # Numbered lines need fewer messages than menus.
        later = later if len(later) <= most else passive
        return Answer(
            _at_most(passive, min(most + 1, MOST_MESSAGES), words), _at_most(later, most, words), options_of(reply)
        )


def _at_most(sent: Sequence[Outgoing], most: int, words: Words) -> Sequence[Outgoing]:
    """What is over WeChat's number would be refused by it: better to say that something is left off."""
    if len(sent) <= most:
        return sent
    *before, last = sent[:most]
    match last:
        case Menu():
            last = replace(last, tail=words.rest)
        case Text(text) if words.rest not in text:
            last = Text(f"{split_text(text, LIMIT - size(words.rest) - 2)[0]}\n\n{words.rest}")
    return [*before, last]


def _turn(replies: tuple[Reply, ...]) -> TurnReply:
    """Words of the hall's own in the form of a turn, though none was made."""
    return TurnReply(turn_id="", status=TurnStatus.ANSWERED_HALL, replies=replies, elapsed_ms=0)


def _kilometres(here: tuple[float, float], centre: Centre) -> float:
    """Great-circle distance (haversine formula)."""
    (a, b), (c, d) = (map(math.radians, place) for place in (here, (centre.latitude, centre.longitude)))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(h))
