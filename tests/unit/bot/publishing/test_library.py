"""The snapshot follows what is published, in whichever process, and the day."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.assembly import WORDS_FILE
from bot.db.database import Database
from bot.publishing import library as module
from bot.publishing import repository
from bot.publishing.library import Library
from bot.publishing.model import Author, PublicationKind
from bot.publishing.service import publish, withdraw
from bot.publishing.start import bring_in
from knowledge.base import Workshop
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.remember import RememberedVectors
from knowledge.link import Link
from knowledge.model import FaqEntry, Guide
from knowledge.target import Kind, Target
from tests.unit.helpers import QUESTION_WORDS, guest_guide, make_faq, make_guide, make_published

AUTHOR = Author("王女士", "guides.xlsx")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GUIDE, FAQ = PublicationKind.GUIDE, PublicationKind.FAQ


class Calendar:
    """The day, which a test may change."""

    day = date(2026, 11, 22)

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def other_process(tmp_database: Database, tmp_path: Path) -> Iterator[Database]:
    """Another engine on the same file: what another process has."""
    database = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    yield database
    database.close()


@pytest.fixture
def make_library(tmp_database: Database, fake_encoder: Encoder, calendar: Calendar) -> Callable[..., Library]:
    def make(file: Path | None = None) -> Library:
        workshop = Workshop(RememberedVectors(fake_encoder, file), WORDS_FILE, QUESTION_WORDS)
        return Library(tmp_database, make_published(), workshop, calendar)

    bring_in(tmp_database, make_published())
    return make


@pytest.fixture
def library(make_library: Callable[..., Library]) -> Library:
    return make_library()


def publish_in(database: Database, kind: PublicationKind, *models: Guide | FaqEntry) -> None:
    with database.transaction() as session:
        publish(session, kind, {m.code if isinstance(m, Guide) else m.id: m for m in models}, AUTHOR, NOW)


def first_found(library: Library, text: str) -> Target:
    encoder = library._workshop.vectors._encoder
    link: Link = library.current.linker.link(text, encoder.encode_queries([text])[0])
    return link.candidates[0].target


def test_it_begins_with_what_is_published(library: Library) -> None:
    assert sorted(library.current.guides) == ["GA-003", "GA-008", "GJ-002", "RS-002"]
    assert list(library.current.published.faq) == ["FAQ-GA-001"]
    assert library.current.as_of == date(2026, 11, 22)


def test_nothing_new_builds_nothing(library: Library) -> None:
    before = library.current
    assert library.refresh() is False and library.current is before


def test_what_another_process_published_is_found_at_the_next_look(library: Library, other_process: Database) -> None:
    before = library.current
    publish_in(other_process, GUIDE, guest_guide(), make_guide(conditions=["别的条件。"]))
    assert library.current is before
    assert library.refresh() is True
    assert library.current.guides["GA-003"].conditions == ("别的条件。",)
    assert first_found(library, "排水许可") == Target(Kind.GUIDE, "XX-001")
    assert library.refresh() is False


def test_whoever_took_the_snapshot_before_keeps_it(library: Library, other_process: Database) -> None:
    taken = library.current
    publish_in(other_process, GUIDE, make_guide(conditions=["别的条件。"]))
    library.refresh()
    assert taken.guides["GA-003"].conditions == ("居民身份证丢失。",)


def test_what_is_withdrawn_is_no_longer_found(library: Library, other_process: Database) -> None:
    with other_process.transaction() as session:
        withdraw(session, GUIDE, ["RS-002"], AUTHOR, NOW)
        withdraw(session, FAQ, ["FAQ-GA-001"], AUTHOR, NOW)
    assert library.refresh()
    assert "RS-002" not in library.current.guides and not library.current.published.faq
    assert first_found(library, "社会保障卡补领") != Target(Kind.GUIDE, "RS-002")
    assert "捡到的身份证能用吗" not in library.current.titles


def test_a_build_that_failed_is_tried_again(
    library: Library, other_process: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError

    publish_in(other_process, GUIDE, make_guide(code="GA-090", name="临时身份证明开具"))
    with monkeypatch.context() as broken:
        broken.setattr(module.base, "build", fails)
        with pytest.raises(OSError):
            library.refresh()
    assert library.refresh()
    assert "GA-090" in library.current.guides


def test_publishing_the_same_again_builds_nothing(library: Library, other_process: Database) -> None:
    publish_in(other_process, GUIDE, make_guide())
    assert library.refresh() is False


LATER = make_faq(id="FAQ-GA-002", questions=["新规定什么时候施行"], items=[], valid_from=date(2026, 12, 1))


def test_an_faq_entry_answers_from_its_first_day_on(
    library: Library, calendar: Calendar, other_process: Database
) -> None:
    publish_in(other_process, FAQ, LATER)
    library.refresh()
    assert "新规定什么时候施行" not in library.current.titles
    calendar.day = date(2026, 12, 1)
    assert library.refresh() is True
    assert library.current.as_of == calendar.day
    assert library.current.titles["新规定什么时候施行"] == first_found(library, "新规定什么时候施行")
    assert library.refresh() is False


def test_an_faq_entry_falls_silent_after_its_last_day(
    library: Library, calendar: Calendar, other_process: Database
) -> None:
    publish_in(other_process, FAQ, make_faq(valid_until=date(2026, 11, 30)))
    for day, answers in ((date(2026, 11, 30), True), (date(2026, 12, 1), False)):
        calendar.day = day
        library.refresh()
        assert ("捡到的身份证能用吗" in library.current.titles) is answers


def test_a_second_start_encodes_no_name_again(
    make_library: Callable[..., Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_encoder: Encoder
) -> None:
    file = tmp_path / "vectors.npz"
    make_library(file)
    monkeypatch.setattr(type(fake_encoder), "encode_queries", lambda _, texts: pytest.fail(str(texts)) if texts else [])
    make_library(file)


def wait_for(library: Library, code: str) -> None:
    until = time.monotonic() + 10
    while code not in library.current.guides:
        assert time.monotonic() < until
        time.sleep(0.01)


async def test_while_it_is_watched_a_publication_is_found_by_itself(
    library: Library, other_process: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    async with library.watched():
        await asyncio.to_thread(publish_in, other_process, GUIDE, guest_guide())
        await asyncio.to_thread(wait_for, library, "XX-001")


async def test_a_look_that_fails_is_logged_and_the_next_one_may_succeed(
    library: Library, other_process: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    right = repository.current_revision
    looks: list[int] = []

    def fails_at_first(session: object) -> int:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("13800001111")
        return right(session)  # type: ignore[arg-type]

    publish_in(other_process, GUIDE, guest_guide())
    monkeypatch.setattr(repository, "current_revision", fails_at_first)
    with caplog.at_level(logging.ERROR):
        async with library.watched():
            await asyncio.to_thread(wait_for, library, "XX-001")
    assert "knowledge_not_refreshed kind=OSError" in caplog.text and "13800001111" not in caplog.text


async def test_watching_ends_with_its_context(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    looks: list[int] = []
    monkeypatch.setattr(Library, "refresh", lambda _: looks.append(1))
    async with library.watched():
        await asyncio.sleep(0.1)
    seen = len(looks)
    await asyncio.sleep(0.05)
    assert len(looks) == seen > 0


def test_today_is_the_day_in_china(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, zone: object = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 11, 22, 16, 30, tzinfo=UTC).astimezone(zone)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "datetime", Clock)
    assert module.today() == date(2026, 11, 23)
