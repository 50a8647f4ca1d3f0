"""A file is published whole, with its history, or nothing of it is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.db.database import Database
from bot.publishing import repository
from bot.publishing.importing import Imported, import_file, published_guides
from bot.publishing.model import Author, PublicationKind
from knowledge.changes import document_of
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.problems import Refused
from knowledge.model import Guide
from tests.unit.knowledge.exchange.samples import HALL, entry, guide

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Desk:
    """Imports files of guides or FAQ entries into one database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    def publish(self, *models: object, kind: ContentKind = ContentKind.GUIDES, dry_run: bool = False) -> Imported:
        file = self.folder / "incoming.json"
        file.write_text(json.dumps([document_of(m) for m in models], ensure_ascii=False), encoding="utf-8")  # type: ignore[arg-type]
        author = Author("张三", file.name)
        return import_file(self.database, kind, file, mapping=None, hall=HALL, author=author, now=NOW, dry_run=dry_run)

    def guides(self) -> dict[str, Guide]:
        with self.database.transaction() as session:
            return published_guides(session)

    def revision(self) -> int:
        with self.database.transaction() as session:
            return repository.current_revision(session)

    def history(self, code: str) -> list[tuple[str, str, str, object, object]]:
        with self.database.transaction() as session:
            rows = repository.history(session, PublicationKind.GUIDE, code)
            return [(row.changed_by, row.source, row.field, row.old, row.new) for row in rows]


@pytest.fixture
def desk(tmp_database: Database, tmp_path: Path) -> Desk:
    return Desk(tmp_database, tmp_path)


def test_guides_are_published_and_changed_with_their_history(desk: Desk) -> None:
    assert desk.publish(guide()).published.added == ("GA-003",)
    fees = {"charged": True, "amount_yuan": 60, "text": "每证40元。"}
    assert desk.publish(guide(fees=fees)).published.changed == ("GA-003",)
    assert desk.guides()["GA-003"].fees.amount_yuan == 60  # type: ignore[union-attr]
    assert desk.history("GA-003") == [
        ("张三", "incoming.json", "fees.amount_yuan", 40, 60),
        ("张三", "incoming.json", "published", None, True),
    ]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.publish(guide())
    before = desk.revision()
    again = desk.publish(guide()).published
    assert (again.added, again.changed, again.unchanged) == ((), (), ("GA-003",)) and desk.revision() == before


def test_one_refused_row_keeps_the_whole_file_out(desk: Desk) -> None:
    desk.publish(guide())
    other = guide(code="GA-004", name="乙", aliases=[], colloquial=[])
    with pytest.raises(Refused, match="没有部门 XX"):
        desk.publish(other, guide(department="XX", name="改"))
    assert desk.guides() == {"GA-003": guide()} and len(desk.history("GA-003")) == 1


def test_a_dry_run_reports_and_changes_nothing(desk: Desk) -> None:
    imported = desk.publish(guide(), dry_run=True)
    assert imported.published.added == ("GA-003",) and imported.missing["办理流程"] == 1
    assert desk.guides() == {} and desk.revision() == 0


def test_what_is_published_already_counts_for_clashes(desk: Desk) -> None:
    desk.publish(guide())
    with pytest.raises(Refused, match="名称“甲证补领”已经属于 GA-003"):
        desk.publish(guide(code="GA-004"))


def test_items_of_faq_entries_are_looked_for_among_published_guides(desk: Desk) -> None:
    desk.publish(guide())
    imported = desk.publish(entry(items=["GA-003", "GA-404"]), kind=ContentKind.FAQ)
    assert imported.published.added == ("FAQ-GA-001",)
    assert [note.reason for note in imported.notes] == ["事项 GA-404 没有发布"]
