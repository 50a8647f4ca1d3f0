"""What a running deed waits for, read from the question it asked last. Each is False without a deed."""

from __future__ import annotations

from typing import Any

from bot.conversations.model import Deed
from knowledge.text.tokens import normalise

NAME = ("_name",)
ITEM = ("_item", "_matter")
"""How the slots end that ask for a name, and for an item."""


def waits_for(deed: Deed | None, endings: tuple[str, ...]) -> bool:
    """Whether the slot that is asked for ends so."""
    return deed is not None and (deed.requested_slot or "").endswith(endings)


def waits_for_free_text(deed: Deed | None) -> bool:
    """Whether every message is the answer, as where what happened is asked."""
    return bool(_asked(deed).get("free"))


def offers(deed: Deed | None, text: str) -> bool:
    """Whether the normalised text is one of the options of the question, word for word."""
    options = (o if isinstance(o, str) else o[1] for o in _asked(deed).get("options") or ())
    return text in map(normalise, options)


def _asked(deed: Deed | None) -> dict[str, Any]:
    return (deed.asked if deed else None) or {}
