"""A message is taken once and answered once, whatever comes at the same time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.database import Base, Database
from bot.db.vault import Vault
from bot.outbox.model import OutboxRow, OutboxState, RecipientKind
from bot.senders.model import SenderRow
from bot.senders.service import address_of
from bot.wechat import messages, offers
from bot.wechat.documents import from_kept, kept
from bot.wechat.messages import LEASE, MOST_TRIES, REPEATS, Taken
from bot.wechat.model import MessageRow, MessageState, NonceRow, OfferRow
from bot.wechat.offers import OFFER_LASTS
from bot.wechat.transport import REPLY
from connectors.contract import Channel
from connectors.wechat.callback import Replay
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, News, Outgoing, Text
from tests.unit.bot.wechat.helpers import (
    NOW,
    OPENID,
    SENDER,
    VAULT,
    did,
    letters,
    row_of,
    said,
    signed,
    take,
    told,
    user,
)

FIRST, SECOND = Text("请带户口簿。"), Text("请到A01窗口。")
LAPSED = LEASE.total_seconds()
MENU = Menu("请您选择：", (("12", "护照"), ("13", "身份证")), "请点选。")
NEWS = News("身份证补领", "申报材料", "https://hall.example/m/guides/GA-003")
Result = TypeVar("Result")


def answer(database: Database, incoming: Incoming, *replies: Outgoing, after: float = 1) -> Taken | None:
    with database.transaction() as session:
        return messages.answer(session, VAULT, incoming, replies, NOW + timedelta(seconds=after))


def answer_late(database: Database, incoming: Incoming, *replies: Outgoing, after: float = 6) -> bool:
    with database.transaction() as session:
        return messages.answer_late(session, VAULT, incoming, replies, NOW + timedelta(seconds=after))


def acknowledge(database: Database, incoming: Incoming, words: Outgoing | None = None) -> Taken:
    with database.transaction() as session:
        return messages.acknowledge(session, VAULT, incoming.key, words or Text("请稍候。"))


def orphans(database: Database, after: float, by: str = "b", most: int = 20) -> list[tuple[Incoming, int]]:
    with database.transaction() as session:
        return messages.orphans(session, VAULT, by, most, NOW + timedelta(seconds=after))


def offered(database: Database, after: timedelta = timedelta()) -> list[tuple[str, str]]:
    with database.transaction() as session:
        return offers.offered(session, VAULT, SENDER, NOW + after)


def offer(database: Database, *options: tuple[str, str], key: str = SENDER) -> None:
    with database.transaction() as session:
        offers.offer(session, VAULT, key, options, NOW)


def at_once(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """All begin at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Result]) -> Result:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def count(database: Database, table: type[Base]) -> int:
    with database.transaction() as session:
        return len(session.scalars(select(table)).all())


def test_the_first_takes_it_and_who_comes_meanwhile_waits(database: Database) -> None:
    message = said()
    assert take(database, message) == Taken(mine=True)
    assert take(database, message, by="b") == Taken()
    row = row_of(database, message)
    assert (row.state, row.claimed_by, row.tries, row.received_at) == ("received", "a", 1, NOW)


def test_a_repeat_gets_the_reply_that_is_kept(database: Database) -> None:
    message = said()
    take(database, message)
    assert answer(database, message, FIRST) == Taken(answered=True, reply=FIRST)
    assert take(database, message, by="b", after=5) == Taken(answered=True, reply=FIRST)
    assert take(database, message, by="b", after=500) == Taken(answered=True, reply=FIRST), "long after its lease"
    assert letters(database) == []


@pytest.mark.parametrize("reply", [FIRST, MENU, NEWS, None])
def test_every_kind_of_reply_comes_back_as_it_was(reply: Outgoing | None) -> None:
    assert from_kept(VAULT, kept(VAULT, reply)) == reply


def test_nothing_to_say_is_an_answer_too(database: Database) -> None:
    message = did(Kind.UNSUBSCRIBE)
    take(database, message)
    assert answer(database, message) == Taken(answered=True, reply=None)
    assert take(database, message, by="b", after=5) == Taken(answered=True, reply=None)
    assert row_of(database, message).reply is None and letters(database) == []


def test_a_repeat_gets_the_acknowledgement_too_also_after_the_answer_went_out(database: Database) -> None:
    message = said()
    take(database, message)
    assert acknowledge(database, message) == Taken(answered=True, reply=Text("请稍候。"))
    assert take(database, message, by="b", after=5) == Taken(answered=True, reply=Text("请稍候。"))
    assert answer(database, message, FIRST) is None
    assert answer_late(database, message, FIRST, SECOND)
    assert take(database, message, by="b", after=50) == Taken(answered=True, reply=Text("请稍候。"))
    assert [told(letter) for letter in letters(database)] == [FIRST.text, SECOND.text]


def test_an_acknowledgement_does_not_overtake_the_answer(database: Database) -> None:
    message = said()
    take(database, message)
    answer(database, message, FIRST)
    assert acknowledge(database, message) == Taken(answered=True, reply=FIRST)
    assert not answer_late(database, message, FIRST) and letters(database) == []
    assert acknowledge(database, said()) == Taken(), "of a message that nobody kept"


def test_after_the_lease_another_may_take_it_and_only_one(database: Database) -> None:
    message = said()
    take(database, message)
    assert take(database, message, by="b", after=LAPSED - 1) == Taken()
    assert take(database, message, by="b", after=LAPSED) == Taken(mine=True)
    assert take(database, message, by="c", after=LAPSED + 1) == Taken()
    row = row_of(database, message)
    assert (row.claimed_by, row.tries) == ("b", 2)


def test_who_works_on_it_renews_his_claim_and_nobody_elses(database: Database) -> None:
    mine, other, done = said(), said(), said()
    take(database, mine, by="a")
    take(database, other, by="b")
    take(database, done, by="a")
    answer(database, done, FIRST)

    def renew(after: float) -> int:
        with database.transaction() as session:
            keys = [mine.key, other.key, done.key]
            return messages.renew(session, keys, "a", NOW + timedelta(seconds=after))

    assert renew(1) == 0, "it has time left"
    assert renew(8) == 1
    assert [incoming.key for incoming, _ in orphans(database, LAPSED)] == [other.key]
    assert renew(LAPSED + 30) == 1, "also when it came too late, if nobody took it meanwhile"
    assert row_of(database, mine).tries == 1


def test_of_twenty_at_once_one_has_it(database: Database) -> None:
    message = said()
    taken = at_once([lambda n=n: take(database, message, by=str(n)) for n in range(20)])  # type: ignore[misc]
    assert sorted(taken, key=lambda one: one.mine) == [Taken()] * 19 + [Taken(mine=True)]
    assert count(database, MessageRow) == 1


def test_of_twenty_with_the_same_signature_one_has_it(database: Database) -> None:
    message, sign = said(), signed()
    works = [lambda n=n: take(database, message, by=str(n), sign=sign) for n in range(20)]  # type: ignore[misc]
    assert sum(one.mine for one in at_once(works)) == 1
    assert count(database, NonceRow) == 1


def test_of_ten_that_take_up_what_is_left_one_has_each(database: Database) -> None:
    left = [said() for _ in range(6)]
    for message in left:
        take(database, message)
    found = at_once([lambda n=n: orphans(database, 60, by=str(n)) for n in range(10)])  # type: ignore[misc]
    keys = [incoming.key for one in found for incoming, _ in one]
    assert sorted(keys) == sorted(message.key for message in left)
    assert {tries for one in found for _, tries in one} == {2}


@pytest.mark.parametrize("_round", range(8))
def test_acknowledgement_and_answer_at_once(database: Database, _round: int) -> None:
    """Whoever was first, the citizen sees the answer exactly once: as the passive reply, or by the outbox."""
    message = said()
    take(database, message)

    def finish() -> bool:
        with database.transaction() as session:  # as bot.wechat.flow does it
            if messages.answer(session, VAULT, message, [FIRST], NOW):
                return True
            assert messages.answer_late(session, VAULT, message, [FIRST], NOW)
            return False

    in_time, shown = at_once([finish, lambda: acknowledge(database, message)])
    assert isinstance(shown, Taken)
    assert shown.reply == (FIRST if in_time else Text("请稍候。"))
    assert [told(letter) for letter in letters(database)] == ([] if in_time else [FIRST.text])
    assert row_of(database, message).state == (MessageState.ANSWERED if in_time else MessageState.DONE)


def test_two_who_answer_at_once_answer_once(database: Database) -> None:
    message = said()
    take(database, message)
    acknowledge(database, message)
    done = at_once([lambda: answer_late(database, message, FIRST)] * 8)
    assert sum(done) == 1 and len(letters(database)) == 1


def test_a_used_signature_is_refused_for_another_message(database: Database) -> None:
    sign, other = signed(), said()
    take(database, said(), sign=sign)
    with pytest.raises(Replay) as caught:
        take(database, other, sign=sign)
    assert (caught.value.code, caught.value.status) == ("replayed", 403)
    with database.transaction() as session:
        assert session.get(MessageRow, other.key) is None
    assert take(database, other) == Taken(mine=True), "with a signature of its own it is taken"


def test_a_used_signature_is_a_repeat_for_some_seconds_only(database: Database) -> None:
    sign, message = signed(), said()
    take(database, message, sign=sign)
    answer(database, message, FIRST)
    limit = REPEATS.total_seconds()
    assert take(database, message, sign=sign, after=limit).reply == FIRST
    with pytest.raises(Replay):
        take(database, message, sign=sign, after=limit + 1)
    assert take(database, message, after=limit + 1).reply == FIRST, "a repeat that is signed anew"


def test_the_rest_of_a_long_answer_follows_once_and_in_order(database: Database) -> None:
    message, parts = said(), [Text(f"第{n}部分。") for n in range(1, 5)]
    take(database, message)
    assert answer(database, message, *parts) == Taken(answered=True, reply=parts[0])
    answer(database, message, *parts)
    answer_late(database, message, *parts)
    found = letters(database)
    assert [told(letter) for letter in found] == [part.text for part in parts[1:]]
    assert [letter.key for letter in found] == [f"wechat:{message.key}:{n}" for n in (1, 2, 3)]
    times = [letter.next_try_at for letter in found]
    assert times == sorted(set(times)) and times[0] > NOW + timedelta(seconds=2), "not before the passive reply"


def test_letters_go_to_the_citizen_for_48_hours(database: Database) -> None:
    message = said()
    take(database, message)
    acknowledge(database, message)
    answer_late(database, message, FIRST, MENU)
    first, second = letters(database)
    assert (first.recipient, first.sender_key, first.kind) == (RecipientKind.SENDER, SENDER, REPLY)
    assert first.next_try_at == NOW + timedelta(seconds=6) < second.next_try_at
    assert first.expires_at == NOW + timedelta(hours=48, seconds=6)
    assert json.loads(VAULT.open(second.text))["msgmenu"]["list"][1] == {"id": "13", "content": "身份证"}
    with database.transaction() as session:
        assert address_of(session, VAULT, SENDER) == ("wechat", OPENID)


def test_a_letter_that_was_sent_is_not_written_again(database: Database) -> None:
    message = said()
    take(database, message)
    acknowledge(database, message)
    answer_late(database, message, FIRST)
    with database.transaction() as session:
        session.execute(update(OutboxRow).values(state=OutboxState.SENT.value))
        # As if the message had been brought back from a copy of the database.
        session.execute(update(MessageRow).values(state="late"))
    assert answer_late(database, message, SECOND)
    assert [letter.state for letter in letters(database)] == ["sent"]


def test_what_a_dead_process_left_is_found_oldest_first(database: Database) -> None:
    late, received, fresh, done = said("late"), said("received"), said("fresh"), said("done")
    take(database, late, after=1)
    acknowledge(database, late)
    take(database, received, after=2)
    take(database, done, after=2)
    answer(database, done, FIRST)
    take(database, fresh, after=10)
    assert [incoming for incoming, _ in orphans(database, LAPSED + 2)] == [late, received]
    assert orphans(database, LAPSED + 2) == [], "they are claimed"
    assert row_of(database, received).state == MessageState.LATE
    assert take(database, received, by="c", after=LAPSED + 3) == Taken(answered=True), "WeChat is told nothing more"
    assert [tries for _, tries in orphans(database, 100, most=1)] == [3]


def test_every_claim_is_counted(database: Database) -> None:
    message = said()
    take(database, message)
    tries = [orphans(database, after)[0][1] for after in (20, 40, 60)]
    assert tries == [2, 3, MOST_TRIES]


def test_what_cannot_be_read_any_more_holds_nobody_up(database: Database) -> None:
    """The hall lost its key: such messages are set aside, the others answered."""
    unreadable, message = said(), said()
    take(database, unreadable)
    take(database, message)
    with database.transaction() as session:
        strange = Vault(Fernet.generate_key().decode()).seal_json({})
        session.execute(update(MessageRow).where(MessageRow.key == unreadable.key).values(body=strange))
    assert [incoming for incoming, _ in orphans(database, 60)] == [message]
    assert row_of(database, unreadable).state == MessageState.DONE
    assert [incoming for incoming, _ in orphans(database, 90)] == [message]


def test_an_incoming_message_comes_back_whole(database: Database) -> None:
    whole = said(
        "在这里", kind=Kind.LOCATION, menu_id="7", media_id="media", format="amr", latitude=30.5, longitude=114.25
    )
    take(database, whole)
    assert orphans(database, 60) == [(whole, 2)]


def test_the_last_offer_counts_for_half_an_hour(database: Database) -> None:
    assert offered(database) == []
    offer(database, ("护照", "普通护照换发"))
    offer(database, ("身份证", "居民身份证遗失补领"), ("社保卡", "社会保障卡补领"))
    offer(database, ("别人的", "别人的"), key="e" * 64)
    both = [("身份证", "居民身份证遗失补领"), ("社保卡", "社会保障卡补领")]
    assert offered(database) == offered(database, OFFER_LASTS) == both
    assert offered(database, OFFER_LASTS + timedelta(seconds=1)) == []
    offer(database)
    assert offered(database) == [], "an answer without options takes them back"


def test_an_offer_that_cannot_be_read_is_none(database: Database) -> None:
    offer(database, ("护照", "普通护照换发"))
    with database.transaction() as session:
        session.execute(update(OfferRow).values(options=Vault(Fernet.generate_key().decode()).seal_json([])))
    assert offered(database) == []


def test_of_offers_at_once_a_whole_one_stays(database: Database) -> None:
    at_once([lambda n=n: offer(database, (str(n), str(n))) for n in range(10)])  # type: ignore[misc]
    assert len(offered(database)) == 1


@pytest.mark.parametrize(
    "kind",
    [Kind.TEXT, Kind.VOICE, Kind.IMAGE, Kind.LOCATION, Kind.LINK, Kind.SUBSCRIBE, Kind.SCAN, Kind.CLICK, Kind.OTHER],
)
def test_what_a_citizen_does_himself_begins_the_48_hours(database: Database, kind: Kind) -> None:
    take(database, said(kind=kind), after=7)
    known = user(database)
    assert known is not None and (known.subscribed, known.seen_at) == (True, NOW + timedelta(seconds=7))


@pytest.mark.parametrize("kind", [Kind.VIEW, Kind.LOCATION_REPORT, Kind.TEMPLATE_SENT, Kind.OTHER])
def test_what_comes_by_itself_does_not(database: Database, kind: Kind) -> None:
    take(database, did(kind))
    assert user(database) is None and count(database, SenderRow) == 0
    take(database, said(), after=1)
    take(database, did(kind), after=60)
    known = user(database)
    assert known is not None and known.seen_at == NOW + timedelta(seconds=1)


def test_a_repeat_does_not_begin_them_anew(database: Database) -> None:
    message = said()
    take(database, message)
    take(database, message, after=5)
    known = user(database)
    assert known is not None and known.seen_at == NOW


def test_who_goes_is_not_written_to_until_he_comes_back(database: Database) -> None:
    states = []
    for kind in (Kind.UNSUBSCRIBE, Kind.SUBSCRIBE, Kind.UNSUBSCRIBE, Kind.SUBSCRIBE):
        take(database, did(kind))
        known = user(database)
        states.append(known is not None and known.subscribed)
    assert states == [False, True, False, True]
    with database.transaction() as session:
        assert address_of(session, VAULT, SENDER) == (Channel.WECHAT.value, OPENID)


def test_nothing_of_a_citizen_lies_open_in_the_database(database: Database) -> None:
    words = "我叫王女士，电话13800001234"
    for number, way in enumerate(("answered", "late")):
        message = said(words, menu_id=f"menu-{words}")
        take(database, message, after=number)
        if way == "late":
            acknowledge(database, message, Text(f"请稍候，{words}"))
            answer_late(database, message, Text(words), Menu(words, (("1", words),), words))
        else:
            answer(database, message, Text(words), News(words, words, f"https://hall.example/?{OPENID}"))
    offer(database, (words, f"{words}{OPENID}"))
    columns = list(_every_column(database))
    assert len(columns) > 40
    for name, value in columns:
        assert not any(secret in value for secret in ("王女士", "13800001234", OPENID, "u738b")), name


def _every_column(database: Database) -> Any:
    with database.transaction() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                yield from ((f"{table.name}.{name}", str(value)) for name, value in row.items())


def step(database: Database, work: Callable[[Session, Vault, Incoming, datetime], None], incoming: Incoming) -> None:
    with database.transaction() as session:
        work(session, VAULT, incoming, NOW)


def test_a_reply_that_was_given_is_done(database: Database) -> None:
    message = said()
    take(database, message)
    answer(database, message, Text("请带户口簿。"))
    step(database, messages.given, message)
    assert row_of(database, message).state == MessageState.DONE and letters(database) == []
    assert take(database, message, by="b", after=1) == Taken(answered=True, reply=Text("请带户口簿。"))


def test_a_reply_that_nobody_heard_follows_when_no_push_can_fetch_it_any_more(database: Database) -> None:
    message = said()
    take(database, message)
    answer(database, message, Text("请带户口簿。"))
    for _ in range(3):
        step(database, messages.unheard, message)
    (letter,) = letters(database)
    assert letter.not_before == NOW + messages.HANG_UP and told(letter) == "请带户口簿。"


def test_a_later_push_that_hears_it_takes_the_letter_back(database: Database) -> None:
    message, other = said(), said("护照")
    for each in (message, other):
        take(database, each)
        answer(database, each, Text("请带户口簿。"))
        step(database, messages.unheard, each)
    step(database, messages.given, message)
    states = {letter.key: letter.state for letter in letters(database)}
    assert states == {f"wechat:{message.key}:unheard": "withdrawn", f"wechat:{other.key}:unheard": "waiting"}
    step(database, messages.unheard, message)
    assert len(letters(database)) == 2, "what was given once is not sent again"


def test_an_acknowledgement_that_nobody_heard_is_no_answer_to_send(database: Database) -> None:
    message = said()
    take(database, message)
    acknowledge(database, message)
    step(database, messages.unheard, message)
    step(database, messages.given, message)
    assert letters(database) == [] and row_of(database, message).state == MessageState.LATE
