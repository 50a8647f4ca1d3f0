"""Tables of issued notices, of their running numbers and of their download addresses, and what a notice is made from
(S03, S25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime

KINDS = "kind in ('one_time', 'acceptance', 'refusal', 'supplement')"


class NoticeKind(StrEnum):
    ONE_TIME = "one_time"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True)
class Missing:
    """A material that is missing or wrong, and what is asked of it."""

    name: str
    requirement: str = ""


@dataclass(frozen=True)
class Details:
    """What a member of staff tells besides item and recipient; which of it a kind needs is checked by the service.

    `applied_on`: day of the application; `reasons`, `legal_basis` of a refusal; `missing`, `due_on` of a supplement;
    `limit_days` (working days) and `collect_at` of an acceptance; `received`: materials that were handed in.
    """

    applied_on: date | None = None
    reasons: tuple[str, ...] = ()
    legal_basis: str = ""
    missing: tuple[Missing, ...] = ()
    due_on: date | None = None
    limit_days: int | None = None
    collect_at: str = ""
    received: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewNotice:
    """`deed_id` makes issuing idempotent: one deed, one notice. `recipient` may be empty for a one-time notice;
    `created_by` is the id of a staff account, `clerk` its name on the paper; `verify_base` is the address of the
    hall's pages, without a slash at its end."""

    kind: NoticeKind
    item: str
    recipient: str
    verify_base: str
    situation: str | None = None
    details: Details = Details()
    deed_id: str | None = None
    sender_key: str | None = None
    created_by: str | None = None
    clerk: str = ""


class NoticeRow(Base):
    """One issued notice. `recipient`, `content` (JSON of what is printed) and `pdf` (base85) are encrypted; `pdf` is
    empty until it was rendered, and never changes afterwards."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint(KINDS, name="ck_notices_kind"),
        Index("ix_notices_department", "department", "created_at"),
        Index("ix_notices_created", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    item: Mapped[str] = mapped_column(String(48))
    department: Mapped[str | None] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    pdf: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("staff.id"))
    sender_key: Mapped[str | None] = mapped_column(String(64))
    deed_id: Mapped[str | None] = mapped_column(String(32), unique=True)


class NoticeCounterRow(Base):
    """The last running number of a kind, an office (department id, or the hall's own mark) and a year in China."""

    __tablename__ = "notice_counters"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    office: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class NoticeDownloadRow(Base):
    """One download address. The token itself is only in what was sent."""

    __tablename__ = "notice_downloads"
    __table_args__ = (Index("ix_notice_downloads_notice", "notice_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(32), ForeignKey("notices.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used: Mapped[int] = mapped_column(Integer)
