"""Brings the data folder into the database, before the app or an import works with what is published."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.db.database import Database
from bot.publishing.model import PublicationKind
from bot.publishing.service import publish_files
from knowledge.base import Published


def bring_in(database: Database, published: Published) -> None:
    """Publishes the guides and FAQ entries of the data folder that are new or have changed, in one transaction."""
    with database.transaction() as session:
        now = datetime.now(UTC)
        publish_files(session, PublicationKind.GUIDE, published.guides, now)
        publish_files(session, PublicationKind.FAQ, published.faq, now)
