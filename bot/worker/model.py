"""The table by which all workers agree when a periodic job ran last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class WorkerJobRow(Base):
    """One periodic job; `last_run_at` is when some worker last began it."""

    __tablename__ = "worker_jobs"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_run_at: Mapped[datetime] = mapped_column(UtcDateTime)
