"""S19: the tables of ratings, their kinds and their follow-ups, and what a rating is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from bot.requests.request import PERSONAL


class Grade(StrEnum):
    """The five grades, from the best to the worst."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIRLY_SATISFIED = "fairly_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


BAD = (Grade.DISSATISFIED, Grade.VERY_DISSATISFIED)


class FollowUpState(StrEnum):
    """open → contacted (the citizen was spoken to, or an anonymous rating looked into) → settled with a result."""

    OPEN = "open"
    CONTACTED = "contacted"
    SETTLED = "settled"


@dataclass(frozen=True)
class NewRating:
    """What a citizen says. `deed_id` makes it idempotent. `kinds` are ids of the rules, for bad grades only. `place`
    is what he calls a window or department that cannot be told for sure. Without name and telephone it is anonymous:
    then `sender_key` is not kept either."""

    deed_id: str
    channel: str
    sender_key: str | None
    grade: Grade
    kinds: tuple[str, ...] = ()
    words: str = ""
    window: str | None = None
    department: str | None = None
    item: str | None = None
    place: str = ""
    assistant: bool = False
    name: str = ""
    telephone: str = ""


class RatingRow(Base):
    """One rating. `words`, `name` and `telephone` are encrypted; personal columns can be emptied when their time is
    over (bot/privacy), `named` stays."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint(
            "grade IN ('very_satisfied', 'satisfied', 'fairly_satisfied', 'dissatisfied', 'very_dissatisfied')",
            name="ck_ratings_grade",
        ),
        CheckConstraint("bad = (grade IN ('dissatisfied', 'very_dissatisfied'))", name="ck_ratings_bad"),
        CheckConstraint(
            "named OR (name IS NULL AND telephone IS NULL AND telephone_lookup IS NULL AND sender_key IS NULL)",
            name="ck_ratings_anonymous",
        ),
        Index("ix_ratings_created", "created_at"),
        Index("ix_ratings_department", "department", "created_at"),
        Index("ix_ratings_telephone", "telephone_lookup"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    grade: Mapped[str] = mapped_column(String(20))
    bad: Mapped[bool] = mapped_column(Boolean)
    words: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    window: Mapped[str | None] = mapped_column(String(8))
    department: Mapped[str | None] = mapped_column(String(8))
    item: Mapped[str | None] = mapped_column(String(48))
    place: Mapped[str | None] = mapped_column(String(40))
    assistant: Mapped[bool] = mapped_column(Boolean)
    named: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    telephone_lookup: Mapped[str | None] = mapped_column(String(64), info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RatingKindRow(Base):
    """What a bad rating complains of; several are possible."""

    __tablename__ = "rating_kinds"

    rating_id: Mapped[str] = mapped_column(String(32), ForeignKey("ratings.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)


class FollowUpRow(Base):
    """The follow-up of one bad rating. `department` None: the supervisors'. `must`: the rating is named, and all of
    those are followed up. `result` is encrypted; `overdue_at` is when staff were alarmed."""

    __tablename__ = "rating_follow_ups"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'contacted', 'settled')", name="ck_rating_follow_ups_state"),
        CheckConstraint("(state = 'open') = (contacted_at IS NULL)", name="ck_rating_follow_ups_contacted"),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="ck_rating_follow_ups_settled"),
        Index("ix_rating_follow_ups_due", "state", "due_at"),
        Index("ix_rating_follow_ups_department", "department", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rating_id: Mapped[str] = mapped_column(String(32), ForeignKey("ratings.id"), unique=True)
    must: Mapped[bool] = mapped_column(Boolean)
    department: Mapped[str | None] = mapped_column(String(8))
    assigned_to: Mapped[str | None] = mapped_column(String(32), ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
