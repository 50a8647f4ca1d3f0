"""Receipt numbers that are read out on the telephone without mistakes."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from knowledge.calendar import CHINA

# No 0/O, 1/I.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NUMBER = re.compile(rf"(?<![A-Z0-9])[A-Z]{{2}}\d{{8}}[{_LETTERS}]{{6}}(?![A-Z0-9])")


def receipt_number(prefix: str, now: datetime) -> str:
    """Two letters for the kind of deed, the day in China, and six characters drawn by chance."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return f"{prefix}{now.astimezone(CHINA):%Y%m%d}{tail}"


def number_in(text: str) -> str | None:
    """The first receipt number in a text, as it was given; spaces and small letters do not matter."""
    found = _NUMBER.search(re.sub(r"[\s-]", "", text).upper())
    return found.group() if found else None
