"""Publishes guides and FAQ entries: all of a file or nothing, with the history of every field that changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.publishing import repository
from bot.publishing.model import Author, Publication, PublicationKind, PublicationRow, Published
from knowledge.changes import Document, FieldChange, differences, digest, document_of
from knowledge.model import FaqEntry, Guide

FILES = "data folder"
"""Author of what comes from the data folder."""


def publish(
    session: Session, kind: PublicationKind, models: Mapping[str, Guide | FaqEntry], author: Author, now: datetime
) -> Published:
    """Publishes `models` by id; what is the same as before is left alone, and no new revision is made of nothing."""
    rows = repository.rows(session, kind)
    documents = {id_: document_of(model) for id_, model in models.items()}
    unchanged = [id_ for id_, document in documents.items() if _is_published(rows.get(id_), document)]
    todo = [id_ for id_ in documents if id_ not in set(unchanged)]
    if not todo:
        return Published(repository.current_revision(session), (), (), tuple(unchanged))
    revision = repository.next_revision(session)
    added = [id_ for id_ in todo if id_ not in rows]
    for id_ in todo:
        _write(session, Publication(revision, kind, id_, author, now), documents[id_], rows.get(id_))
    changed = tuple(id_ for id_ in todo if id_ in rows)
    return Published(revision, tuple(added), changed, tuple(unchanged))


def withdraw(session: Session, kind: PublicationKind, ids: list[str], author: Author, now: datetime) -> Published:
    """Takes publications back; they stay in the table with their history."""
    rows = repository.rows(session, kind)
    gone = [id_ for id_ in ids if id_ in rows and not rows[id_].withdrawn]
    if not gone:
        return Published(repository.current_revision(session), (), (), ())
    revision = repository.next_revision(session)
    for id_ in gone:
        row = rows[id_]
        row.withdrawn, row.revision, row.changed_at, row.changed_by = True, revision, now, author.name
        change = FieldChange("withdrawn", False, True)
        repository.note(session, Publication(revision, kind, id_, author, now), [change])
    return Published(revision, (), (), (), tuple(gone))


def publish_files(
    session: Session, kind: PublicationKind, models: Mapping[str, Guide | FaqEntry], now: datetime
) -> None:
    """Brings what lies in the data folder into the database: new files, files that changed since they were last
    brought in, and the withdrawal of files that are gone. What staff imported over an unchanged file stays."""
    rows = repository.rows(session, kind)
    digests = {id_: digest(document_of(model)) for id_, model in models.items()}
    fresh = {id_: m for id_, m in models.items() if id_ not in rows or rows[id_].file_digest != digests[id_]}
    author = Author(FILES, FILES)
    if fresh:
        publish(session, kind, fresh, author, now)
        session.flush()
        for id_, row in repository.rows(session, kind).items():
            if id_ in fresh:
                row.file_digest = digests[id_]
    gone = [id_ for id_, row in rows.items() if row.file_digest and id_ not in models]
    for id_ in gone:
        rows[id_].file_digest = None
    withdraw(session, kind, gone, author, now)


def _is_published(row: PublicationRow | None, document: Document) -> bool:
    return row is not None and not row.withdrawn and digest(row.document) == digest(document)


def _write(session: Session, publication: Publication, document: Document, row: PublicationRow | None) -> None:
    changes = list(differences(row.document, document)) if row else [FieldChange("published", None, True)]
    if row and row.withdrawn:
        changes.append(FieldChange("withdrawn", True, False))
    if row is None:
        row = PublicationRow(kind=publication.kind.value, id=publication.id, file_digest=None)
        session.add(row)
    row.document, row.withdrawn, row.revision = document, False, publication.revision
    row.changed_at, row.changed_by = publication.now, publication.author.name
    repository.note(session, publication, changes)
