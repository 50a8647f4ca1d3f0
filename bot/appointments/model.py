"""Tables of appointments, and what services take and give (S12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.db.database import Base, UtcDateTime


class State(StrEnum):
    """Held while a citizen still answers, booked, then one of: came (checked in, then served), did not come, cancelled
    by either side; a hold that nobody confirmed is expired."""

    HELD = "held"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CANCELLED_BY_HALL = "cancelled_by_hall"
    EXPIRED = "expired"


LIVE = (State.HELD, State.BOOKED, State.CHECKED_IN)
"""Of these, one citizen has at most one for one item."""
ONE_LIVE = "state IN ('held', 'booked', 'checked_in')"
KNOWN_STATE = f"state IN ({', '.join(repr(state.value) for state in State)})"


class SlotRow(Base):
    """A slot that somebody booked or staff changed; others exist only in the calendar. `taken` counts places that are
    held, booked or were used; it changes only by conditional UPDATE. With `closed_reason` it takes nobody any more."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("window_group", "starts_at", name="uq_slots_group_start"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_slots_taken"),
        CheckConstraint("ends_at > starts_at", name="ck_slots_ends"),
        Index("ix_slots_starts_at", "starts_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    window_group: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer)
    closed_reason: Mapped[str | None] = mapped_column(String(60))


class AppointmentRow(Base):
    """`name` and `telephone` are encrypted. `citizen_key` stands for the one citizen: the hash of the telephone, while
    it is not known yet that of the sender. `revision` counts changes of time, so that each has reminders of its own."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(KNOWN_STATE, name="ck_appointments_state"),
        CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="ck_appointments_held_until"),
        Index(
            "uq_appointments_one_live",
            "citizen_key",
            "item",
            unique=True,
            sqlite_where=text(ONE_LIVE),
            postgresql_where=text(ONE_LIVE),
        ),
        Index("ix_appointments_slot", "slot_id", "state"),
        Index("ix_appointments_sender", "sender_key"),
        Index("ix_appointments_telephone", "telephone_lookup"),
        Index("ix_appointments_held", "state", "held_until"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[str] = mapped_column(String(64), unique=True)
    window_group: Mapped[str] = mapped_column(String(20))
    slot_id: Mapped[str] = mapped_column(String(40), ForeignKey("slots.id"))
    item: Mapped[str] = mapped_column(String(48))
    department: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(20))
    sender_key: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    telephone: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    telephone_lookup: Mapped[str | None] = mapped_column(String(64))
    citizen_key: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(60))
    queue_number: Mapped[str | None] = mapped_column(String(8))
    revision: Mapped[int] = mapped_column(Integer)
    slot: Mapped[SlotRow] = relationship(lazy="joined", viewonly=True)


class QueueCounterRow(Base):
    """The last number that a group's queue has given on a day."""

    __tablename__ = "queue_numbers"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    window_group: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class OfferRow(Base):
    """What was last offered to a sender in a dialogue, so that "第二个" is understood."""

    __tablename__ = "appointment_offers"

    sender_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    offered: Mapped[list[str]] = mapped_column(JSON)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LookupRow(Base):
    """Wrong telephones for one number since `began_at`."""

    __tablename__ = "appointment_lookups"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Wanted:
    """Who wants which place. `deed_id` makes it idempotent."""

    deed_id: str
    item: str
    slot_id: str
    channel: str
    sender_key: str | None = None


@dataclass(frozen=True)
class Contact:
    """How the citizen is called and reached; `telephone` in international form."""

    name: str
    telephone: str
