"""Refusals that come with something to choose from instead (S12: never a refusal without an alternative)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.appointments.slots import Slot
from bot.errors import Refused


class RefusedWithExtra(Refused):
    """`extra` are further members of the problem document (RFC 9457, 3.2)."""

    def __init__(self, wording: str, status: int, kind: str, extra: dict[str, Any], **values: Any) -> None:
        super().__init__(wording, status, kind, **values)
        self.extra = extra


def shown(slot: Slot) -> dict[str, Any]:
    """A slot as clients see it."""
    return {
        "slot": slot.id,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "free": slot.free,
    }


def full(nearest: Sequence[Slot]) -> RefusedWithExtra:
    """The place is gone; these are the nearest that are free."""
    return RefusedWithExtra("appointment.full", 409, "full", {"alternatives": [shown(slot) for slot in nearest]})
