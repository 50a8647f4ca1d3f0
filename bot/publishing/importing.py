"""One imported file: read, checked against what is published, and published in one transaction, or refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.publishing import repository, service
from bot.publishing.model import Author, PublicationKind, Published
from knowledge.exchange.check import key_of, missing
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.incoming import incoming_faq, incoming_guides
from knowledge.exchange.mapping import Mapping
from knowledge.exchange.problems import Note
from knowledge.model import FaqEntry, Guide, Hall

KINDS = {ContentKind.GUIDES: PublicationKind.GUIDE, ContentKind.FAQ: PublicationKind.FAQ}


@dataclass(frozen=True)
class Imported:
    """What an import did (or would do). `missing`: how many guides or entries lack a field, by its Chinese label."""

    published: Published
    total: int
    missing: dict[str, int]
    notes: Sequence[Note]


class _DryRun(Exception):
    """Rolls the transaction back at its end."""


def import_file(
    database: Database,
    kind: ContentKind,
    file: Path,
    *,
    mapping: Mapping | None,
    hall: Hall,
    author: Author,
    now: datetime,
    dry_run: bool = False,
) -> Imported:
    """Publishes every guide or FAQ entry of the file, or raises Refused and changes nothing; so does a dry run."""
    try:
        with database.transaction() as session:
            models, notes = _read(session, kind, file, mapping, hall)
            done = service.publish(session, KINDS[kind], {key_of(model): model for model in models}, author, now)
            imported = Imported(done, len(models), missing(kind, models), notes)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return imported


def published_guides(session: Session) -> dict[str, Guide]:
    """The guides as they are published now, by code."""
    return {c: Guide.model_validate(d) for c, d in repository.documents(session, PublicationKind.GUIDE)}


def published_faq(session: Session) -> dict[str, FaqEntry]:
    """The FAQ entries as they are published now, by id."""
    return {i: FaqEntry.model_validate(d) for i, d in repository.documents(session, PublicationKind.FAQ)}


def _read(
    session: Session, kind: ContentKind, file: Path, mapping: Mapping | None, hall: Hall
) -> tuple[Sequence[Guide | FaqEntry], list[Note]]:
    guides = published_guides(session)
    if kind is ContentKind.GUIDES:
        found, notes = incoming_guides(file, mapping, guides, hall)
        return [item.model for item in found], notes
    entries, notes = incoming_faq(file, mapping, published_faq(session), guides, hall)
    return [item.model for item in entries], notes
