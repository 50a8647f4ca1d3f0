"""Passwords: which are good enough, and their hashes (argon2id, the library's recommended parameters)."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import Refused
from bot.staff.rules import StaffRules

MAX_CHARACTERS = 256
_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(4)
"""Each hash takes 64 MiB for some 50 ms; a flood of log-ins must not take the machine."""
_WAIT_SECONDS = 5.0


def check(rules: StaffRules, username: str, password: str) -> None:
    """Raises Refused for a password that is too short, too long, common, or the user name."""
    plain = _plain(password)
    easy = {username.casefold(), *(common.casefold() for common in rules.common_passwords)}
    good_length = rules.password_min_characters <= len(plain) <= MAX_CHARACTERS
    if not good_length or plain.casefold() in easy:
        raise Refused("staff.weak_password", 422, "weak-password", least=rules.password_min_characters)


def hashed(password: str) -> str:
    """The hash to keep; raises Refused when too many are being made."""
    with _slot():
        return _HASHER.hash(_plain(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the right one. None is never matched, but takes as long, so that the time does not tell
    which user names there are. Raises Refused when too many are being checked."""
    with _slot():
        try:
            return _HASHER.verify(password_hash or _decoy(), _plain(password)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(password_hash: str, password: str) -> str:
    """The same hash, or a new one when it was made with other parameters than today's."""
    return hashed(password) if _HASHER.check_needs_rehash(password_hash) else password_hash


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _plain(password: str) -> str:
    """One spelling, however a keyboard composes characters."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _slot() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise Refused("staff.busy", 503, "busy")
    try:
        yield
    finally:
        _AT_ONCE.release()
