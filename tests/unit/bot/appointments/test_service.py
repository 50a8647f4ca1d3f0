"""Places: held, booked, changed, given back; on both databases."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.appointments import repository, service
from bot.appointments.model import LIVE, AppointmentRow, SlotRow, State
from bot.appointments.refusals import RefusedWithExtra
from bot.appointments.slots import alternatives, find_slot, free_slots, timetable
from bot.db.database import Database
from bot.errors import Refused
from bot.outbox.model import OutboxRow, OutboxState
from knowledge.calendar import CHINA, DayException
from tests.unit.bot.appointments.helpers import (
    LATER,
    LI,
    NOW,
    OFFICE,
    PASSPORT,
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

NINE, TEN = slot(24, 9), slot(24, 10)


def book(database: Database, number: int = 1111, where: str = NINE, deed: str | None = None) -> AppointmentRow:
    with database.transaction() as session:
        return service.book(
            session, OFFICE, wanted(deed or f"api{number}", where, sender=None), contact(number), NOW
        )  # fmt: skip


def hold(database: Database, deed: str = "deed1", where: str = NINE, now: datetime = NOW) -> AppointmentRow:
    with database.transaction() as session:
        return service.hold(session, OFFICE, wanted(deed, where), now)


def state_of(database: Database, row: AppointmentRow) -> str:
    with database.transaction() as session:
        return session.get_one(AppointmentRow, row.id).state


def waiting(database: Database) -> dict[str, datetime]:
    with database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING.value))
        return {row.key: row.next_try_at for row in rows}


def kind_of(caught: pytest.ExceptionInfo[Refused]) -> tuple[str, int]:
    return caught.value.kind, caught.value.status


# Slots from the calendar


def test_slots_follow_the_opening_sessions() -> None:
    group = OFFICE.rules.groups[0]
    starts = [f"{s.starts_at:%H:%M}" for s in timetable(OFFICE, group, date(2026, 11, 24))]
    assert starts[0] == "09:00" and starts[5:7] == ["11:30", "13:30"] and starts[-1] == "16:30" and len(starts) == 13
    assert timetable(OFFICE, group, date(2026, 11, 28)) == []


def test_a_day_that_staff_close_has_no_slots() -> None:
    office = make_office(DayException(date(2026, 11, 24), (), "检修"))
    assert timetable(office, office.rules.groups[0], date(2026, 11, 24)) == []
    assert find_slot(office, NINE, NOW) is None


def test_only_days_ahead_within_the_limit_are_free(database: Database) -> None:
    group = OFFICE.rules.groups[0]
    with database.transaction() as session:
        free = free_slots(session, OFFICE, group, NOW)
        none = free_slots(session, OFFICE, group, NOW, date(2026, 12, 8), date(2026, 12, 20))
        beyond = free_slots(session, OFFICE, group, NOW, date(2026, 1, 1), date(2026, 1, 2))
    assert free[0].starts_at == at(23, 10, 30) and free[-1].starts_at == datetime(2026, 12, 7, 16, 30, tzinfo=CHINA)
    assert none == [] and beyond == []


def test_looking_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        free_slots(session, OFFICE, OFFICE.rules.groups[0], NOW)
        assert session.scalar(select(func.count()).select_from(SlotRow)) == 0


@pytest.mark.parametrize(
    "id_", ["", "identity", "identity.20261124T0910", "nobody.20261124T0900", "identity.20261123T0900",
            "identity.20261299T0900", "identity.20270124T0900", "identity.20261128T0900"],
)  # fmt: skip
def test_an_unknown_slot_is_none(id_: str) -> None:
    assert find_slot(OFFICE, id_, NOW) is None


def test_alternatives_are_the_nearest_free_ones_by_time(database: Database) -> None:
    for number in (1, 2):
        book(database, number)
    with database.transaction() as session:
        found = alternatives(session, OFFICE, OFFICE.rules.groups[0], at(24, 9), NOW)
    assert [s.starts_at for s in found] == [at(24, 9, 30), at(24, 10), at(24, 10, 30), at(24, 11)]


# Booking


def test_a_booking_holds_what_was_told_and_nothing_in_plain_sight(database: Database) -> None:
    row = book(database)
    assert row.number.startswith("YY20261123") and row.state == State.BOOKED and row.department == "GA"
    assert VAULT.open(row.name or "") == "王女士" and VAULT.open(row.telephone or "") == "+8613800001111"
    assert row.slot.starts_at == at(24, 9) and taken(database, NINE) == 1
    with database.engine.connect() as connection:
        raw = repr(connection.execute(text("SELECT * FROM appointments")).all())
    assert "王女士" not in raw and "13800001111" not in raw


def test_the_last_place_is_given_once_and_the_next_gets_alternatives(database: Database) -> None:
    book(database, 1), book(database, 2)
    with pytest.raises(RefusedWithExtra) as caught:
        book(database, 3)
    assert kind_of(caught) == ("full", 409)
    others = [other["starts_at"] for other in caught.value.extra["alternatives"]]
    assert others[0] == at(24, 9, 30).isoformat() and len(others) == 4
    assert taken(database, NINE) == 2


def test_booking_twice_by_one_key_gives_the_same(database: Database) -> None:
    first, second = book(database), book(database, where=TEN)
    assert first.id == second.id and (taken(database, NINE), taken(database, TEN)) == (1, 0)


def test_a_key_of_somebody_else_tells_nothing(database: Database) -> None:
    book(database, 1, deed="same")
    with pytest.raises(Refused) as caught:
        book(database, 2, deed="same")
    assert kind_of(caught) == ("key-used", 409)


def test_one_citizen_has_one_live_place_for_an_item(database: Database) -> None:
    book(database, 1, deed="a")
    with pytest.raises(Refused) as caught:
        book(database, 1, where=TEN, deed="b")
    assert kind_of(caught) == ("twice", 409) and taken(database, TEN) == 0
    with database.transaction() as session:
        service.book(session, OFFICE, wanted("c", slot(24, 9, 0, "other"), PASSPORT, None), contact(1), NOW)


def test_after_a_cancellation_the_citizen_may_book_again(database: Database) -> None:
    row = book(database, 1, deed="a")
    with database.transaction() as session:
        service.cancel(session, OFFICE, row.id, NOW)
    assert book(database, 1, deed="b").state == State.BOOKED and taken(database, NINE) == 1


def test_the_database_itself_refuses_a_second_live_place(database: Database) -> None:
    book(database, 1)
    with pytest.raises(IntegrityError), database.transaction() as session:
        columns = {c.name: c for c in AppointmentRow.__table__.columns}
        row = dict(session.execute(select(*columns.values())).mappings().one())
        session.add(AppointmentRow(**{**row, "id": "x", "number": "y", "deed_id": "z"}))


@pytest.mark.parametrize("taken_", [-1, 3])
def test_the_database_itself_refuses_a_wrong_count(database: Database, taken_: int) -> None:
    book(database)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(f"UPDATE slots SET taken = {taken_}"))


def test_an_item_without_a_group_cannot_be_booked(database: Database) -> None:
    for item in ("RS-002", "XX-999"):
        with pytest.raises(Refused) as caught, database.transaction() as session:
            service.book(session, OFFICE, wanted(item=item, sender=None), WANG, NOW)
        assert kind_of(caught) == ("not-bookable", 404)


def test_a_slot_of_another_group_cannot_be_booked(database: Database) -> None:
    with pytest.raises(Refused) as caught:
        book(database, where=slot(24, 9, 0, "other"))
    assert caught.value.kind == "unknown-slot"


# Holding


def test_a_hold_keeps_a_place_and_becomes_a_booking(database: Database) -> None:
    held = hold(database)
    assert held.state == State.HELD and held.held_until == NOW + timedelta(minutes=10) and taken(database, NINE) == 1
    for _ in range(2):
        with database.transaction() as session:
            row = service.confirm(session, OFFICE, "deed1", WANG, NOW)
        assert (row.id, row.state, row.held_until) == (held.id, State.BOOKED, None)
    assert taken(database, NINE) == 1


def test_holding_another_slot_moves_the_hold(database: Database) -> None:
    first, second = hold(database), hold(database, where=TEN)
    assert first.id == second.id and (taken(database, NINE), taken(database, TEN)) == (0, 1)


def test_holding_the_same_slot_again_only_renews_it(database: Database) -> None:
    hold(database)
    row = hold(database, now=NOW + timedelta(minutes=5))
    assert row.held_until == NOW + timedelta(minutes=15) and taken(database, NINE) == 1


def test_a_new_deed_of_the_same_sender_lets_go_of_the_old_hold(database: Database) -> None:
    old = hold(database, "old")
    hold(database, "new", TEN)
    assert state_of(database, old) == State.EXPIRED and (taken(database, NINE), taken(database, TEN)) == (0, 1)


def test_a_hold_that_runs_out_gives_its_place_back(database: Database) -> None:
    row = hold(database)
    with database.transaction() as session:
        assert repository.expire(session, NOW + timedelta(minutes=9)) == 0
    with database.transaction() as session:
        assert repository.expire(session, NOW + LATER) == 1
    with database.transaction() as session:
        assert repository.expire(session, NOW + LATER) == 0
    assert state_of(database, row) == State.EXPIRED and taken(database, NINE) == 0


def test_booking_takes_over_a_place_whose_hold_ran_out(database: Database) -> None:
    row = hold(database)
    book(database, 1)
    with database.transaction() as session:
        service.book(session, OFFICE, wanted("late", sender=None), contact(2), NOW + LATER)
    assert state_of(database, row) == State.EXPIRED and taken(database, NINE) == 2


def test_a_hold_that_ran_out_is_confirmed_while_its_place_is_free(database: Database) -> None:
    hold(database)
    with database.transaction() as session:
        repository.expire(session, NOW + LATER)
    with database.transaction() as session:
        row = service.confirm(session, OFFICE, "deed1", WANG, NOW + LATER)
    assert row.state == State.BOOKED and taken(database, NINE) == 1


def test_a_hold_that_ran_out_is_not_confirmed_once_its_place_is_gone(database: Database) -> None:
    hold(database)
    with database.transaction() as session:
        repository.expire(session, NOW + LATER)
    book(database, 1), book(database, 2)
    with pytest.raises(Refused) as caught, database.transaction() as session:
        service.confirm(session, OFFICE, "deed1", WANG, NOW + LATER)
    assert caught.value.kind == "full" and taken(database, NINE) == 2


def test_a_hold_counts_as_the_one_live_place_once_the_telephone_is_known(database: Database) -> None:
    book(database, 1111, TEN)
    held = hold(database)
    with pytest.raises(Refused) as caught, database.transaction() as session:
        service.confirm(session, OFFICE, "deed1", WANG, NOW)
    assert caught.value.kind == "twice" and state_of(database, held) == State.HELD


def test_releasing_frees_the_place_once(database: Database) -> None:
    hold(database)
    for _ in range(2):
        with database.transaction() as session:
            service.release(session, "deed1", NOW)
    assert taken(database, NINE) == 0
    with database.transaction() as session:
        service.release(session, "unheard of", NOW)


def test_releasing_leaves_a_booking_alone(database: Database) -> None:
    row = book(database)
    with database.transaction() as session:
        service.release(session, row.deed_id, NOW)
    assert state_of(database, row) == State.BOOKED and taken(database, NINE) == 1


# Changing and cancelling


def test_a_change_takes_the_new_place_and_gives_the_old_one_back(database: Database) -> None:
    row = book(database)
    with database.transaction() as session:
        changed = service.change(session, OFFICE, row.id, TEN, NOW)
    assert changed.number == row.number and changed.slot.starts_at == at(24, 10)
    assert (taken(database, NINE), taken(database, TEN)) == (0, 1)


def test_a_change_to_a_full_slot_leaves_everything_as_it_was(database: Database) -> None:
    row = book(database)
    book(database, 2, TEN), book(database, 3, TEN)
    with pytest.raises(Refused) as caught, database.transaction() as session:
        service.change(session, OFFICE, row.id, TEN, NOW)
    assert caught.value.kind == "full" and (taken(database, NINE), taken(database, TEN)) == (1, 2)


def test_a_change_to_the_same_time_changes_nothing(database: Database) -> None:
    row = book(database)
    with database.transaction() as session:
        assert service.change(session, OFFICE, row.id, NINE, NOW).revision == 0
    assert taken(database, NINE) == 1


def test_a_cancellation_frees_the_place_once(database: Database) -> None:
    row = book(database)
    for _ in range(2):
        with database.transaction() as session:
            assert service.cancel(session, OFFICE, row.id, NOW).state == State.CANCELLED
    assert taken(database, NINE) == 0


def test_it_is_too_late_shortly_before_the_start(database: Database) -> None:
    row = book(database)
    late = at(24, 8, 1)
    deeds: tuple[Callable[[Session], object], ...] = (
        lambda session: service.cancel(session, OFFICE, row.id, late),
        lambda session: service.change(session, OFFICE, row.id, TEN, late),
    )
    for deed in deeds:
        with pytest.raises(Refused) as caught, database.transaction() as session:
            deed(session)
        assert kind_of(caught) == ("too-late", 409)
    with database.transaction() as session:
        service.cancel(session, OFFICE, row.id, at(24, 8, 0))


def test_what_is_not_booked_cannot_be_changed_or_cancelled(database: Database) -> None:
    held = hold(database)
    for id_ in ("unheard of", held.id):
        with pytest.raises(Refused) as caught, database.transaction() as session:
            service.cancel(session, OFFICE, id_, NOW)
        assert kind_of(caught) == ("not-found", 404)


# One's own


def test_own_appointments_by_sender_or_telephone(database: Database) -> None:
    hold(database)
    with database.transaction() as session:
        service.confirm(session, OFFICE, "deed1", WANG, NOW)
    book(database, 2222, TEN)
    with database.transaction() as session:
        assert [r.slot_id for r in repository.mine(session, VAULT, NOW, sender_key=SENDER)] == [NINE]
        assert [r.slot_id for r in repository.mine(session, VAULT, NOW, telephone=LI.telephone)] == [TEN]
        assert repository.mine(session, VAULT, at(24, 9, 30), sender_key=SENDER) == []
        assert repository.mine(session, VAULT, NOW, sender_key="b" * 64) == []
        with pytest.raises(ValueError, match="either"):
            repository.mine(session, VAULT, NOW)


# Reminders


def test_reminders_are_set_changed_and_withdrawn(database: Database) -> None:
    row = book(database, where=slot(26, 9))
    assert waiting(database) == {
        f"appointment:{row.id}:day:0": at(25, 9), f"appointment:{row.id}:hours:0": at(26, 7),
    }  # fmt: skip
    with database.transaction() as session:
        service.change(session, OFFICE, row.id, slot(27, 14), NOW)
    assert waiting(database) == {
        f"appointment:{row.id}:day:1": at(26, 14), f"appointment:{row.id}:hours:1": at(27, 12),
    }  # fmt: skip
    with database.transaction() as session:
        service.change(session, OFFICE, row.id, slot(26, 9), NOW)
    assert set(waiting(database)) == {f"appointment:{row.id}:day:2", f"appointment:{row.id}:hours:2"}
    with database.transaction() as session:
        service.cancel(session, OFFICE, row.id, NOW)
    assert waiting(database) == {}


def test_a_reminder_whose_time_is_over_is_not_set(database: Database) -> None:
    row = book(database)
    assert set(waiting(database)) == {f"appointment:{row.id}:hours:0"}
    with database.transaction() as session:
        (message,) = session.scalars(select(OutboxRow))
        told = VAULT.open(message.text)
    assert "11月24日（周二）09:00" in told and row.number in told and "居民身份证遗失补领" in told


def test_live_states_are_those_of_the_index() -> None:
    assert {state.value for state in LIVE} == {"held", "booked", "checked_in"}
