"""Reads and writes publications in a session that the caller commits."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.publishing.model import ChangeRow, Publication, PublicationKind, PublicationRow, RevisionRow
from knowledge.changes import Document, FieldChange


def current_revision(session: Session) -> int:
    """The number of the last publication."""
    return session.connection().execute(select(RevisionRow.revision)).scalar_one()


def next_revision(session: Session) -> int:
    """Takes the next number; other publications wait until this transaction ends."""
    session.execute(update(RevisionRow).values(revision=RevisionRow.revision + 1))
    return current_revision(session)


def rows(session: Session, kind: PublicationKind) -> dict[str, PublicationRow]:
    """Every publication of a kind, withdrawn ones too."""
    found = session.scalars(select(PublicationRow).where(PublicationRow.kind == kind.value))
    return {row.id: row for row in found}


def documents(session: Session, kind: PublicationKind) -> Iterator[tuple[str, Document]]:
    """What is published now, by id."""
    statement = (
        select(PublicationRow.id, PublicationRow.document)
        .where(PublicationRow.kind == kind.value, PublicationRow.withdrawn.is_(False))
        .order_by(PublicationRow.id)
    )
    for row in session.connection().execute(statement):
        yield row.id, row.document


def note(session: Session, publication: Publication, changes: list[FieldChange]) -> None:
    """Appends what a publication changed to the history."""
    for change in changes:
        session.add(
            ChangeRow(
                revision=publication.revision,
                kind=publication.kind.value,
                id=publication.id,
                changed_at=publication.now,
                changed_by=publication.author.name,
                source=publication.author.source,
                field=change.field,
                old=change.old,
                new=change.new,
            )
        )


def history(session: Session, kind: PublicationKind, id_: str) -> list[ChangeRow]:
    """Every change of one publication, newest first."""
    statement = select(ChangeRow).where(ChangeRow.kind == kind.value, ChangeRow.id == id_)
    return list(session.scalars(statement.order_by(ChangeRow.number.desc())))
