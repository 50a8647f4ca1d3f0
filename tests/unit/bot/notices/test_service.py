"""Numbers, keeping, download addresses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.desk import Desk
from bot.errors import Refused
from bot.notices import downloads, service
from bot.notices.model import Details, Missing, NewNotice, NoticeKind, NoticeRow
from bot.notices.rules import notice_rules
from tests.unit.bot.notices.conftest import NOW, VAULT

NEW = NewNotice(NoticeKind.ONE_TIME, "GA-003", "王小明", "https://example.gov.cn")
REFUSAL = replace(
    NEW,
    kind=NoticeKind.REFUSAL,
    details=Details(applied_on=date(2026, 11, 20), reasons=("不属于职权范围。",), legal_basis="《某法》第一条"),
)
SUPPLEMENT = replace(
    NEW,
    kind=NoticeKind.SUPPLEMENT,
    details=Details(applied_on=date(2026, 11, 20), missing=(Missing("照片"),), due_on=date(2026, 11, 23)),
)


def issue(desk: Desk, new: NewNotice = NEW) -> NoticeRow:
    with desk.database.transaction() as session:
        return service.issue(session, VAULT, desk.library.current, notice_rules(desk.rules), new, NOW)


def test_numbers_run_by_kind_and_department(desk: Desk) -> None:
    numbers = [issue(desk).number, issue(desk).number, issue(desk, REFUSAL).number]
    assert numbers == ["GZGA202600001", "GZGA202600002", "BYGA202600001"]


def test_a_year_begins_at_midnight_in_china(desk: Desk) -> None:
    eve = NOW.replace(month=12, day=31, hour=17)
    with desk.database.transaction() as session:
        row = service.issue(session, VAULT, desk.library.current, notice_rules(desk.rules), NEW, eve)
    assert row.number == "GZGA202700001"


def test_one_deed_gives_one_notice_and_leaves_no_gap(desk: Desk) -> None:
    first = issue(desk, replace(NEW, deed_id="d" * 32))
    again = issue(desk, replace(NEW, deed_id="d" * 32))
    assert again.id == first.id and issue(desk).number == "GZGA202600002"


def test_numbers_do_not_repeat_when_many_issue_at_once(desk: Desk) -> None:
    deeds = [replace(NEW, deed_id=f"{n % 6:032d}") for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        numbers = {row.number for row in pool.map(lambda new: issue(desk, new), deeds)}
    assert numbers == {f"GZGA2026{n:05d}" for n in range(1, 7)}


def test_a_notice_that_was_refused_takes_no_number(desk: Desk) -> None:
    with pytest.raises(Refused):
        issue(desk, replace(REFUSAL, recipient=" "))
    assert issue(desk, REFUSAL).number == "BYGA202600001"


@pytest.mark.parametrize(
    ("new", "wording"),
    [
        (replace(NEW, item="XX-999"), "notice.no_item"),
        (replace(NEW, situation="nobody"), "notice.no_situation"),
        (replace(REFUSAL, recipient=""), "notice.no_recipient"),
        (replace(REFUSAL, details=replace(REFUSAL.details, applied_on=None)), "notice.bad_applied_on"),
        (replace(REFUSAL, details=replace(REFUSAL.details, applied_on=date(2026, 11, 23))), "notice.bad_applied_on"),
        (replace(REFUSAL, details=replace(REFUSAL.details, reasons=())), "notice.no_reason"),
        (replace(REFUSAL, details=replace(REFUSAL.details, legal_basis=" ")), "notice.no_reason"),
        (replace(SUPPLEMENT, details=replace(SUPPLEMENT.details, missing=())), "notice.nothing_missing"),
        (replace(SUPPLEMENT, details=replace(SUPPLEMENT.details, due_on=date(2026, 11, 22))), "notice.bad_due_on"),
    ],
)
def test_what_a_kind_must_say_is_demanded(desk: Desk, new: NewNotice, wording: str) -> None:
    with pytest.raises(Refused) as refused:
        issue(desk, new)
    assert refused.value.wording == wording


def test_names_and_content_are_sealed(desk: Desk) -> None:
    row = issue(desk)
    downloads.file(desk.database, VAULT, row.id)
    with desk.database.transaction() as session:
        kept = service.notice(session, row.id)
    assert "王" not in f"{kept.recipient}{kept.content}{kept.pdf}" and kept.pdf is not None
    assert service.shown(VAULT, kept).recipient == "王**"


def test_the_file_never_changes_once_it_was_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = issue(desk)
    name, first = downloads.file(desk.database, VAULT, row.id)
    monkeypatch.setattr("bot.notices.pdf.BODY", 12.0)
    assert downloads.file(desk.database, VAULT, row.id) == (name, first)
    assert name == "一次性告知书-GZGA202600001.pdf" and first.startswith(b"%PDF")


def test_an_address_works_until_it_expires_or_is_used_up(desk: Desk) -> None:
    row, rules = issue(desk), notice_rules(desk.rules).model_copy(update={"most_downloads": 2})
    with desk.database.transaction() as session:
        token = downloads.new_token(session, rules, row.id, NOW)
    assert len(token) >= 43
    late = NOW + timedelta(days=rules.download_days)
    for now, wording in ((late, "notice.download_over"), (NOW, None), (NOW, None), (NOW, "notice.download_over")):
        with desk.database.transaction() as session:
            if wording is None:
                assert downloads.take(session, rules, token, now) == row.id
                continue
            with pytest.raises(Refused) as refused:
                downloads.take(session, rules, token, now)
            assert (refused.value.wording, refused.value.status) == (wording, 410)


def test_an_address_that_never_was_is_not_found(desk: Desk) -> None:
    with desk.database.transaction() as session, pytest.raises(Refused) as refused:
        downloads.take(session, notice_rules(desk.rules), "x" * 43, NOW)
    assert refused.value.status == 404
