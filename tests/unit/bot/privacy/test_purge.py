"""What was kept long enough goes; what is open or younger stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.consultations.model import ConsultationRow
from bot.conversations.model import TurnRow
from bot.db.database import Database
from bot.outbox.model import OutboxRow
from bot.privacy.holdings import load_models
from bot.privacy.purge import due, purge
from bot.privacy.retention import retention_rules
from bot.senders.model import SenderRow
from bot.wechat.model import MessageRow, NonceRow
from knowledge.loader import DATA
from tests.unit.bot.privacy.helpers import (
    NOW,
    consultation,
    conversation,
    ids,
    inbox,
    message,
    nonce,
    only,
    put,
    put_into,
    sender,
    turn,
    wechat_message,
    wechat_offer,
    wechat_user,
)  # fmt: skip

RULES = retention_rules(DATA / "deeds")


def changed(database: Database, **more: Any) -> dict[str, int]:
    return {name: count for name, count in purge(database, RULES, NOW, **more).items() if count}


def test_the_texts_of_turns_go_first_and_their_senders_later(database: Database) -> None:
    put(
        database,
        turn("1", 179),
        turn("2", 181),
        turn("3", 181, text=None),
        turn("4", 731),
        turn("5", 731, message_id=None),
    )
    assert changed(database) == {"turn_texts": 4, "turns": 2}
    with database.transaction() as session:
        rows = {row.id: row for row in session.query(TurnRow)}
    assert rows["1"].text and rows["1"].reply
    assert (rows["2"].text, rows["2"].reply, rows["2"].message_id) == (None, {}, "m2")
    assert (rows["4"].sender_key, rows["4"].message_id, rows["4"].status) == ("", None, "answered.guide")
    assert changed(database) == {}, "what is empty is not emptied again"


def test_an_ended_consultation_keeps_its_statistics_only(database: Database) -> None:
    put(database, consultation("old", "delivered", 366))
    assert changed(database) == {"consultations": 1}
    row = only(database, ConsultationRow)
    assert (row.question, row.name, row.telephone, row.telephone_lookup, row.sender_key) == (None,) * 5
    assert (row.state, row.owner, row.number) == ("delivered", "GA", "ZXold")


@pytest.mark.parametrize(("state", "ended"), [("open", None), ("answered", None), ("closed", 364)])
def test_what_is_open_or_young_stays(database: Database, state: str, ended: int | None) -> None:
    put(database, consultation("one", state, ended))
    assert changed(database) == {} and only(database, ConsultationRow).name


def test_rows_are_deleted_by_their_own_times(database: Database) -> None:
    late = message("late", 500, sent_at=NOW - timedelta(days=3))
    put(database, message("old", 181), message("young", 179), message("waiting", 500, "waiting"), late)
    put(database, sender(401), conversation(31), inbox("i", 181))
    assert changed(database) == {"outbox": 1, "senders": 1, "conversations": 1, "inbox": 1}
    assert ids(database, OutboxRow) == ["late", "waiting", "young"]


def test_a_dry_run_counts_and_changes_nothing(database: Database) -> None:
    put(database, message("old", 181), sender(401), turn("1", 181))
    with database.transaction() as session:
        counts = {name: count for name, count in due(session, RULES, NOW).items() if count}
    assert counts == {"outbox": 1, "senders": 1, "turn_texts": 1}
    assert ids(database, OutboxRow) == ["old"] and only(database, SenderRow)
    assert changed(database) == counts


def test_many_rows_go_in_small_transactions(database: Database) -> None:
    put(database, *(message(f"m{n}", 200) for n in range(7)), *(turn(f"t{n}", 200) for n in range(5)))
    assert changed(database, batch=3) == {"outbox": 7, "turn_texts": 5}
    assert ids(database, OutboxRow) == []


def test_the_audit_log_knows_how_much_went(database: Database) -> None:
    put(database, message("old", 181))
    changed(database)
    changed(database)
    with database.transaction() as session:
        (entry,) = entries(session, Wanted(action="privacy.purge"), 9)
    assert (entry.details, entry.staff_id) == ({"outbox": 1}, None)


def test_purging_everything_works_on_every_table(database: Database) -> None:
    """Each holding's statements are right for its table, also where there is nothing."""
    load_models()
    assert set(purge(database, RULES, NOW)) == {name for name, rule in RULES.items() if rule.days}


def test_an_open_emergency_stays_whatever_its_age(database: Database) -> None:
    load_models()
    long_ago = NOW - timedelta(days=2000)
    put_into(
        database, "emergencies", id="e1", kind="illness", channel="web", text="…", repeats=0, sender_key="f" * 64,
        created_at=long_ago, last_at=long_ago,
    )  # fmt: skip
    assert changed(database) == {}


def test_what_belongs_to_a_row_ends_with_it(database: Database) -> None:
    load_models()
    for id_, closed in (("open", None), ("old", NOW - timedelta(days=200)), ("young", NOW - timedelta(days=100))):
        put_into(
            database, "threads", id=id_, sender_key=id_, live_sender=None if closed else id_, channel="web",
            state="closed" if closed else "waiting", created_at=NOW - timedelta(days=300), last_at=NOW,
            closed_at=closed, last_number=1,
        )  # fmt: skip
        put_into(
            database, "thread_messages", thread_id=id_, number=1, at=NOW - timedelta(days=300), author="citizen",
            text="…",
        )  # fmt: skip
    assert changed(database) == {"thread_messages": 1}


def test_a_rating_stays_while_it_is_followed_up(database: Database) -> None:
    load_models()
    for id_, state in (("one", "open"), ("two", "settled")):
        at = NOW - timedelta(days=400)
        put_into(
            database, "ratings", id=id_, number=id_, deed_id=id_, channel="web", grade="dissatisfied", bad=True,
            words="…", assistant=False, named=True, created_at=at,
        )  # fmt: skip
        contacted = at if state == "settled" else None
        put_into(
            database, "rating_follow_ups", id=id_, rating_id=id_, must=True, state=state, due_at=at, result="…",
            contacted_at=contacted, settled_at=contacted,
        )  # fmt: skip
    assert changed(database) == {"rating_follow_ups": 1, "ratings": 1}


def test_a_message_of_wechat_goes_a_week_after_its_answer_and_never_before(database: Database) -> None:
    put(
        database,
        wechat_message("received", "received", 500, None),
        wechat_message("late", "late", 500, None),
        wechat_message("young", "done", 500, 6),
        wechat_message("answered", "answered", 8, 8),
        wechat_message("done", "done", 9, 8),
    )
    assert changed(database) == {"wechat_messages": 2}
    with database.transaction() as session:
        assert sorted(session.scalars(select(MessageRow.key))) == ["late", "received", "young"]


def test_offers_users_and_nonces_of_wechat_go_by_their_own_times(database: Database) -> None:
    put(database, wechat_offer(3), wechat_user(401), sender(401), nonce("a", 2), nonce("b", 0))
    assert changed(database) == {"wechat_offers": 1, "wechat_users": 1, "senders": 1, "wechat_nonces": 1}
    assert only(database, NonceRow).key == "b" * 64
    put(database, wechat_offer(1), wechat_user(399))
    assert changed(database) == {}
