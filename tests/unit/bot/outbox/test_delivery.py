"""Delivery: who claims what, when it is tried again, and what becomes of a message in the end."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from bot.db.database import Database
from bot.outbox import claims
from bot.outbox.delivery import EVERYBODY, deliver_due
from bot.outbox.model import OutboxRow, OutboxState, RecipientKind
from bot.outbox.service import withdraw
from bot.outbox.transport import TryLater, Undeliverable
from bot.senders.service import remember
from tests.unit.bot.outbox.helpers import NOW, RULES, TELEPHONE, VAULT, NotingTransport, outbox_of, put, row_of

LEASE = timedelta(seconds=RULES.lease)


def near(moment: datetime | None, expected: datetime) -> bool:
    """Delivery takes some milliseconds, by which the clock goes on."""
    return moment is not None and timedelta(0) <= moment - expected < timedelta(seconds=2)


def test_a_message_is_delivered_once_and_marked_sent(database: Database) -> None:
    transport = NotingTransport()
    put(database, kind="reminder")
    outbox = outbox_of(database, transport)
    assert deliver_due(outbox, NOW) == 1
    assert deliver_due(outbox, NOW + timedelta(days=1)) == 0
    ((key, recipient, text),) = transport.delivered
    assert (key, recipient.id, recipient.about, text) == ("case:1", TELEPHONE, "reminder", "您好，您的预约在明天。")
    row = row_of(database)
    assert (row.state, row.attempts, row.claimed_by) == (OutboxState.SENT, 1, None) and near(row.sent_at, NOW)


def test_nothing_is_delivered_before_its_time(database: Database) -> None:
    put(database, not_before=NOW + timedelta(hours=1))
    transport = NotingTransport()
    assert deliver_due(outbox_of(database, transport), NOW + timedelta(minutes=59)) == 0
    assert deliver_due(outbox_of(database, transport), NOW + timedelta(hours=1)) == 1


def test_the_oldest_come_first_and_a_batch_is_bounded(database: Database) -> None:
    for number in range(5):
        put(database, f"case:{number}", NOW - timedelta(minutes=number))
    transport = NotingTransport()
    outbox = outbox_of(database, transport, RULES.model_copy(update={"batch": 3}))
    assert [deliver_due(outbox, NOW) for _ in range(3)] == [3, 2, 0]
    assert transport.keys == ["case:4", "case:3", "case:2", "case:1", "case:0"]


def test_of_many_workers_at_once_exactly_one_delivers_each_message(database: Database) -> None:
    for number in range(40):
        put(database, f"case:{number}")
    transport, barrier = NotingTransport(), Barrier(6)
    outbox = outbox_of(database, transport, RULES.model_copy(update={"batch": 3}))
    failures: list[Exception] = []

    def work() -> None:
        barrier.wait()
        try:
            while deliver_due(outbox, NOW):
                pass
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    deliver_due(outbox, NOW)  # on PostgreSQL a worker may end while the last rows are in others' hands
    assert sorted(transport.attempted) == sorted(f"case:{number}" for number in range(40))


def claim_all(database: Database, by: str, now: datetime) -> list[str]:
    with database.transaction() as session:
        return [c.key for c in claims.claim(session, EVERYBODY, by=by, batch=20, lease=LEASE, now=now)]


def test_a_killed_workers_message_is_taken_over_when_the_lease_has_run_out_not_before(database: Database) -> None:
    put(database)
    assert claim_all(database, "killed", NOW) == ["case:1"]
    transport = NotingTransport()
    outbox = outbox_of(database, transport)
    assert deliver_due(outbox, NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(outbox, NOW + LEASE) == 1
    assert transport.keys == ["case:1"]


def test_a_worker_that_lost_its_claim_neither_begins_nor_speaks_for_the_message(database: Database) -> None:
    put(database)
    claim_all(database, "slow", NOW)
    later = NOW + LEASE + timedelta(seconds=1)
    claim_all(database, "quick", later)
    id_ = row_of(database).id
    with database.transaction() as session:
        assert not claims.begin(session, id_, "slow", LEASE, later)
        claims.postpone(session, id_, "slow", "late", later + LEASE)
        assert not claims.bury(session, id_, "slow", "late")
        claims.release(session, "slow")
        assert claims.begin(session, id_, "quick", LEASE, later)
    row = row_of(database)
    assert (row.state, row.claimed_by, row.last_error, row.attempts) == (OutboxState.WAITING, "quick", None, 1)


def test_what_was_delivered_is_sent_even_if_it_was_withdrawn_meanwhile(database: Database) -> None:
    class Withdrawing(NotingTransport):
        def deliver(self, key: str, recipient: object, text: str) -> None:
            with database.transaction() as session:
                assert withdraw(session, key) == 1

    put(database)
    deliver_due(outbox_of(database, Withdrawing()), NOW)
    assert row_of(database).state == OutboxState.SENT


def test_what_is_withdrawn_after_the_claim_is_not_begun_any_more(database: Database) -> None:
    class Withdrawing(NotingTransport):
        def deliver(self, key: str, recipient: object, text: str) -> None:
            self.attempted.append(key)
            with database.transaction() as session:
                withdraw(session, "case:2")

    put(database, "case:1", NOW - timedelta(minutes=1))
    put(database, "case:2")
    transport = Withdrawing()
    deliver_due(outbox_of(database, transport), NOW)
    assert transport.attempted == ["case:1"] and row_of(database, "case:2").state == OutboxState.WITHDRAWN


def test_pauses_grow_and_then_the_message_is_dead(database: Database) -> None:
    transport = NotingTransport(*[TryLater("gateway_503") for _ in range(4)])
    put(database)
    outbox, now = outbox_of(database, transport), NOW
    for attempt, seconds in enumerate((5, 15, 30), start=1):  # 45 is cut to the longest pause
        assert deliver_due(outbox, now) == 1
        row = row_of(database)
        assert near(row.next_try_at, now + timedelta(seconds=seconds))
        assert (row.attempts, row.last_error, row.state) == (attempt, "gateway_503", OutboxState.WAITING)
        assert deliver_due(outbox, row.next_try_at - timedelta(milliseconds=1)) == 0
        now = row.next_try_at
    deliver_due(outbox, now)
    row = row_of(database)
    assert (row.state, row.attempts, row.last_error) == (OutboxState.DEAD, 4, "gateway_503")
    assert deliver_due(outbox, now + timedelta(days=30)) == 0
    assert set(transport.attempted) == {"case:1"}


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4.0), (0.5, 5.0), (0.999999, 6.0)])
def test_a_pause_is_drawn_around_its_length(chance: float, seconds: float) -> None:
    assert RULES.pause(1, chance).total_seconds() == pytest.approx(seconds, abs=1e-4)


def test_a_long_series_of_pauses_does_not_overflow() -> None:
    assert RULES.model_copy(update={"factor": 10.0}).pause(100, 0.5).total_seconds() == 30


def test_undeliverable_is_dead_at_once(database: Database) -> None:
    put(database)
    deliver_due(outbox_of(database, NotingTransport(Undeliverable("gateway_400"))), NOW)
    row = row_of(database)
    assert (row.state, row.attempts, row.last_error) == (OutboxState.DEAD, 1, "gateway_400")


def test_a_fault_of_a_transport_is_tried_again_and_stops_no_other_message(database: Database) -> None:
    put(database, "case:1", NOW - timedelta(minutes=1))
    put(database, "case:2")
    transport = NotingTransport(KeyError("a telephone 13800001234"))
    deliver_due(outbox_of(database, transport), NOW)
    row = row_of(database)
    assert (row.state, row.last_error) == (OutboxState.WAITING, "KeyError")
    assert transport.keys == ["case:2"]


def test_a_message_that_kills_its_worker_each_time_is_dead_in_the_end(database: Database) -> None:
    put(database)
    now, transport = NOW, NotingTransport()
    for number in range(RULES.attempts):
        claim_all(database, f"killed-{number}", now)
        with database.transaction() as session:
            assert claims.begin(session, row_of(database).id, f"killed-{number}", LEASE, now)
        now += LEASE * 2
    deliver_due(outbox_of(database, transport), now)
    row = row_of(database)
    assert (row.state, row.last_error, transport.attempted) == (OutboxState.DEAD, "worker_lost", [])


def test_what_was_sealed_with_another_key_is_dead_and_visible(database: Database) -> None:
    put(database)
    with database.transaction() as session:
        session.execute(update(OutboxRow).values(text="no token"))
    deliver_due(outbox_of(database, NotingTransport()), NOW)
    assert (row_of(database).state, row_of(database).last_error) == (OutboxState.DEAD, "unreadable")


def test_what_has_expired_is_never_sent(database: Database) -> None:
    put(database, expires_at=NOW + timedelta(minutes=5))
    transport = NotingTransport(TryLater("gateway_503"))
    outbox = outbox_of(database, transport, RULES.model_copy(update={"first_pause": 600.0, "longest_pause": 600.0}))
    deliver_due(outbox, NOW)
    deliver_due(outbox, NOW + timedelta(minutes=5))  # its next try would be later still
    assert row_of(database).state == OutboxState.EXPIRED
    deliver_due(outbox, NOW + timedelta(hours=1))
    assert transport.attempted == ["case:1"]


def test_what_expires_between_claim_and_delivery_is_not_begun(database: Database) -> None:
    put(database, expires_at=NOW + timedelta(seconds=5))
    claim_all(database, "worker", NOW)
    with database.transaction() as session:
        assert not claims.begin(session, row_of(database).id, "worker", LEASE, NOW + timedelta(seconds=5))


def test_a_stop_finishes_the_message_in_hand_and_lets_the_others_go_at_once(database: Database) -> None:
    for number in range(3):
        put(database, f"case:{number}", NOW - timedelta(minutes=9 - number))
    transport = NotingTransport()
    outbox = outbox_of(database, transport)
    deliver_due(outbox, NOW, stopped=lambda: bool(transport.delivered))
    assert transport.keys == ["case:0"]
    deliver_due(outbox, NOW)
    assert transport.keys == ["case:0", "case:1", "case:2"]


def test_each_kind_of_recipient_can_be_delivered_alone(database: Database) -> None:
    put(database, "to:telephone")
    put(database, "to:staff", audience="hall")
    put(database, "to:citizen", sender_key="a" * 64)
    transport = NotingTransport()
    outbox = outbox_of(database, transport)
    for kind in RecipientKind:
        assert deliver_due(outbox, NOW, (kind,)) == 1
    assert transport.keys == ["to:citizen", "to:telephone", "to:staff"]


def test_a_channel_with_a_transport_gets_its_own_and_the_others_fall_to_the_inbox(database: Database) -> None:
    with database.transaction() as session:
        for channel in ("wechat", "web"):
            remember(session, VAULT, channel, f"{channel}-sender", NOW)
    put(database, "to:wechat", sender_key=VAULT.sender_key("wechat", "wechat-sender"))
    put(database, "to:web", sender_key=VAULT.sender_key("web", "web-sender"))
    put(database, "to:unknown", sender_key="f" * 64)
    inbox, wechat = NotingTransport(), NotingTransport()
    deliver_due(outbox_of(database, inbox, wechat=wechat), NOW)
    assert sorted(inbox.keys) == ["to:unknown", "to:web"]
    ((key, recipient, _),) = wechat.delivered
    assert (key, recipient.channel, recipient.address) == ("to:wechat", "wechat", "wechat-sender")


def test_a_long_batch_goes_on_with_the_clock(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each delivery takes half a lease: the claim on the third has run out, so another worker may have it."""
    for number in range(4):
        put(database, f"case:{number}", NOW - timedelta(minutes=9 - number))
    ticks = [0.0]

    class Slow(NotingTransport):
        def deliver(self, key: str, recipient: object, text: str) -> None:
            ticks[0] += RULES.lease / 2
            self.attempted.append(key)

    monkeypatch.setattr("bot.outbox.delivery.time.monotonic", lambda: ticks[0])
    transport = Slow()
    deliver_due(replace(outbox_of(database, transport)), NOW)
    assert transport.attempted == ["case:0", "case:1"]
    assert row_of(database, "case:2").attempts == 0
