"""Secrets that nobody should have to invent: made at first start, kept in the data folder with mode 0600."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from bot.settings import Settings


def rasa_token(settings: Settings) -> str:
    """The token between the app and Rasa, both ways."""
    return settings.rasa_token or _kept(settings.data / "secrets" / "rasa_token", secrets.token_urlsafe(32))


def data_key(settings: Settings) -> str:
    """The Fernet key that encrypts personal data at rest. Lose it and the data are lost: back it up."""
    return settings.data_key or _kept(settings.data / "secrets" / "data_key", Fernet.generate_key().decode())


def _kept(path: Path, fresh: str) -> str:
    """The secret in `path`, or `fresh` written there; two processes starting at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink(missing_ok=True)
    return path.read_text().strip()
