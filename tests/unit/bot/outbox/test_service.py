"""Taking messages in and back: one a key, sealed, with the deed or not at all."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.db.database import Database
from bot.outbox.delivery import deliver_due
from bot.outbox.model import OutboxRow, OutboxState
from bot.outbox.service import Outgoing, enqueue, withdraw
from tests.unit.bot.outbox.helpers import NOW, TELEPHONE, VAULT, NotingTransport, outbox_of, put, row_of


def test_the_same_key_twice_is_one_message_the_first(database: Database) -> None:
    put(database, text="第一次")
    put(database, text="第二次", now=NOW + timedelta(hours=1))
    row = row_of(database)
    assert (VAULT.open(row.text), row.created_at) == ("第一次", NOW)


def test_a_key_that_was_sent_is_not_sent_again(database: Database) -> None:
    transport = NotingTransport()
    put(database)
    deliver_due(outbox_of(database, transport), NOW)
    put(database)
    deliver_due(outbox_of(database, transport), NOW + timedelta(hours=1))
    assert transport.keys == ["case:1"]


def test_two_deeds_at_once_with_one_key_leave_one_message(database: Database) -> None:
    barrier, failures = Barrier(4), list[Exception]()

    def work() -> None:
        barrier.wait()
        try:
            put(database)
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1
    assert failures == []


def test_a_deed_that_fails_leaves_no_message(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        enqueue(session, VAULT, Outgoing("case:1", "您好", telephone=TELEPHONE), NOW)
        raise ZeroDivisionError
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_text_and_telephone_are_sealed(database: Database) -> None:
    put(database, text="王女士您好")
    row = row_of(database)
    assert TELEPHONE not in str(row.telephone) and "王女士" not in row.text
    assert VAULT.open(row.telephone or "") == TELEPHONE


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"telephone": TELEPHONE, "audience": "hall"},
        {"telephone": TELEPHONE, "sender_key": "a" * 64},
        {"telephone": TELEPHONE, "key": ""},
        {"telephone": TELEPHONE, "key": "a b"},
        {"telephone": TELEPHONE, "key": "预约"},
        {"telephone": TELEPHONE, "key": "a" * 129},
        {"telephone": TELEPHONE, "key": "a\r\nX: y"},
    ],
)
def test_a_message_without_one_recipient_or_a_plain_key_is_a_programming_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a message"):
        Outgoing(**{"key": "k", "text": "您好", **wrong})


def test_the_database_refuses_a_row_for_two_recipients(database: Database) -> None:
    put(database)
    with pytest.raises(IntegrityError), database.transaction() as session:
        row = session.scalars(select(OutboxRow)).one()
        row.audience = "hall"


def test_withdrawn_messages_are_not_sent(database: Database) -> None:
    for key in ("appointment:1:day", "appointment:1:hour", "appointment:12:day", "APPOINTMENT:1:day", "appointment_1"):
        put(database, key)
    with database.transaction() as session:
        assert withdraw(session, "appointment:1:") == 2
    transport = NotingTransport()
    deliver_due(outbox_of(database, transport), NOW)
    assert sorted(transport.keys) == ["APPOINTMENT:1:day", "appointment:12:day", "appointment_1"]
    assert row_of(database, "appointment:1:day").state == OutboxState.WITHDRAWN


def test_wildcards_in_a_prefix_are_plain_characters(database: Database) -> None:
    put(database, "case:1")
    with database.transaction() as session:
        assert withdraw(session, "case_") == withdraw(session, "%") == 0


def test_what_was_sent_is_not_withdrawn(database: Database) -> None:
    put(database)
    deliver_due(outbox_of(database, NotingTransport()), NOW)
    with database.transaction() as session:
        assert withdraw(session, "case:") == 0
    assert row_of(database).state == OutboxState.SENT


def test_an_empty_prefix_is_refused(database: Database) -> None:
    put(database)
    with database.transaction() as session, pytest.raises(ValueError, match="everything"):
        withdraw(session, "")
