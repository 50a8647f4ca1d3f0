"""Table of the days that staff set for the hall's calendar (S11)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime
from bot.staff.model import StaffRow

REASON_CHARACTERS = 60


class HallDayRow(Base):
    """One day. `sessions` are pairs of opening and closing time ("09:00", local), by time; none means closed.
    `set_by` is the id of the member of staff who set it last."""

    __tablename__ = "hall_days"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="ck_hall_days_reason"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sessions: Mapped[list[list[str]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(REASON_CHARACTERS))
    set_by: Mapped[str] = mapped_column(String(32), ForeignKey(StaffRow.id))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
