"""What is known of an application, and the tables of our own copy and of who asked in vain (S26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from knowledge.model import Strict

NUMBER = r"^[0-9A-Z-]{1,32}$"
"""What any hall's numbers look like; its own pattern is in progress.yaml."""


class ApplicationState(StrEnum):
    RECEIVED = "received"
    SUPPLEMENT = "supplement"
    ACCEPTED = "accepted"
    EXAMINING = "examining"
    APPROVED = "approved"
    REFUSED = "refused"
    READY = "ready"
    COLLECTED = "collected"
    POSTED = "posted"


OPEN_STATES = (
    ApplicationState.RECEIVED,
    ApplicationState.SUPPLEMENT,
    ApplicationState.ACCEPTED,
    ApplicationState.EXAMINING,
)
"""Those in which the time limit still runs."""


class ProgressStep(Strict):
    """One step that was taken: its name, and when (aware)."""

    name: str = Field(min_length=1, max_length=100)
    at: AwareDatetime


class Progress(Strict):
    """An application as its applicant may see it: nothing in it says who he is. `todo` is what he has to do (what to
    supplement), `place` where the result is collected, `post_number` the number of the parcel; all may be empty."""

    number: str = Field(pattern=NUMBER)
    item: str = Field(max_length=48)
    item_name: str = Field(min_length=1, max_length=200)
    department: str | None = Field(default=None, max_length=8)
    state: ApplicationState
    steps: tuple[ProgressStep, ...] = ()
    due_at: AwareDatetime | None = None
    todo: str = Field(default="", max_length=500)
    place: str = Field(default="", max_length=200)
    post_number: str = Field(default="", max_length=40)


@dataclass(frozen=True)
class Applicant:
    """By what the applicant proves himself, and how he is told: `id_number` and `telephone` are not kept in clear."""

    id_number: str = ""
    telephone: str = ""
    sender_key: str | None = None


class ApplicationRow(Base):
    """One application in our own copy. `id_check` and `telephone_check` are keyed hashes of the number with the last
    four characters; `telephone` is encrypted."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(
            "state in ('received', 'supplement', 'accepted', 'examining', 'approved', 'refused', 'ready', 'collected', "
            "'posted')",
            name="ck_applications_state",
        ),
        CheckConstraint("id_check is not null or telephone_check is not null", name="ck_applications_check"),
        Index("ix_applications_due", "state", "due_at"),
    )

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    item: Mapped[str] = mapped_column(String(48))
    item_name: Mapped[str] = mapped_column(String(200))
    department: Mapped[str | None] = mapped_column(String(8))
    id_check: Mapped[str | None] = mapped_column(String(64))
    telephone_check: Mapped[str | None] = mapped_column(String(64))
    telephone: Mapped[str | None] = mapped_column(Text)
    sender_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    todo: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    post_number: Mapped[str] = mapped_column(String(40))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)


class ProgressAttemptRow(Base):
    """One question for an application that did not find it, or is under way. `asker` is a sender key; `application`
    a keyed hash of the number."""

    __tablename__ = "progress_attempts"
    __table_args__ = (
        Index("ix_progress_attempts_asker", "asker", "at"),
        Index("ix_progress_attempts_application", "application", "at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asker: Mapped[str] = mapped_column(String(64))
    application: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
