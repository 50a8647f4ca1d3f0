"""S17: the table of requests for extended hours, and their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import UtcDateTime
from bot.requests.request import PERSONAL, RequestRow, Told


class ExtendedHoursState(StrEnum):
    """received → proposed (another time) → accepted | refused; both ends are reached from the first two."""

    RECEIVED = "received"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


OPEN = (ExtendedHoursState.RECEIVED, ExtendedHoursState.PROPOSED)
WAITING = (ExtendedHoursState.RECEIVED,)
"""The citizen has heard nothing yet."""


class ConsentBy(StrEnum):
    """How the citizen agreed to a refusal."""

    TELEPHONE = "telephone"
    ON_SITE = "on_site"
    MESSAGE = "message"


@dataclass(frozen=True)
class NewExtendedHours:
    """What a citizen asks for: why, and when in words and as a moment (None: as soon as possible)."""

    told: Told
    why: str
    wished: str
    wished_at: datetime | None = None


class ExtendedHoursRow(RequestRow):
    """`why` (encrypted) is the citizen's reason, `reason` (encrypted) that of staff who refuse or propose another time.
    `agreed_at`: the time when he will be served, or the one proposed. A refusal needs a reason and his consent."""

    __tablename__ = "extended_hours_requests"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'proposed', 'accepted', 'refused')", name="ck_extended_hours_requests_state"
        ),
        CheckConstraint(
            "(state IN ('accepted', 'refused')) = (ended_at IS NOT NULL)", name="ck_extended_hours_requests_ended"
        ),
        CheckConstraint(
            "state <> 'refused' OR (consent_at IS NOT NULL AND consent_by IS NOT NULL)",
            name="ck_extended_hours_requests_consent",
        ),
        CheckConstraint(
            "state NOT IN ('proposed', 'accepted') OR agreed_at IS NOT NULL", name="ck_extended_hours_requests_agreed"
        ),
        Index("ix_extended_hours_requests_due", "state", "due_at"),
        Index("ix_extended_hours_requests_department", "department", "state"),
        Index("ix_extended_hours_requests_created", "created_at"),
        Index("ix_extended_hours_requests_telephone", "telephone_lookup"),
    )

    why: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    wished: Mapped[str] = mapped_column(String(100))
    wished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_by: Mapped[str | None] = mapped_column(String(16))
