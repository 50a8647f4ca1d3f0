"""The outbox's way to citizens in WeChat: a customer-service message within 48 hours of their last message, a template
message later (S12, S13, S26).

A template message carries a key (client_msg_id), so that a repeated delivery shows it once. A customer-service message
has none: when the answer to a call is lost, or a worker is killed between the call and its note in the outbox, or a
later part of a long text fails, then the next attempt shows the citizen the same message again. It arrives at least
once; that it arrives twice cannot be excluded, and is better than never."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from bot.db.database import Database
from bot.outbox.transport import Recipient, TryLater, Undeliverable
from bot.wechat.model import UserRow
from bot.wechat.rules import WeChatRules
from connectors.wechat.errors import NOT_SUBSCRIBED, TOO_MANY, ApiError, Misconfigured, OutsideWindow, TryAgain
from connectors.wechat.texts import split_text

REPLY = "wechat.reply"
"""The kind of a message whose text is the JSON of a whole customer-service message, without its receiver."""
WINDOW = timedelta(hours=48)


class Sender(Protocol):
    """What the transport needs of connectors.wechat.client.WeChatClient."""

    def send_custom(self, openid: str, document: Mapping[str, Any]) -> None: ...

    def send_template(
        self, openid: str, template_id: str, url: str | None, data: Mapping[str, str], client_msg_id: str
    ) -> None: ...


class WeChatTransport:
    """A `bot.outbox.transport.Transport`; `base_url` is the address of our pages."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        rules: WeChatRules,
        clock: Callable[[], datetime],
        base_url: str | None = None,
    ) -> None:
        self._database, self._sender, self._rules, self._clock = database, sender, rules, clock
        self._base_url = base_url

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        if recipient.address is None:
            raise Undeliverable("unknown_address")
        documents = _documents(recipient, text)
        try:
            if self._within_window(recipient.id) and self._sent(recipient, documents):
                return
            self._send_template(key, recipient, recipient.address, _plain(documents))
        # Somebody can mend the account while the outbox goes on trying.
        except (TryAgain, Misconfigured) as error:
            raise TryLater(f"wechat_{error.code}") from error
        except ApiError as error:
            code = "not_subscribed" if error.code == NOT_SUBSCRIBED else f"wechat_{error.code}"
            raise Undeliverable(code) from error

    def _within_window(self, sender_key: str) -> bool:
        """Raises Undeliverable for who has unsubscribed."""
        columns = (UserRow.subscribed, UserRow.seen_at)
        with self._database.transaction() as session:
            user = session.execute(select(*columns).where(UserRow.sender_key == sender_key)).one_or_none()
        if user is None:
            return False
        if not user.subscribed:
            raise Undeliverable("not_subscribed")
        return bool(self._clock() - user.seen_at < WINDOW)

    def _sent(self, recipient: Recipient, documents: list[dict[str, Any]]) -> bool:
        """False when WeChat, by its own clock and count, does not allow it. Raises TryLater for too many messages where
        no template could say it instead: the citizen's next message allows more."""
        try:
            for document in documents:
                self._sender.send_custom(recipient.address or "", document)
        except OutsideWindow as error:
            if error.code == TOO_MANY and recipient.about not in self._rules.templates:
                raise TryLater(f"wechat_{TOO_MANY}") from error
            return False
        return True

    def _send_template(self, key: str, recipient: Recipient, openid: str, text: str) -> None:
        template = self._rules.templates.get(recipient.about)
        if template is None:
            raise Undeliverable("outside_window")
        url = f"{self._base_url.rstrip('/')}{template.page}" if self._base_url and template.page else None
        known = hashlib.sha256(key.encode()).hexdigest()[:32]
        self._sender.send_template(openid, template.template_id, url, template.filled(text), known)


def _documents(recipient: Recipient, text: str) -> list[dict[str, Any]]:
    """At least one; raises Undeliverable."""
    if recipient.about != REPLY:
        parts = split_text(text)
        if not parts:
            raise Undeliverable("empty")
        return [{"msgtype": "text", "text": {"content": part}} for part in parts]
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    kind = document.get("msgtype") if isinstance(document, dict) else None
    if not isinstance(kind, str) or not isinstance(document.get(kind), dict):
        raise Undeliverable("bad_document")
    return [document]


def _plain(documents: list[dict[str, Any]]) -> str:
    """What a template message may quote of them."""
    texts = []
    for document in documents:
        content = document[document["msgtype"]]
        article: dict[str, Any] = next(iter(content.get("articles") or ()), {})
        texts.append(content.get("content") or content.get("head_content") or article.get("title") or "")
    return "\n".join(texts)
