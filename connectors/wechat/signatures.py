"""Signatures of callbacks. wechatpy compares them with `!=`, which tells a stranger by its time how much he guessed."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)


def signature(token: str, timestamp: str, nonce: str) -> str:
    """`signature` of a callback's address: hexadecimal SHA-1 of the sorted three. It says nothing about the body."""
    return _signed(token, timestamp, nonce)


def message_signature(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """`msg_signature` of an encrypted body, and MsgSignature of our own replies."""
    return _signed(token, timestamp, nonce, encrypt)


def is_right(told: str, expected: str) -> bool:
    """In constant time, whatever characters were told."""
    return hmac.compare_digest(_bytes(told), _bytes(expected))


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether the timestamp (Unix seconds) lies within five minutes of `now`, before or after."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()


def _signed(*parts: str) -> str:
    joined = b"".join(sorted(map(_bytes, parts)))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()  # the platform's choice, and no other is offered


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
