"""What the hall does: queue numbers, who did not come, periodic jobs; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.appointments import choosing, hall, jobs, service
from bot.appointments.model import AppointmentRow, LookupRow, OfferRow, State
from bot.appointments.queue import BUILT_IN
from bot.db.database import Database
from bot.desk import Desk
from bot.errors import Refused
from bot.outbox.model import AlarmRow, OutboxRow
from knowledge.calendar import DayException
from tests.unit.bot.appointments.helpers import (
    LATER,
    NOW,
    OFFICE,
    SENDER,
    VAULT,
    WANG,
    at,
    contact,
    make_office,
    slot,
    taken,
    wanted,
)  # fmt: skip
from tests.unit.bot.appointments.test_many import at_once

NINE = slot(24, 9)


def book(database: Database, number: int = 1, where: str = NINE) -> AppointmentRow:
    with database.transaction() as session:
        return service.book(session, OFFICE, wanted(f"api{number}", where, sender=None), contact(number), NOW)


def states(database: Database) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(select(AppointmentRow.state).order_by(AppointmentRow.deed_id)))


def test_queue_numbers_are_handed_out_once_each(database: Database) -> None:
    group, drawn = OFFICE.rules.groups[0], []

    def draw() -> None:
        with database.transaction() as session:
            drawn.append(BUILT_IN.draw(session, group, date(2026, 11, 24)))

    assert at_once(*[draw] * 10) == [""] * 10
    assert sorted(drawn) == [f"A{n:03d}" for n in range(1, 11)]
    with database.transaction() as session:
        assert BUILT_IN.draw(session, OFFICE.rules.groups[1], date(2026, 11, 24)) == "B001"
        assert BUILT_IN.draw(session, group, date(2026, 11, 25)) == "A001"


@pytest.mark.parametrize(
    ("now", "kind"), [(at(24, 7, 59), "too-early"), (at(24, 8), ""), (at(24, 9, 15), ""), (at(24, 9, 16), "forfeited")]
)
def test_the_time_of_checking_in(database: Database, now: Any, kind: str) -> None:
    row = book(database)
    ends = ""
    try:
        with database.transaction() as session:
            assert hall.check_in(session, OFFICE, row.number, now).queue_number == "A001"
    except Refused as refused:
        ends = refused.kind
    assert ends == kind


def test_the_halls_own_queue_system_may_give_the_number(database: Database) -> None:
    class Theirs:
        def draw(self, _session: Any, _group: Any, _day: Any) -> str:
            return "VIP7"

    row = book(database)
    with database.transaction() as session:
        assert hall.check_in(session, OFFICE, row.number, at(24, 9), Theirs()).queue_number == "VIP7"


def test_what_is_cancelled_or_unknown_cannot_check_in(database: Database) -> None:
    row = book(database)
    with database.transaction() as session:
        service.cancel(session, OFFICE, row.id, NOW)
    for number, kind in ((row.number, "forfeited"), ("YY20261123AAAAAA", "not-found")):
        with pytest.raises(Refused) as caught, database.transaction() as session:
            hall.check_in(session, OFFICE, number, at(24, 9))
        assert caught.value.kind == kind


def test_who_does_not_come_forfeits_it(desk: Desk) -> None:
    database = desk.database
    book(database, 1), book(database, 2)
    with database.transaction() as session:
        came = session.scalars(select(AppointmentRow).where(AppointmentRow.deed_id == "api2")).one()
        hall.check_in(session, OFFICE, came.number, at(24, 9))
    jobs.forfeit_missed(desk, at(24, 9, 15))
    assert states(database) == ["booked", "checked_in"]
    jobs.forfeit_missed(desk, at(24, 9, 16))
    assert states(database) == ["no_show", "checked_in"]


def test_holds_run_out_by_the_job(desk: Desk) -> None:
    with desk.database.transaction() as session:
        service.hold(session, OFFICE, wanted(), NOW)
    jobs.expire_holds(desk, NOW + LATER)
    assert states(desk.database) == ["expired"] and taken(desk.database, NINE) == 0


def test_closing_a_slot_lets_go_of_holds_and_leaves_who_has_come(desk: Desk) -> None:
    book(desk.database, 1)
    with desk.database.transaction() as session:
        service.hold(session, OFFICE, wanted("hold"), NOW)
    with desk.database.transaction() as session:
        row = session.scalars(select(AppointmentRow).where(AppointmentRow.deed_id == "api1")).one()
        hall.check_in(session, OFFICE, row.number, at(24, 8, 30))
        closing = [hall.slot_of(OFFICE, NINE, NOW)]
        assert hall.close_slots(session, OFFICE, closing, "停电", at(24, 8, 40)) == 0
    assert states(desk.database) == [State.CHECKED_IN, State.EXPIRED]


def test_a_citizen_with_a_channel_is_told_there(desk: Desk) -> None:
    with desk.database.transaction() as session:
        service.hold(session, OFFICE, wanted(), NOW)
        row = service.confirm(session, OFFICE, "deed1", WANG, NOW)
    with desk.database.transaction() as session:
        hall.hall_cancel(session, OFFICE, row.id, "停电", NOW)
    with desk.database.transaction() as session:
        message = session.scalars(select(OutboxRow).where(OutboxRow.key == f"appointment-cancelled:{row.id}")).one()
    assert message.sender_key == SENDER and message.telephone is None


def test_supervisors_are_told_once_of_bookings_on_a_day_that_was_closed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(desk.database)
    jobs.warn_of_outside(desk, NOW)
    closed = make_office(DayException(date(2026, 11, 24), (), "检修"))
    monkeypatch.setattr(jobs, "office_of", lambda _desk: closed)
    for _ in range(2):
        jobs.warn_of_outside(desk, NOW)
    with desk.database.transaction() as session:
        (alarm,) = session.scalars(select(AlarmRow))
    assert alarm.audience == "supervisors" and "11月24日（周二）09:00" in VAULT.open(alarm.text)
    assert states(desk.database) == ["booked"]


def test_tidying_forgets_offers_and_old_failures(desk: Desk) -> None:
    with desk.database.transaction() as session:
        choosing.remember(session, SENDER, [NINE], NOW)
        choosing.remember(session, SENDER, [slot(24, 10)], NOW)
        session.add(LookupRow(number="YY20261123AAAAAA", failures=5, began_at=NOW))
    with desk.database.transaction() as session:
        assert choosing.offered_to(session, SENDER) == [slot(24, 10)]
    jobs.tidy(desk, NOW + timedelta(minutes=5))
    with desk.database.transaction() as session:
        assert session.scalars(select(OfferRow)).all() and session.scalars(select(LookupRow)).all()
    jobs.tidy(desk, NOW + timedelta(hours=2))
    with desk.database.transaction() as session:
        assert not session.scalars(select(OfferRow)).all() and not session.scalars(select(LookupRow)).all()


def test_every_job_has_its_name() -> None:
    assert [job.name for job in jobs.jobs()] == [
        "appointments.expire", "appointments.forfeit", "appointments.outside", "appointments.tidy",
    ]  # fmt: skip


def test_an_office_names_places_and_materials() -> None:
    assert OFFICE.place("GA-008", OFFICE.rules.groups[1]).endswith("A02号户籍窗口")
    many = OFFICE.guides["GA-003"].materials[0]
    guide = OFFICE.guides["GA-003"].model_copy(update={"materials": (many,) * 8})
    assert replace(OFFICE, guides={"GA-003": guide}).materials("GA-003").count("居民户口簿") == 6
    assert OFFICE.materials("XX-999") == "" and OFFICE.title("XX-999") == "XX-999"
