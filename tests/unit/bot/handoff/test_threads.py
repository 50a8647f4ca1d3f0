"""Threads in the database: queue, one winner, messages both ways, every end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.conversations.model import TurnRow
from bot.db.database import Database
from bot.errors import Refused
from bot.handoff import service, threads
from bot.handoff.jobs import close_forgotten
from bot.handoff.model import ThreadRow, ThreadStatus
from bot.outbox.model import AlarmRow
from bot.staff.model import Role
from knowledge.loader import DATA
from tests.unit.bot.handoff.helpers import (
    CALENDAR,
    NOW,
    OTHER,
    RULES,
    VAULT,
    WORDING,
    answer,
    member,
    opened,
    outgoing,
    request,
    row_of,
    say,
    take,
    told,
)
from tests.unit.helpers import SENDER_KEY


def state(database: Database, sender: str = SENDER_KEY) -> ThreadStatus | None:
    with database.transaction() as session:
        found = threads.before(session, sender)
    return found.status if found else None


def alarms(database: Database) -> list[tuple[str, str]]:
    with database.transaction() as session:
        return [(row.audience, row.kind) for row in session.scalars(select(AlarmRow).order_by(AlarmRow.created_at))]


def job(database: Database, now: datetime) -> None:
    desk = SimpleNamespace(database=database, vault=VAULT, wording=WORDING, rules=DATA / "deeds")
    close_forgotten(cast(Any, desk), now)


def at_once(deed: Callable[[int], Any], times: int) -> list[Any]:
    def safely(number: int) -> Any:
        try:
            return deed(number)
        except Refused as refused:
            return refused.wording

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(safely, range(times)))


def test_a_wish_queues_the_sender_once_and_alarms_staff(database: Database) -> None:
    first = request(database, department="GA", item="GA-003")
    second = request(database)
    assert first.thread_id == second.thread_id and first.position == second.position == 1
    assert state(database) is ThreadStatus.WAITING and state(database, OTHER) is None
    assert told(database, str(first.thread_id)) == [(1, "citizen", "转人工")]
    assert alarms(database) == [("GA", "handoff")]


def test_the_database_keeps_a_sender_to_one_thread(database: Database) -> None:
    found = at_once(lambda _: request(database).thread_id, 4)
    assert len(set(found)) == 1 and len(alarms(database)) == 1


def test_places_in_the_queue_count_those_who_compete(database: Database) -> None:
    positions = [
        request(database, sender=str(number) * 64, now=NOW + timedelta(seconds=number), **values).position
        for number, values in enumerate(
            [{"department": "GA"}, {"department": "SC"}, {"department": "GA"}, {}, {"channel": "sidebar"}]
        )
    ]
    assert positions == [1, 1, 2, 4, 1]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (datetime(2026, 11, 22, 2, tzinfo=UTC), datetime(2026, 11, 23, 1, tzinfo=UTC)),
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 5, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 1, tzinfo=UTC)),
    ],
    ids=["Sunday", "the moment lunch begins", "the moment the hall closes"],
)
def test_outside_opening_hours_nothing_is_opened(database: Database, now: datetime, opens: datetime) -> None:
    found = request(database, now=now)
    assert found.thread_id is None and found.opens_at == opens and state(database) is None


def test_of_many_clerks_only_one_takes_a_thread(database: Database) -> None:
    thread_id = str(request(database).thread_id)
    clerks = [member(database, f"clerk{number}") for number in range(4)]
    found = at_once(lambda number: take(database, thread_id, clerks[number]), 4)
    assert sorted(map(str, found)) == ["True", *["handoff.not_yours"] * 3]
    winner = clerks[found.index(True)]
    assert row_of(database, thread_id).taken_by == winner.id
    assert take(database, thread_id, winner) is False
    assert outgoing(database) == {f"thread:{thread_id}:2": WORDING.say("handoff.taken")}


def test_who_may_take_what(database: Database) -> None:
    ids = {
        "own": request(database, "1" * 64, department="GA").thread_id,
        "none": request(database, "2" * 64).thread_id,
        "foreign": request(database, "3" * 64, department="SC").thread_id,
        "clerk": request(database, "4" * 64, channel="sidebar").thread_id,
    }
    expected = {Role.CLERK: {"own", "none"}, Role.REVIEWER: {"clerk"}, Role.SUPERVISOR: set(ids)}
    for role, names in expected.items():
        staff = member(database, role.value, role)
        with database.transaction() as session:
            assert {row.id for row in service.queue(session, staff, 10)} == {ids[name] for name in names}
    with database.transaction() as session, pytest.raises(Refused, match=r"handoff\.not_found"):
        clerk = member(database, "second")
        service.take(session, VAULT, WORDING, str(ids["foreign"]), staff=clerk, now=NOW)


def test_messages_go_both_ways_and_are_numbered(database: Database) -> None:
    wang = member(database)
    thread_id = opened(database, wang)
    assert row_of(database, thread_id).awaiting_since == NOW
    number = answer(database, thread_id, wang, "请问您办什么？")
    assert row_of(database, thread_id).awaiting_since is None
    assert outgoing(database)[f"thread:{thread_id}:{number}"] == "请问您办什么？"
    later = NOW + timedelta(minutes=1)
    assert say(database, thread_id, "身份证", later)
    say(database, thread_id, "补办", later + timedelta(minutes=1))
    assert row_of(database, thread_id).awaiting_since == later
    assert [author for _, author, _ in told(database, thread_id)] == ["citizen", "bot", "staff", "citizen", "citizen"]


def test_messages_at_once_get_numbers_of_their_own(database: Database) -> None:
    thread_id = opened(database, member(database))
    at_once(lambda number: say(database, thread_id, str(number)), 8)
    assert [number for number, _, _ in told(database, thread_id)] == list(range(1, 11))


def test_a_key_twice_is_one_message_also_after_the_end(database: Database) -> None:
    wang = member(database)
    thread_id = opened(database, wang)
    first = answer(database, thread_id, wang, key="k1")
    assert answer(database, thread_id, wang, key="k1") == first != answer(database, thread_id, wang, key="k2")
    with database.transaction() as session:
        service.finish(session, VAULT, WORDING, thread_id, staff=wang, back=False, now=NOW)
    assert answer(database, thread_id, wang, key="k1") == first


def test_only_who_has_the_thread_may_write_or_end_it(database: Database) -> None:
    wang, other = member(database), member(database, "li")
    thread_id = opened(database, wang)
    with pytest.raises(Refused, match=r"handoff\.not_found"):
        answer(database, thread_id, other)
    with database.transaction() as session, pytest.raises(Refused, match=r"handoff\.not_found"):
        service.finish(session, VAULT, WORDING, thread_id, staff=other, back=True, now=NOW)


@pytest.mark.parametrize(("back", "ending"), [(True, "handed_back"), (False, "closed")])
def test_the_clerk_ends_it_and_the_citizen_is_told(database: Database, back: bool, ending: str) -> None:
    wang = member(database)
    thread_id = opened(database, wang)
    with database.transaction() as session:
        service.finish(session, VAULT, WORDING, thread_id, staff=wang, back=back, now=NOW)
    assert state(database) is None and row_of(database, thread_id).ending == ending
    assert WORDING.say(f"handoff.{ending}") in outgoing(database).values()
    assert say(database, thread_id, "在吗") is False
    with pytest.raises(Refused, match=r"handoff\.not_yours"):
        answer(database, thread_id, wang)
    assert request(database).thread_id != thread_id


def test_the_citizen_leaves(database: Database) -> None:
    thread_id = str(request(database).thread_id)
    with database.transaction() as session:
        assert threads.leave(session, thread_id, NOW) is True
        assert threads.leave(session, thread_id, NOW) is False
    assert row_of(database, thread_id).state == ThreadStatus.LEFT
    with pytest.raises(Refused):
        take(database, thread_id, member(database))


def test_that_a_person_has_taken_over_is_told_once(database: Database) -> None:
    thread_id = opened(database, member(database))
    with database.transaction() as session:
        assert [threads.tell_taken(session, thread_id, NOW) for _ in range(2)] == [True, False]
        assert threads.before(session, SENDER_KEY).told  # type: ignore[union-attr]


@pytest.mark.parametrize("taken", [False, True])
def test_who_waits_too_long_gets_an_apology(database: Database, taken: bool) -> None:
    limit = RULES.answer if taken else RULES.wait
    thread_id = opened(database, member(database)) if taken else str(request(database).thread_id)
    job(database, NOW + limit - timedelta(seconds=1))
    assert state(database) is not None
    for _ in range(2):
        job(database, NOW + limit)
    assert row_of(database, thread_id).ending == "nobody"
    apology = WORDING.say("handoff.nobody")
    assert "我要留言" in apology and list(outgoing(database).values()).count(apology) == 1
    assert ("supervisors", "handoff_missed") in alarms(database)


def test_a_citizen_who_is_silent_is_let_go(database: Database) -> None:
    wang = member(database)
    thread_id = opened(database, wang)
    answer(database, thread_id, wang)
    job(database, NOW + RULES.silence - timedelta(seconds=1))
    assert state(database) is ThreadStatus.OPEN
    job(database, NOW + RULES.silence)
    assert row_of(database, thread_id).ending == "silent" and len(alarms(database)) == 1


def test_the_person_sees_the_turns_before_without_private_ones(database: Database) -> None:
    reply = {"replies": [{"type": "text", "text": "请带户口簿。"}, {"type": "card", "title": "身份证补领"}]}
    values = {"channel": "web", "status": "answered.guide", "scores": {}, "timings": {}, "reply": reply}
    texts = [(SENDER_KEY, f"问题{number}") for number in range(12)] + [(SENDER_KEY, None), (OTHER, "别人")]
    with database.transaction() as session:
        for number, (sender, text) in enumerate(texts):
            at = NOW - timedelta(minutes=20 - number)
            session.add(TurnRow(id=str(number), created_at=at, sender_key=sender, text=text, **values))
    thread_id = opened(database, member(database))
    with database.transaction() as session:
        seen = service.earlier_turns(session, session.get_one(ThreadRow, thread_id), RULES.turns_before)
    assert [turn.text for turn in seen] == [f"问题{number}" for number in range(2, 12)]
    assert seen[0].replies == ("请带户口簿。", "身份证补领")


def test_the_hall_is_open_until_just_before_it_closes() -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert threads.is_open(CALENDAR, noon - timedelta(seconds=1)) and not threads.is_open(CALENDAR, noon)
