"""The ledger: one entry a deed, a promise that is minded, and nothing personal in plain sight (S13)."""

import re
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from bot.consultations import desk_work, service
from bot.consultations.model import Answer, ConsultationRow, ConsultationState
from bot.db.database import Database
from bot.outbox.inbox import take_unread
from bot.outbox.model import InboxRow, OutboxRow
from tests.unit.bot.consultations.helpers import (
    CLERK,
    FRIDAY,
    TELEPHONE,
    VAULT,
    WORDING,
    add_staff,
    alarms,
    ledger,
    opened,
    row_of,
)  # fmt: skip
from tests.unit.helpers import SENDER_KEY

CHINA = ZoneInfo("Asia/Shanghai")
LOOKUP = VAULT.lookup("telephone", TELEPHONE)
LATER = FRIDAY + timedelta(hours=3)


def count(database: Database) -> int | None:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(ConsultationRow))


def answered(database: Database, **changes: str) -> str:
    """The id of a consultation that was answered LATER."""
    add_staff(database)
    id_ = opened(database, **changes).id
    with database.transaction() as session:
        desk_work.answer(ledger(session), CLERK, id_, Answer("可以代办。", ("居民身份证法",)), LATER)
    return id_


def mark_sent(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("update outbox set state = 'sent'"))


def put_into_inbox(database: Database, key: str) -> None:
    row = InboxRow(id="i" * 32, key=key, sender_key=SENDER_KEY, text=VAULT.seal("…"), created_at=LATER)
    with database.transaction() as session:
        session.add(row)


def note_delivered(database: Database) -> int:
    with database.transaction() as session:
        return service.note_delivered(session, LATER + timedelta(minutes=5))


def test_the_entry_holds_what_the_citizen_left(database: Database) -> None:
    row = opened(database)
    sealed = (row.question, row.name, row.telephone)
    assert [VAULT.open(value or "") for value in sealed] == ["能代办吗", "王小明", TELEPHONE]
    assert (row.state, row.channel, row.sender_key, row.created_at) == ("open", "web", SENDER_KEY, FRIDAY)
    assert (row.owner, row.item, row.telephone_lookup) == ("GA", "GA-003", LOOKUP)


def test_submitting_a_deed_again_gives_the_same_entry(database: Database) -> None:
    first = opened(database)
    again = opened(database, question="别的问题")
    assert (again.id, again.number, again.promised_by) == (first.id, first.number, first.promised_by)
    assert VAULT.open(again.question or "") == "能代办吗" and count(database) == 1
    assert alarms(database) == [("GA", "new")]


def test_submitting_a_deed_many_times_at_once_gives_one_entry(database: Database) -> None:
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.append(opened(database).number)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 8 and len(set(numbers)) == 1 and count(database) == 1


def test_a_number_that_was_drawn_before_is_drawn_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["ZX20261120AAAAAA", "ZX20261120AAAAAA", "ZX20261120BBBBBB"])
    monkeypatch.setattr(service, "receipt_number", lambda _prefix, _now: next(drawn))
    assert [opened(database, deed_id=f"deed{n}").number[-6:] for n in range(2)] == ["AAAAAA", "BBBBBB"]


def test_an_answer_is_promised_by_the_close_of_the_nth_working_day(database: Database) -> None:
    assert opened(database).promised_by == datetime(2026, 11, 24, 17, 0, tzinfo=CHINA)
    later = opened(database, days=1, deed_id="deed2")
    assert later.promised_by == datetime(2026, 11, 23, 17, 0, tzinfo=CHINA)


def test_the_number_has_the_date_in_china_and_letters_that_can_be_read_out(database: Database) -> None:
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # one o'clock on the 21st in China
    assert re.fullmatch(r"ZX20261121[2-9A-HJ-NP-Z]{6}", opened(database, late).number)


def test_nothing_personal_can_be_read_in_the_database(database: Database) -> None:
    answered(database)
    with database.engine.connect() as connection:
        raw = repr(
            [connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("consultations", "outbox", "alarms")]
        )
    assert "deed1" in raw
    for private in ("能代办吗", "可以代办", "王小明", "13800001111"):
        assert private not in raw


@pytest.mark.parametrize(("owner", "audience"), [("GA", "GA"), (None, "supervisors")])
def test_whoever_has_to_answer_is_told(database: Database, owner: str | None, audience: str) -> None:
    opened(database, owner=owner)
    assert alarms(database) == [(audience, "new")]


@pytest.mark.parametrize(
    "change",
    ["state = 'lost'", "state = 'closed'", "ended_at = created_at", "state = 'answered'"],
)
def test_the_database_refuses_impossible_entries(database: Database, change: str) -> None:
    opened(database)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(f"update consultations set {change}"))


def test_an_entry_is_found_by_number_and_telephone(database: Database) -> None:
    row = opened(database)
    with database.transaction() as session:
        progress = service.find(session, VAULT, row.number, LOOKUP)
        assert progress and (progress.state, progress.owner, progress.answer) == (ConsultationState.OPEN, "GA", None)
        assert progress.promised_by == row.promised_by and progress.sources == ()
        assert service.find(session, VAULT, row.number, VAULT.lookup("telephone", "+8613800002222")) is None
        assert service.find(session, VAULT, "ZX20261120AAAAAA", LOOKUP) is None


def test_an_answer_is_found_too(database: Database) -> None:
    row = row_of(database, answered(database))
    with database.transaction() as session:
        progress = service.find(session, VAULT, row.number, LOOKUP)
    assert progress and (progress.state, progress.answer) == (ConsultationState.ANSWERED, "可以代办。")
    assert progress.sources == ("居民身份证法",)


def test_the_reason_is_found_where_there_is_no_answer(database: Database) -> None:
    row = opened(database)
    with database.transaction() as session:
        desk_work.close(ledger(session), row.id, "您已经到窗口办好了。", LATER)
        progress = service.find(session, VAULT, row.number, LOOKUP)
    assert progress and (progress.state, progress.reason) == (ConsultationState.CLOSED, "您已经到窗口办好了。")


def test_a_sender_sees_what_is_running_newest_first(database: Database) -> None:
    first, second = opened(database), opened(database, LATER, deed_id="deed2")
    opened(database, deed_id="deed3", sender_key="e" * 64)
    with database.transaction() as session:
        desk_work.close(ledger(session), opened(database, deed_id="deed4").id, "重复。", LATER)
    with database.transaction() as session:
        assert [p.number for p in service.running_of(session, VAULT, SENDER_KEY)] == [second.number, first.number]


def test_a_broken_promise_alarms_owner_and_supervisors_once(database: Database) -> None:
    row = opened(database)
    opened(database, deed_id="deed2", owner=None)
    for moment, found in ((row.promised_by, 0), (row.promised_by + timedelta(seconds=1), 2)):
        with database.transaction() as session:
            assert service.alarm_overdue(session, VAULT, WORDING, moment) == found
    with database.transaction() as session:
        assert service.alarm_overdue(session, VAULT, WORDING, row.promised_by + timedelta(days=1)) == 0
    overdue = [audience for audience, what in alarms(database) if what == "overdue"]
    assert sorted(overdue) == ["GA", "supervisors", "supervisors"]
    assert row_of(database, row.id).overdue_at == row.promised_by + timedelta(seconds=1)


def test_what_is_answered_is_not_overdue(database: Database) -> None:
    row = row_of(database, answered(database))
    with database.transaction() as session:
        assert service.alarm_overdue(session, VAULT, WORDING, row.promised_by + timedelta(days=9)) == 0


def test_an_answer_in_an_inbox_is_delivered_when_it_is_looked_at(database: Database) -> None:
    id_ = answered(database)
    assert note_delivered(database) == 0, "not sent yet"
    mark_sent(database)
    put_into_inbox(database, service.answer_key(id_))
    assert note_delivered(database) == 0 and row_of(database, id_).state == "answered"
    with database.transaction() as session:
        take_unread(session, VAULT, SENDER_KEY, LATER)
    assert note_delivered(database) == 1
    row = row_of(database, id_)
    assert (row.state, row.ended_at) == ("delivered", LATER + timedelta(minutes=5))
    assert note_delivered(database) == 0


def test_an_answer_that_was_pushed_is_delivered_when_it_was_sent(database: Database) -> None:
    id_ = answered(database, channel="wechat")
    mark_sent(database)
    assert note_delivered(database) == 1 and row_of(database, id_).state == "delivered"


def test_an_answer_by_telephone_counts_though_the_inbox_of_the_kiosk_is_never_looked_at(database: Database) -> None:
    id_ = answered(database, channel="kiosk")
    mark_sent(database)
    put_into_inbox(database, service.answer_key(id_))
    assert note_delivered(database) == 1


def test_one_delivery_ends_only_its_own_consultation(database: Database) -> None:
    id_ = answered(database)
    with database.transaction() as session:
        other = opened(database, deed_id="deed2").id
    with database.transaction() as session:
        desk_work.answer(ledger(session), CLERK, other, Answer("不可以。"), LATER)
    with database.transaction() as session:
        session.execute(
            OutboxRow.__table__.update().where(OutboxRow.key == service.answer_key(other)).values(state="sent")
        )
    assert note_delivered(database) == 1
    assert [row_of(database, i).state for i in (id_, other)] == ["answered", "delivered"]


def test_who_asks_for_the_answer_has_it(database: Database) -> None:
    row = row_of(database, answered(database))
    waiting = opened(database, deed_id="deed2")
    with database.transaction() as session:
        service.mark_delivered(session, row.number, LATER)
        service.mark_delivered(session, waiting.number, LATER)
    assert row_of(database, row.id).state == "delivered"
    assert row_of(database, waiting.id).state == "open", "there is no answer to be shown"


def test_an_answer_that_nobody_fetches_ends_the_consultation(database: Database) -> None:
    id_ = answered(database)
    for days, closed in ((29, 0), (31, 1)):
        with database.transaction() as session:
            assert service.close_unfetched(session, 30, LATER + timedelta(days=days)) == closed
    assert row_of(database, id_).state == "closed"
