"""The inbox: each message once, shown once, only to its sender."""

from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import select

from bot.db.database import Database
from bot.outbox.delivery import deliver_due
from bot.outbox.inbox import InboxTransport, take_unread, take_unread_messages
from bot.outbox.model import InboxRow, RecipientKind
from bot.outbox.transport import Recipient
from tests.unit.bot.outbox.helpers import NOW, VAULT, outbox_of, put

KEY = VAULT.sender_key("web", "a page's own secret")
TO = Recipient(RecipientKind.SENDER, KEY)


def inbox(database: Database) -> InboxTransport:
    return InboxTransport(database, VAULT, lambda: NOW)


def unread(database: Database, key: str = KEY) -> list[str]:
    with database.transaction() as session:
        return take_unread(session, VAULT, key, NOW)


def test_a_message_of_the_outbox_is_shown_once(database: Database) -> None:
    put(database, sender_key=KEY, text="您的咨询有回复了。")
    deliver_due(outbox_of(database, inbox(database)), NOW)
    assert unread(database) == ["您的咨询有回复了。"]
    assert unread(database) == []


def test_the_same_key_twice_is_shown_once(database: Database) -> None:
    for text in ("一", "二"):
        inbox(database).deliver("case:1", TO, text)
    assert unread(database) == ["一"]
    inbox(database).deliver("case:1", TO, "三")
    assert unread(database) == []


def test_nobody_sees_anothers_messages(database: Database) -> None:
    inbox(database).deliver("case:1", TO, "您好")
    assert unread(database, VAULT.sender_key("web", "another page")) == []
    assert unread(database) == ["您好"]


def test_messages_come_in_their_order_with_their_time(database: Database) -> None:
    for number in (3, 1, 2):
        moment = NOW + timedelta(minutes=number)
        InboxTransport(database, VAULT, lambda moment=moment: moment).deliver(f"case:{number}", TO, str(number))
    with database.transaction() as session:
        messages = take_unread_messages(session, VAULT, KEY, NOW)
    assert [(m.text, m.sent_at) for m in messages] == [(str(n), NOW + timedelta(minutes=n)) for n in (1, 2, 3)]


def test_two_pages_that_ask_at_once_share_the_messages(database: Database) -> None:
    for number in range(20):
        inbox(database).deliver(f"case:{number}", TO, str(number))
    barrier, got = Barrier(4), list[str]()

    def ask() -> None:
        barrier.wait()
        got.extend(unread(database))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=int) == [str(number) for number in range(20)]


def test_texts_are_sealed(database: Database) -> None:
    inbox(database).deliver("case:1", TO, "王女士您好")
    with database.transaction() as session:
        assert "王女士" not in session.scalars(select(InboxRow.text)).one()
