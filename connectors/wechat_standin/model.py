"""What the stand-in knows: plain records without behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How callback bodies travel (消息加解密方式: 明文、兼容、安全)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    ENCRYPTED = "encrypted"


class Channel(StrEnum):
    """The way on which something reached the citizen. SYSTEM: WeChat's own note that the account gave no answer."""

    PASSIVE = "passive"
    CUSTOM = "custom"
    TEMPLATE = "template"
    SYSTEM = "system"


@dataclass(frozen=True)
class StandInAccount:
    """One official account. The defaults are made up; `aes_key` is the EncodingAESKey of 43 characters."""

    app_id: str = "wx5823bf96d3bd56c7"
    secret: str = field(default="5d41402abc4b2a76b9719d911017c592", repr=False)
    token: str = field(default="StandInCallbackToken", repr=False)
    aes_key: str = field(default="ReamOtUUp1VQsTAlIVOinPSwDh7MptQYy3GWBU7VjCX", repr=False)
    mode: Mode = Mode.ENCRYPTED
    original_id: str = "gh_136b2a5c9d0e"


@dataclass
class Limits:
    """Times (seconds) and quotas of the platform; tests shorten them.

    `custom_per_message`: 5 by the present edition of WeChat's documentation; it said 20 for years.
    `forced_overlap`: a forced refresh ends the old token at once."""

    answer_seconds: float = 5.0
    pushes: int = 3
    same_query_on_repeat: bool = False
    token_seconds: int = 7200
    token_early: float = 300
    token_overlap: float = 300
    forced_overlap: float = 0
    forced_gap: float = 30
    forced_per_day: int = 20
    message_window: float = 48 * 3600
    custom_per_message: int = 5
    event_window: float = 60
    custom_per_event: int = 3
    text_bytes: int = 2047
    repeat_window: float = 600
    media_seconds: float = 3 * 86400
    code_seconds: float = 300
    template_events: bool = True


@dataclass
class Grant:
    """Leave to send `left` customer-service messages until `until`."""

    until: datetime
    left: int


@dataclass
class User:
    """`last_message_at`: the last real message (not event). The grants come from it and from the last event."""

    openid: str
    nickname: str
    subscribed: bool = True
    last_message_at: datetime | None = None
    by_message: Grant | None = None
    by_event: Grant | None = None
    typing: bool = False


@dataclass(frozen=True)
class Delivery:
    """Something the citizen saw. `number` orders pushes and deliveries of all users together; `push` is the key of
    the push that it answers (None: sent by itself)."""

    number: int
    openid: str
    channel: Channel
    msgtype: str
    content: Mapping[str, Any]
    at: datetime
    push: str | None = None

    @property
    def text(self) -> str:
        """The words of a text message, otherwise nothing."""
        return str(self.content.get("content", "")) if self.msgtype == "text" else ""


@dataclass
class Push:
    """Something the citizen did. `tries` counts the pushes of it; `problem` says why its answer was not shown."""

    number: int
    key: str
    openid: str
    fields: Mapping[str, Any]
    at: datetime
    tries: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class ApiCall:
    """One call of the server API. `errcode` None: the connection was broken instead of an answer."""

    path: str
    errcode: int | None
    at: datetime


@dataclass(frozen=True)
class Media:
    data: bytes = field(repr=False)
    content_type: str
    at: datetime


@dataclass(frozen=True)
class QrCode:
    """`expires_at` None: permanent."""

    ticket: str
    scene: str
    url: str
    expires_at: datetime | None


@dataclass
class OAuthCode:
    openid: str
    scope: str
    at: datetime
    used: bool = False
