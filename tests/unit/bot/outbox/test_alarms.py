"""Alarms: with the deed, to whom they are for, acknowledged once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.database import Database
from bot.errors import Refused
from bot.outbox.alarms import AlarmTransport, Viewer, acknowledge, alarms_by_id, alarms_for, open_ids, raise_alarm
from bot.outbox.delivery import deliver_due
from bot.outbox.model import AlarmRow
from tests.unit.bot.outbox.helpers import NOW, VAULT, outbox_of, put

CLERK = Viewer("clerk", "GA", sees_all=False)
REVIEWER = Viewer("reviewer", None, sees_all=False)
SUPERVISOR = Viewer("supervisor", None, sees_all=True)


@pytest.fixture
def alarms(database: Database) -> Database:
    with database.transaction() as session:
        for number, audience in enumerate(("hall", "GA", "SC", "supervisors")):
            moment = NOW + timedelta(minutes=number)
            raise_alarm(session, VAULT, f"alarm:{audience}", audience, "emergency", f"{audience}有情况", moment)
    return database


def seen(database: Database, viewer: Viewer, *, unacknowledged: bool = True) -> list[str]:
    with database.transaction() as session:
        return [a.audience for a in alarms_for(session, VAULT, viewer, unacknowledged=unacknowledged, limit=50)]


def id_of(database: Database, audience: str) -> str:
    with database.transaction() as session:
        return session.scalars(select(AlarmRow.id).where(AlarmRow.audience == audience)).one()


@pytest.mark.parametrize(
    ("viewer", "audiences"),
    [
        (CLERK, ["GA", "hall"]),
        (REVIEWER, ["hall"]),
        (SUPERVISOR, ["supervisors", "SC", "GA", "hall"]),
        (Viewer("x", "supervisors", sees_all=False), ["hall"]),
    ],
)
def test_everybody_sees_what_is_for_him_newest_first(alarms: Database, viewer: Viewer, audiences: list[str]) -> None:
    assert seen(alarms, viewer) == audiences
    with alarms.transaction() as session:
        ids = open_ids(session, viewer)
        assert [a.audience for a in alarms_by_id(session, VAULT, ids)] == audiences[::-1]


def test_the_same_key_twice_is_one_alarm(alarms: Database) -> None:
    with alarms.transaction() as session:
        raise_alarm(session, VAULT, "alarm:hall", "hall", "emergency", "又一次", NOW)
    assert seen(alarms, REVIEWER) == ["hall"]


def test_an_alarm_of_a_deed_that_fails_is_none(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        raise_alarm(session, VAULT, "alarm:1", "hall", "emergency", "电梯", NOW)
        raise ZeroDivisionError
    assert seen(database, SUPERVISOR) == []


def test_a_message_to_staff_becomes_an_alarm(database: Database) -> None:
    put(database, audience="GA", kind="case_due", text="工单快到期了。")
    deliver_due(outbox_of(database, AlarmTransport(database, VAULT, lambda: NOW)), NOW)
    with database.transaction() as session:
        (alarm,) = alarms_for(session, VAULT, CLERK, unacknowledged=True, limit=5)
    assert (alarm.kind, alarm.text, alarm.created_at) == ("case_due", "工单快到期了。", NOW)


def test_the_first_who_acknowledges_counts(alarms: Database) -> None:
    id_ = id_of(alarms, "GA")
    with alarms.transaction() as session:
        alarm, first = acknowledge(session, VAULT, id_, CLERK, NOW)
    assert first and (alarm.acknowledged_by, alarm.acknowledged_at) == ("clerk", NOW)
    with alarms.transaction() as session:
        alarm, first = acknowledge(session, VAULT, id_, SUPERVISOR, NOW + timedelta(minutes=1))
    assert not first and alarm.acknowledged_by == "clerk"
    assert seen(alarms, CLERK) == ["hall"]
    assert seen(alarms, CLERK, unacknowledged=False) == ["GA", "hall"]


@pytest.mark.parametrize("audience", ["SC", "supervisors"])
def test_nobody_acknowledges_what_he_may_not_see(alarms: Database, audience: str) -> None:
    with pytest.raises(Refused) as caught, alarms.transaction() as session:
        acknowledge(session, VAULT, id_of(alarms, audience), CLERK, NOW)
    assert caught.value.status == 404
    assert audience in seen(alarms, SUPERVISOR)


def test_texts_are_sealed(alarms: Database) -> None:
    with alarms.transaction() as session:
        assert all("情况" not in text for text in session.scalars(select(AlarmRow.text)))
