"""What staff see of the outbox, and the second life of a dead message."""

from datetime import timedelta

import pytest

from bot.db.database import Database
from bot.errors import Refused
from bot.outbox.delivery import deliver_due
from bot.outbox.model import OutboxState
from bot.outbox.overview import overview, retry
from bot.outbox.transport import Undeliverable
from tests.unit.bot.outbox.helpers import NOW, TELEPHONE, VAULT, NotingTransport, outbox_of, put, row_of


def die(database: Database, **fields: object) -> str:
    put(database, **fields)
    deliver_due(outbox_of(database, NotingTransport(Undeliverable("no_gateway"))), NOW)
    return row_of(database).id


def test_the_dead_are_seen_with_masks_and_without_texts(database: Database) -> None:
    die(database, text="王女士您好")
    put(database, "case:2")
    with database.transaction() as session:
        (dead,) = overview(session, VAULT, OutboxState.DEAD, 10)
        everything = overview(session, VAULT, None, 10)
    assert (dead.to, dead.last_error, dead.state) == ("138****1234", "no_gateway", "dead")
    assert TELEPHONE not in repr(dead) and "王女士" not in repr(dead) and len(everything) == 2


@pytest.mark.parametrize(
    ("fields", "mask"),
    [({"telephone": "0000-100"}, "****00"), ({"audience": "GA"}, "GA"), ({"sender_key": "ab" * 32}, "abababab…")],
)
def test_what_a_mask_leaves(database: Database, fields: dict[str, str], mask: str) -> None:
    put(database, **fields)
    with database.transaction() as session:
        assert [shown.to for shown in overview(session, VAULT, None, 10)] == [mask]


def test_a_dead_message_is_tried_again_from_the_beginning(database: Database) -> None:
    id_ = die(database)
    with database.transaction() as session:
        shown = retry(session, VAULT, id_, NOW + timedelta(hours=1))
    assert (shown.state, shown.attempts) == (OutboxState.WAITING, 0)
    transport = NotingTransport()
    deliver_due(outbox_of(database, transport), NOW + timedelta(hours=1))
    assert transport.keys == ["case:1"]


def refusal(database: Database, id_: str, after: timedelta = timedelta(0)) -> tuple[str, int]:
    with pytest.raises(Refused) as caught, database.transaction() as session:
        retry(session, VAULT, id_, NOW + after)
    return caught.value.wording, caught.value.status


def test_only_a_dead_message_is_tried_again_and_only_in_time(database: Database) -> None:
    assert refusal(database, "nothing") == ("outbox.not_found", 404)
    id_ = die(database, expires_at=NOW + timedelta(hours=1))
    assert refusal(database, id_, timedelta(hours=1)) == ("outbox.too_late", 409)
    with database.transaction() as session:
        retry(session, VAULT, id_, NOW)
    assert refusal(database, id_) == ("outbox.not_dead", 409)
