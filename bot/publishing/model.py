"""Tables of what is published, and its append-only history (XC 5.3.8, S27: what changed, old against new)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.database import Base, UtcDateTime


class PublicationKind(StrEnum):
    """What can be published while the app runs."""

    GUIDE = "guide"
    FAQ = "faq"


class PublicationRow(Base):
    """One guide or FAQ entry as it is now. `file_digest` is that of the last version that came from the data folder:
    a file publishes again only when it has changed itself."""

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_revision", "revision"),)

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    file_digest: Mapped[str | None] = mapped_column(String(64))
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))


class ChangeRow(Base):
    """One field of one publication, before and after; never changed or deleted."""

    __tablename__ = "publication_changes"
    __table_args__ = (Index("ix_publication_changes_of", "kind", "id", "number"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    revision: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))
    id: Mapped[str] = mapped_column(String(48))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200))
    field: Mapped[str] = mapped_column(String(100))
    old: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    new: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)


class RevisionRow(Base):
    """One row: the number of the last publication. Whoever publishes locks it first, so publications have an order."""

    __tablename__ = "publication_revision"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Author:
    """Who publishes (a name or an account) and from where (a file name)."""

    name: str
    source: str


@dataclass(frozen=True)
class Publication:
    """The act of publishing one guide or FAQ entry."""

    revision: int
    kind: PublicationKind
    id: str
    author: Author
    now: datetime


@dataclass(frozen=True)
class Published:
    """What one publication did, by id."""

    revision: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
