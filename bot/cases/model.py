"""Tables of cases, and the plain values that they are made from (S15, S16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.cases.rules import CaseKind
from bot.db.database import Base, UtcDateTime
from bot.staff.model import StaffRow


@dataclass(frozen=True)
class NewCase:
    """What a citizen told. `deed_id` makes it idempotent; an empty text was not told. `anonymous` cases keep neither
    name, telephone nor sender."""

    deed_id: str
    kind: CaseKind
    channel: str
    sender_key: str
    facts: str
    complaint_kind: str | None = None
    department: str | None = None
    window: str | None = None
    item: str | None = None
    wish: str = ""
    when: str = ""
    place: str = ""
    whom: str = ""
    name: str = ""
    telephone: str = ""
    confidential: bool = False
    anonymous: bool = False


class CaseRow(Base):
    """One case. Texts and contact are encrypted. `department` is that complained of (complaint) or in charge of the
    matter (fallback request); `assignee_department` is a department id or "supervisors". The deadline of the round
    that began at `round_started_at` is `due_at`; `missed` stays once a deadline was missed; `*_alarmed_at` are when
    staff were alarmed, once a round."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("kind in ('complaint', 'fallback_request')", name="ck_cases_kind"),
        CheckConstraint("(kind = 'complaint') = (complaint_kind is not null)", name="ck_cases_complaint_kind"),
        CheckConstraint("grading in ('on_the_spot', 'simple', 'complex')", name="ck_cases_grading"),
        CheckConstraint(
            "state in ('received', 'assigned', 'in_progress', 'settled', 'not_accepted', 'transferred', 'followed_up', "
            "'closed', 'reopened')",
            name="ck_cases_state",
        ),
        CheckConstraint(
            "not anonymous or (name is null and telephone is null and telephone_lookup is null and sender_key is null)",
            name="ck_cases_anonymous",
        ),
        CheckConstraint("(telephone is null) = (telephone_lookup is null)", name="ck_cases_telephone"),
        CheckConstraint("round >= 1", name="ck_cases_round"),
        Index("ix_cases_due", "state", "due_at"),
        Index("ix_cases_assignee", "assignee_department", "state"),
        Index("ix_cases_sender", "sender_key"),
        Index("ix_cases_created", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    complaint_kind: Mapped[str | None] = mapped_column(String(24))
    grading: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    department: Mapped[str | None] = mapped_column(String(8))
    window: Mapped[str | None] = mapped_column(String(8))
    item: Mapped[str | None] = mapped_column(String(48))
    facts: Mapped[str] = mapped_column(Text)
    wish: Mapped[str | None] = mapped_column(Text)
    when_text: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    whom: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    telephone: Mapped[str | None] = mapped_column(Text)
    telephone_lookup: Mapped[str | None] = mapped_column(String(64))
    confidential: Mapped[bool] = mapped_column(Boolean)
    anonymous: Mapped[bool] = mapped_column(Boolean)
    sender_key: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    assignee_department: Mapped[str] = mapped_column(String(16))
    assigned_to: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    round: Mapped[int] = mapped_column(Integer)
    round_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    nearly_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    nearly_due_alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand_over_by: Mapped[datetime] = mapped_column(UtcDateTime)
    hand_over_alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missed: Mapped[bool] = mapped_column(Boolean)


class CaseEventRow(Base):
    """One step of a case's history. Triggers of migration 0007 refuse to change or delete it. `note` is encrypted."""

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_case", "case_id", "number"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(String(32), ForeignKey(CaseRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    visible_to_citizen: Mapped[bool] = mapped_column(Boolean)


class CaseRevealRow(Base):
    """Who looked at a complainant's identity, when and why (S21); can only be added to. `reason` is encrypted."""

    __tablename__ = "case_reveals"
    __table_args__ = (Index("ix_case_reveals_case", "case_id", "number"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(String(32), ForeignKey(CaseRow.id))
    staff_id: Mapped[str] = mapped_column(String(32), ForeignKey(StaffRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class CaseQueryRow(Base):
    """Wrong questions after a case since `since`, by a keyed hash of who asks, or of the number asked for."""

    __tablename__ = "case_query_failures"
    __table_args__ = (CheckConstraint("failures >= 0", name="ck_case_query_failures"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer)
