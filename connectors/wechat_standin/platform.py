"""The platform's memory: account, users, tokens, what citizens did and saw. Safe to use from several threads."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.wechat_standin.errors import ApiError
from connectors.wechat_standin.faults import Fault, FaultBook
from connectors.wechat_standin.model import (
    ApiCall,
    Channel,
    Delivery,
    Grant,
    Limits,
    Media,
    OAuthCode,
    Push,
    QrCode,
    StandInAccount,
    User,
)
from connectors.wechat_standin.tokens import TokenBook

FIRST_MESSAGE_ID = 6_000_000_000_000_000_000
"""Message ids are 64 bit; these are too long for a float, as the real ones may be."""


def _now() -> datetime:
    return datetime.now(UTC)


class Platform:
    """`templates`: the known template ids; empty: every id is taken. `oauth_user`: who opens pages if nobody is
    chosen. `on_template` is told every template message. `callback_url` may be set late. The lists may be read, but
    grow by the methods only."""

    def __init__(
        self,
        account: StandInAccount | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.account = account or StandInAccount()
        self.limits = limits or Limits()
        self.now = clock
        self.lock = threading.RLock()
        self.callback_url = ""
        self.users: dict[str, User] = {}
        self.tokens = TokenBook(self.limits, clock)
        self.faults = FaultBook()
        self.pushes: list[Push] = []
        self.deliveries: list[Delivery] = []
        self.calls: list[ApiCall] = []
        self.media: dict[str, Media] = {}
        self.menu: dict[str, Any] | None = None
        self.qr_codes: dict[str, QrCode] = {}
        self.oauth_codes: dict[str, OAuthCode] = {}
        self.oauth_user: str | None = None
        self.templates: set[str] = set()
        self.template_ids: dict[tuple[str, str], tuple[datetime, int]] = {}
        self.on_template: Callable[[str, int], None] = lambda _openid, _message_id: None
        # From the clock, so that a new stand-in never repeats the ids of an older one.
        self._message_id = FIRST_MESSAGE_ID + time.time_ns() // 1000
        self._number = 0

    def add_user(self, openid: str | None = None, nickname: str = "", subscribed: bool = True) -> User:
        """A new user, or the known one of this openid."""
        with self.lock:
            openid = openid or "o" + secrets.token_urlsafe(21)[:27]
            return self.users.setdefault(openid, User(openid, nickname or openid[-6:], subscribed))

    def next_message_id(self) -> int:
        """Strictly increasing."""
        with self.lock:
            self._message_id += 1 + secrets.randbelow(1000)
            return self._message_id

    def record_push(self, openid: str, fields: Mapping[str, Any]) -> Push:
        """What the citizen did; opens the time in which customer-service messages may be sent to him."""
        with self.lock:
            self._number += 1
            key = str(fields.get("MsgId") or f"event-{self._number}")
            push = Push(self._number, key, openid, fields, self.now())
            self.pushes.append(push)
            self._open_window(self.add_user(openid), fields)
            return push

    def record_delivery(
        self, openid: str, channel: Channel, msgtype: str, content: Mapping[str, Any], push: str | None = None
    ) -> Delivery:
        """What the citizen saw."""
        with self.lock:
            self._number += 1
            delivery = Delivery(self._number, openid, channel, msgtype, content, self.now(), push)
            self.deliveries.append(delivery)
            self.users[openid].typing = False
            return delivery

    def seen(self, openid: str, *channels: Channel) -> list[Delivery]:
        """What this citizen saw, in order; all of it, or what came on the given ways."""
        with self.lock:
            return [d for d in self.deliveries if d.openid == openid and (not channels or d.channel in channels)]

    def spend_grant(self, user: User) -> None:
        """Takes one customer-service message from what the citizen's last acts allow; raises ApiError 45015, 45047."""
        with self.lock:
            now = self.now()
            open_ = [g for g in (user.by_event, user.by_message) if g and now < g.until]
            if not open_:
                raise ApiError(45015)
            grant = next((g for g in open_ if g.left > 0), None)
            if grant is None:
                raise ApiError(45047)
            grant.left -= 1

    def age_user(self, openid: str, by: timedelta) -> None:
        """As if all that this citizen did were longer ago."""
        with self.lock:
            user = self.users[openid]
            user.last_message_at = user.last_message_at and user.last_message_at - by
            for grant in filter(None, (user.by_message, user.by_event)):
                grant.until -= by

    def add_media(self, data: bytes, content_type: str) -> str:
        """The id of a temporary file that a citizen sent."""
        with self.lock:
            media_id = secrets.token_urlsafe(48)
            self.media[media_id] = Media(data, content_type, self.now())
            return media_id

    def add_fault(
        self,
        path: str,
        errcode: int | None = None,
        times: int = 1,
        *,
        delay: float = 0,
        drop: bool = False,
        **more: Any,
    ) -> None:
        """See Fault; `more` is its `status` and `done`."""
        with self.lock:
            self.faults.add(Fault(path, errcode, times, delay, drop, **more))

    def record_call(self, path: str, errcode: int | None) -> None:
        with self.lock:
            self.calls.append(ApiCall(path, errcode, self.now()))

    def calls_of(self, path: str) -> list[ApiCall]:
        with self.lock:
            return [call for call in self.calls if call.path == path]

    def _open_window(self, user: User, fields: Mapping[str, Any]) -> None:
        now = self.now()
        if fields["MsgType"] != "event":
            user.last_message_at = now
            until = now + timedelta(seconds=self.limits.message_window)
            user.by_message = Grant(until, self.limits.custom_per_message)
        elif fields["Event"] in {"subscribe", "SCAN", "CLICK"}:
            until = now + timedelta(seconds=self.limits.event_window)
            user.by_event = Grant(until, self.limits.custom_per_event)
