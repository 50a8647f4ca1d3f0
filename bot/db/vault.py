"""Encryption of personal data at rest, and keyed hashes by which a sender is found again without being kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet


class Vault:
    """Fernet (AES-128-CBC with HMAC-SHA256). Raises ValueError for a key that is none."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key)
        self._hash_key = hashlib.sha256(b"sender:" + key.encode()).digest()

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        return self._fernet.decrypt(sealed.encode()).decode()

    def open_or_empty(self, sealed: str | None) -> str:
        """As `open`; nothing for what was never told, or is not kept any more."""
        return self.open(sealed) if sealed else ""

    def seal_json(self, value: Any) -> str:
        return self.seal(json.dumps(value, ensure_ascii=False))

    def open_json(self, sealed: str) -> Any:
        return json.loads(self.open(sealed))

    def sender_key(self, channel: str, sender: str) -> str:
        """64 hexadecimal digits that stand for one sender on one channel."""
        return hmac.new(self._hash_key, f"{channel}\0{sender}".encode(), hashlib.sha256).hexdigest()

    def lookup(self, kind: str, value: str) -> str:
        """64 hexadecimal digits by which a sealed value of that kind (a telephone) is found again."""
        return hmac.new(self._hash_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
