"""S14: the table of requests for help and agency, and their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import UtcDateTime
from bot.requests.request import PERSONAL, RequestRow, Told


class AssistanceState(StrEnum):
    """received → assigned → visiting (only home visits) or in_progress → done | refused with a reason."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    VISITING = "visiting"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"


BEFORE: dict[AssistanceState, tuple[AssistanceState, ...]] = {
    AssistanceState.ASSIGNED: (AssistanceState.RECEIVED, AssistanceState.ASSIGNED),
    AssistanceState.VISITING: (AssistanceState.ASSIGNED,),
    AssistanceState.IN_PROGRESS: (AssistanceState.ASSIGNED, AssistanceState.VISITING),
    AssistanceState.DONE: (AssistanceState.ASSIGNED, AssistanceState.VISITING, AssistanceState.IN_PROGRESS),
    AssistanceState.REFUSED: (AssistanceState.RECEIVED, AssistanceState.ASSIGNED),
}
"""From which states each state can be reached."""
WAITING = (AssistanceState.RECEIVED,)
"""Nobody has taken it on yet."""


@dataclass(frozen=True)
class NewAssistance:
    """What a citizen asks for. `group` "" is no special group; `address` only for a visit at home; `wished` is the time
    in words, `wished_at` its moment, None for as soon as possible."""

    told: Told
    kind: str
    group: str = ""
    address: str = ""
    wished: str = ""
    wished_at: datetime | None = None


class AssistanceRow(RequestRow):
    """`special_group` is empty or an id of the rules; `address` is there for home visits only."""

    __tablename__ = "assistance_requests"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'assigned', 'visiting', 'in_progress', 'done', 'refused')",
            name="ck_assistance_requests_state",
        ),
        CheckConstraint("(state IN ('done', 'refused')) = (ended_at IS NOT NULL)", name="ck_assistance_requests_ended"),
        Index("ix_assistance_requests_due", "state", "due_at"),
        Index("ix_assistance_requests_department", "department", "state"),
        Index("ix_assistance_requests_created", "created_at"),
        Index("ix_assistance_requests_telephone", "telephone_lookup"),
    )

    kind: Mapped[str] = mapped_column(String(24))
    special_group: Mapped[str] = mapped_column(String(24))
    address: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    wished: Mapped[str | None] = mapped_column(String(100))
    wished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
