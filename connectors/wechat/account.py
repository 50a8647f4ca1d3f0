"""Our official account as the platform knows it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """How callbacks come; the same choice is made on the platform's settings page (消息加解密方式)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    ENCRYPTED = "encrypted"


class BadAccount(ValueError):
    """The account's settings cannot be used; the message says which and holds no secret."""


@dataclass(frozen=True)
class Account:
    """`aes_key` is the EncodingAESKey: 43 characters of Base64, needed in every mode but plain. Raises BadAccount."""

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str | None = field(default=None, repr=False)
    mode: Mode = Mode.ENCRYPTED

    def __post_init__(self) -> None:
        if not self.app_id or not self.token:
            raise BadAccount("app id and token must be set")
        if self.aes_key is None and self.mode is not Mode.PLAIN:
            raise BadAccount(f"mode {self.mode.value} needs an EncodingAESKey")
        if self.aes_key is not None and not re.fullmatch(r"[A-Za-z0-9+/]{43}", self.aes_key):
            raise BadAccount("an EncodingAESKey has 43 letters and digits")

    @property
    def key(self) -> bytes:
        """The 32 bytes of AES-256; raises BadAccount without an EncodingAESKey."""
        if self.aes_key is None:
            raise BadAccount("no EncodingAESKey")
        return base64.b64decode(self.aes_key + "=")
