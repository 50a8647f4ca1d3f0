"""Tables of threads between a citizen and a person, and what the other parts see of one (S04, S24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from bot.staff.model import StaffRow


class ThreadStatus(StrEnum):
    """Waiting in the queue, open with a person, over by a person or a job, left by the citizen."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"
    LEFT = "left"


class Ending(StrEnum):
    """How a thread came to its end (S28)."""

    CLOSED = "closed"
    HANDED_BACK = "handed_back"
    NOBODY = "nobody"
    SILENT = "silent"
    LEFT = "left"


class Author(StrEnum):
    CITIZEN = "citizen"
    STAFF = "staff"
    BOT = "bot"


@dataclass(frozen=True)
class ThreadState:
    """A live thread as every message of its sender asks for it; `told`: he knows already that a person has it."""

    id: str
    status: ThreadStatus
    told: bool

    @property
    def open(self) -> bool:
        return self.status is ThreadStatus.OPEN


@dataclass(frozen=True)
class Wish:
    """The wish for a person. `item` and `department` (ids, if known) say what it is about; threads of the sidebar are
    clerks' own and go to experts."""

    sender_key: str
    channel: str
    text: str
    item: str | None = None
    department: str | None = None


class ThreadRow(Base):
    """`live_sender` is the sender while the thread is live, so that the database keeps it to one for each sender.
    `awaiting_since`: since when the citizen waits for a word of a person; empty while it is his turn. `told_at`: when
    the bot told him that a person has taken over. `last_number` is that of the newest message."""

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'open', 'closed', 'left')", name="ck_threads_state"),
        CheckConstraint("(state in ('waiting', 'open')) = (live_sender is not null)", name="ck_threads_live"),
        CheckConstraint("(state in ('waiting', 'open')) = (closed_at is null)", name="ck_threads_closed"),
        CheckConstraint("state <> 'open' or taken_by is not null", name="ck_threads_taken"),
        Index("ix_threads_queue", "state", "created_at"),
        Index("ix_threads_sender", "sender_key", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sender_key: Mapped[str] = mapped_column(String(64))
    live_sender: Mapped[str | None] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    ending: Mapped[str | None] = mapped_column(String(16))
    department: Mapped[str | None] = mapped_column(String(8))
    item: Mapped[str | None] = mapped_column(String(48))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    awaiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_number: Mapped[int] = mapped_column(Integer)


class ThreadMessageRow(Base):
    """One message, numbered within its thread from 1; `text` is encrypted. `client_key` is what a clerk's page sends
    to have a message taken once only."""

    __tablename__ = "thread_messages"
    __table_args__ = (
        CheckConstraint("author in ('citizen', 'staff', 'bot')", name="ck_thread_messages_author"),
        CheckConstraint("(author = 'staff') = (staff_id is not null)", name="ck_thread_messages_staff"),
        UniqueConstraint("thread_id", "client_key", name="uq_thread_messages_client_key"),
    )

    thread_id: Mapped[str] = mapped_column(String(32), ForeignKey(ThreadRow.id), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[str | None] = mapped_column(String(32), ForeignKey(StaffRow.id))
    text: Mapped[str] = mapped_column(Text)
    client_key: Mapped[str | None] = mapped_column(String(128))
