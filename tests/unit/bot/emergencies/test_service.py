"""Emergencies in the database: one alarm, repeats, places, who takes care."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.emergencies import service
from bot.emergencies.model import Emergency, EmergencyKind, EmergencyRow, Report, Strength
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.errors import Refused
from bot.outbox.model import AlarmRow
from bot.wording.wording import load_wording
from knowledge.loader import DATA
from tests.unit.bot.staff.helpers import account, put

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SENDER = "a" * 64
VAULT = Vault(Fernet.generate_key().decode())


@pytest.fixture
def watch(database: Database) -> Watch:
    return Watch(database, VAULT, load_wording(), emergency_rules(DATA / "deeds"))


def told(
    watch: Watch,
    text: str = "有人晕倒了",
    seconds: float = 0,
    kind: EmergencyKind = EmergencyKind.ILLNESS,
    place: str | None = None,
    sender: str = SENDER,
) -> EmergencyRow:
    report = Report("kiosk", sender, text, Emergency(kind, Strength.STRONG, place))
    with watch.database.transaction() as session:
        return service.raise_emergency(session, watch, report, NOW + timedelta(seconds=seconds))


def alarms(watch: Watch) -> list[AlarmRow]:
    with watch.database.transaction() as session:
        return list(session.scalars(select(AlarmRow).order_by(AlarmRow.created_at)))


def test_the_hall_is_alarmed_with_kind_place_and_words(watch: Watch) -> None:
    row = told(watch, place="三楼")
    (alarm,) = alarms(watch)
    assert (alarm.key, alarm.audience, alarm.kind) == (f"emergency:{row.id}", "hall", "emergency")
    text = VAULT.open(alarm.text)
    assert all(part in text for part in ("有人突发疾病", "三楼", "有人晕倒了"))
    assert "晕倒" not in row.text and "晕倒" not in alarm.text


def test_the_same_told_again_adds_to_the_row_without_an_alarm(watch: Watch) -> None:
    first = told(watch)
    again = told(watch, "快来人，晕倒了", 119)
    assert again.id == first.id and again.repeats == 1 and again.last_at == NOW + timedelta(seconds=119)
    assert VAULT.open(again.text) == "有人晕倒了\n快来人，晕倒了"
    assert len(alarms(watch)) == 1


@pytest.mark.parametrize(
    "other", [{"kind": EmergencyKind.FIRE}, {"seconds": 121}, {"sender": "b" * 64}], ids=["kind", "later", "sender"]
)
def test_another_kind_time_or_sender_alarms_anew(watch: Watch, other: dict) -> None:
    first = told(watch)
    assert told(watch, **other).id != first.id
    assert len(alarms(watch)) == 2


def test_a_place_told_with_the_repeat_alarms_once_more(watch: Watch) -> None:
    told(watch)
    assert told(watch, seconds=30, place="二楼").place == "二楼"
    told(watch, seconds=40, place="三楼")
    assert len(alarms(watch)) == 2 and "二楼" in VAULT.open(alarms(watch)[1].text)


@pytest.mark.parametrize(("seconds", "taken"), [(119, True), (121, False)])
def test_a_place_told_afterwards(watch: Watch, seconds: int, taken: bool) -> None:
    told(watch)
    report = Report("kiosk", SENDER, "在二楼", Emergency(EmergencyKind.OTHER, Strength.WEAK, "二楼"))
    with watch.database.transaction() as session:
        row = service.add_place(session, watch, report, NOW + timedelta(seconds=seconds))
    assert (row is not None) is taken
    assert len(alarms(watch)) == 1 + taken


def test_the_first_to_acknowledge_counts_and_closing_is_the_last_word(watch: Watch) -> None:
    staff = [account("wang"), account("li")]
    put(watch.database, *staff)
    id_ = told(watch).id
    with watch.database.transaction() as session:
        assert service.acknowledge(session, id_, staff[0].id, NOW)[1] is True
        row, first = service.acknowledge(session, id_, staff[1].id, NOW)
        assert (row.acknowledged_by, first) == (staff[0].id, False)
        closed = service.close(session, VAULT, id_, staff_id=staff[1].id, done="已送医院", now=NOW)
        assert (closed.acknowledged_by, closed.closed_by) == (staff[0].id, staff[1].id)
        assert VAULT.open(closed.done or "") == "已送医院"
        with pytest.raises(Refused, match=r"emergency\.closed"):
            service.close(session, VAULT, id_, staff_id=staff[0].id, done="再次", now=NOW)
    with watch.database.transaction() as session:
        assert session.scalars(service.listed(open_only=True, limit=5)).all() == []
        assert [row.id for row in session.scalars(service.listed(open_only=False, limit=5))] == [id_]


def test_what_is_closed_already_acknowledges_nothing_that_is_not_there(watch: Watch) -> None:
    with watch.database.transaction() as session, pytest.raises(Refused, match=r"emergency\.not_found"):
        service.acknowledge(session, "none", "nobody", NOW)


def test_after_closing_the_same_kind_alarms_again(watch: Watch) -> None:
    put(watch.database, wang := account("wang"))
    id_ = told(watch).id
    with watch.database.transaction() as session:
        service.close(session, VAULT, id_, staff_id=wang.id, done="已处理", now=NOW)
    assert told(watch, seconds=10).id != id_
