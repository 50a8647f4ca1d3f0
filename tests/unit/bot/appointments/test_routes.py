"""The routes of appointments, for citizens and staff, on both databases. They tell the time by the clock, so days are
counted from today."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from bot.appointments.model import AppointmentRow, SlotRow
from bot.appointments.slots import Slot, slot_id, timetable
from bot.audit.model import AuditRow
from bot.db.database import Database
from bot.outbox.model import OutboxRow, OutboxState
from bot.staff.model import Staff
from knowledge.calendar import CHINA
from tests.unit.bot.appointments.conftest import CLERK, FOREIGN_CLERK, REVIEWER, SUPERVISOR
from tests.unit.bot.appointments.helpers import IDENTITY, OFFICE, PASSPORT, VAULT, taken

BASE = "/api/v1/appointments"
STAFF = "/api/v1/staff"
ActAs = Callable[[Staff], TestClient]
DAY = OFFICE.calendar.next_working_day(datetime.now(CHINA).date() + timedelta(days=1))
"""The first working day that is at least two days off, so that nothing is too late."""


def slot_at(index: int, group: int = 0) -> Slot:
    return timetable(OFFICE, OFFICE.rules.groups[group], DAY)[index]


NINE, LATER = slot_at(0), slot_at(4)


def body(number: int = 1, slot: str = NINE.id, **more: Any) -> dict[str, Any]:
    return {"item": IDENTITY, "slot": slot, "name": "王女士", "telephone": f"1380000{number:04d}", **more}


def book(citizen: TestClient, number: int = 1, slot: str = NINE.id, **more: Any) -> dict[str, Any]:
    answer = citizen.post(BASE, json=body(number, slot, **more))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def move_to_now(database: Database, slot: str) -> None:
    """The slot begins just now."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        session.execute(
            update(SlotRow).where(SlotRow.id == slot).values(starts_at=now, ends_at=now + timedelta(minutes=30))
        )


def test_groups_name_the_items_that_can_be_booked(citizen: TestClient) -> None:
    groups = citizen.get(f"{BASE}/groups").json()["groups"]
    assert [g["id"] for g in groups] == ["identity", "other"]
    assert groups[0]["items"] == [{"code": IDENTITY, "title": "居民身份证遗失补领"}]
    assert "RS-002" not in str(groups)


def test_free_slots_of_a_day(citizen: TestClient) -> None:
    asked = {"item": IDENTITY, "from": str(DAY), "to": str(DAY)}
    free = citizen.get(f"{BASE}/slots", params=asked).json()["slots"]
    assert len(free) == 13
    assert free[0] == {
        "slot": NINE.id,
        "starts_at": f"{DAY}T09:00:00+08:00",
        "ends_at": f"{DAY}T09:30:00+08:00",
        "free": 2,
    }
    backwards = {**asked, "to": str(DAY - timedelta(days=1))}
    assert problem(citizen.get(f"{BASE}/slots", params=backwards)) == (422, "invalid")
    assert problem(citizen.get(f"{BASE}/slots", params={"item": "RS-002"})) == (404, "not-bookable")


def test_booking_tells_time_place_materials_and_notes(citizen: TestClient) -> None:
    told = book(citizen)
    assert told["starts_at"] == f"{DAY}T09:00:00+08:00" and told["place"] == "1楼A区公安区A01号身份证窗口"
    assert told["materials"] == "居民户口簿" and told["notes"] == ["请提前15分钟签到。"]
    assert told["number"].startswith("YY") and told["state"] == "booked" and "telephone" not in told


def test_booking_by_the_start(citizen: TestClient) -> None:
    data = {k: v for k, v in body().items() if k != "slot"}
    answer = citizen.post(BASE, json={**data, "starts_at": NINE.starts_at.astimezone(UTC).isoformat()})
    assert answer.status_code == 201 and answer.json()["slot"] == NINE.id


def test_a_full_slot_is_a_conflict_with_alternatives(citizen: TestClient) -> None:
    book(citizen, 1), book(citizen, 2)
    answer = citizen.post(BASE, json=body(3))
    assert problem(answer) == (409, "full") and "很抱歉" in answer.json()["detail"]
    others = answer.json()["alternatives"]
    assert len(others) == 4 and NINE.id not in {other["slot"] for other in others}
    assert citizen.post(BASE, json=body(3, others[0]["slot"])).status_code == 201


def test_the_same_key_gives_the_same_appointment(citizen: TestClient, desk: Any) -> None:
    answers = [citizen.post(BASE, json=body(), headers={"Idempotency-Key": "a-key-of-mine"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json() and taken(desk.database, NINE.id) == 1
    foreign = citizen.post(BASE, json=body(2), headers={"Idempotency-Key": "a-key-of-mine"})
    assert problem(foreign) == (409, "key-used")


def test_one_citizen_one_place(citizen: TestClient) -> None:
    book(citizen)
    assert problem(citizen.post(BASE, json=body(1, LATER.id))) == (409, "twice")


@pytest.mark.parametrize(
    "changes",
    [{"telephone": "12345"}, {"telephone": ""}, {"name": ""}, {"name": "<b>"}, {"slot": None}, {"surprise": 1},
     {"starts_at": "2026-11-24T09:00:00+08:00"}, {"item": ""}, {"slot": None, "starts_at": "2026-11-24T09:00:00"}],
)  # fmt: skip
def test_a_wrong_body_is_refused(citizen: TestClient, changes: dict[str, Any]) -> None:
    assert citizen.post(BASE, json={**body(), **changes}).status_code == 422


def test_an_unknown_slot_is_refused(citizen: TestClient) -> None:
    assert problem(citizen.post(BASE, json=body(slot="identity.20200101T0900"))) == (422, "unknown-slot")


def test_asking_for_ones_own(citizen: TestClient) -> None:
    told = book(citizen)
    number = told["number"]
    assert citizen.get(f"{BASE}/{number}", params={"telephone": "13800000001"}).json() == told
    assert citizen.post(f"{BASE}/{number}/query", json={"telephone": "13800000001"}).json() == told


def test_wrong_telephone_and_unknown_number_get_the_same_answer(citizen: TestClient) -> None:
    number = book(citizen)["number"]
    answers = [
        citizen.post(f"{BASE}/{n}/{deed}", json={"telephone": "13800000009", **more})
        for n in (number, f"{number[:-1]}{'2' if number[-1] != '2' else '3'}")
        for deed, more in (("query", {}), ("cancel", {}), ("change", {"slot": LATER.id}))
    ]
    assert {a.text for a in answers} == {answers[0].text} and problem(answers[0]) == (404, "not-found")


def test_guessing_is_stopped_even_with_the_right_telephone(citizen: TestClient, desk: Any) -> None:
    number = book(citizen)["number"]
    for n in range(5):
        assert problem(citizen.post(f"{BASE}/{number}/query", json={"telephone": f"1380000111{n}"})) == (
            404,
            "not-found",
        )
    right = {"telephone": "13800000001"}
    assert problem(citizen.post(f"{BASE}/{number}/query", json=right)) == (429, "too-many")
    assert problem(citizen.post(f"{BASE}/{number}/cancel", json=right)) == (429, "too-many")


def test_asking_rightly_is_never_stopped(citizen: TestClient) -> None:
    number = book(citizen)["number"]
    for _ in range(8):
        assert citizen.post(f"{BASE}/{number}/query", json={"telephone": "13800000001"}).status_code == 200


def test_changing_and_cancelling(citizen: TestClient, desk: Any) -> None:
    number, right = book(citizen)["number"], {"telephone": "13800000001"}
    changed = citizen.post(f"{BASE}/{number}/change", json={**right, "slot": LATER.id})
    assert changed.json()["slot"] == LATER.id and taken(desk.database, NINE.id) == 0
    for _ in range(2):
        assert citizen.post(f"{BASE}/{number}/cancel", json=right).json()["state"] == "cancelled"
    assert taken(desk.database, LATER.id) == 0
    assert problem(citizen.post(f"{BASE}/{number}/change", json={**right, "slot": NINE.id})) == (404, "not-found")


# Staff


def id_of(database: Database, number: str) -> str:
    with database.transaction() as session:
        return session.scalars(select(AppointmentRow.id).where(AppointmentRow.number == number)).one()


def audited(database: Database) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


def test_nobody_but_staff_sees_the_list(citizen: TestClient) -> None:
    assert citizen.get(f"{STAFF}/appointments").status_code == 401


def test_roles_without_appointments_see_nothing(citizen: TestClient, act_as: ActAs) -> None:
    assert act_as(REVIEWER).get(f"{STAFF}/appointments").status_code == 403
    assert act_as(CLERK).post(f"{STAFF}/slots/cancel", json={"slot": NINE.id, "reason": "停电"}).status_code == 403


def test_the_days_list_is_masked_and_of_ones_department(citizen: TestClient, act_as: ActAs) -> None:
    book(citizen, 1, name="王小明")
    book(citizen, 2, slot_id("other", NINE.starts_at), item=PASSPORT)
    asked = {"day": str(DAY)}
    listed = act_as(CLERK).get(f"{STAFF}/appointments", params=asked).json()["appointments"]
    assert len(listed) == 2 and "王小明" not in str(listed) and "13800000001" not in str(listed)
    assert listed[0]["telephone"].startswith("138****")
    only = act_as(SUPERVISOR).get(f"{STAFF}/appointments", params={**asked, "group": "other"}).json()["appointments"]
    assert [row["group"] for row in only] == ["other"]
    assert act_as(FOREIGN_CLERK).get(f"{STAFF}/appointments", params=asked).json() == {"appointments": []}


def test_check_in_and_serving(citizen: TestClient, act_as: ActAs, desk: Any) -> None:
    ids = [id_of(desk.database, book(citizen, n)["number"]) for n in (1, 2)]
    clerk = act_as(CLERK)
    assert problem(clerk.post(f"{STAFF}/appointments/{ids[0]}/check-in")) == (409, "too-early")
    assert problem(clerk.post(f"{STAFF}/appointments/{ids[0]}/served")) == (409, "not-checked-in")
    move_to_now(desk.database, NINE.id)
    drawn = [clerk.post(f"{STAFF}/appointments/{id_}/check-in").json()["queue_number"] for id_ in (*ids, ids[0])]
    assert drawn == ["A001", "A002", "A001"]
    assert clerk.post(f"{STAFF}/appointments/{ids[0]}/served").json()["state"] == "served"
    assert audited(desk.database) == ["appointment.check_in"] * 3 + ["appointment.served"]
    assert act_as(FOREIGN_CLERK).post(f"{STAFF}/appointments/{ids[1]}/served").status_code == 404


def test_the_hall_cancels_with_a_reason_and_an_alternative(citizen: TestClient, act_as: ActAs, desk: Any) -> None:
    id_ = id_of(desk.database, book(citizen)["number"])
    clerk = act_as(CLERK)
    for bad in ("", "  。", "长" * 61):
        assert problem(clerk.post(f"{STAFF}/appointments/{id_}/cancel", json={"reason": bad})) == (422, "invalid")
    for _ in range(2):
        answer = clerk.post(f"{STAFF}/appointments/{id_}/cancel", json={"reason": "设备检修。"})
        assert answer.json()["state"] == "cancelled_by_hall"
    with desk.database.transaction() as session:
        (message,) = session.scalars(select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING.value))
        told = VAULT.open(message.text)
    assert "原因是设备检修。" in told and "最近可以改约" in told and "09:30" in told
    assert taken(desk.database, NINE.id) == 0


def test_a_slot_is_closed_for_everybody(citizen: TestClient, act_as: ActAs, desk: Any) -> None:
    book(citizen, 1), book(citizen, 2)
    closing = {"slot": NINE.id, "reason": "停电"}
    supervisor = act_as(SUPERVISOR)
    assert supervisor.post(f"{STAFF}/slots/cancel", json=closing).json() == {"cancelled": 2}
    assert supervisor.post(f"{STAFF}/slots/cancel", json=closing).json() == {"cancelled": 0}
    assert problem(citizen.post(BASE, json=body(3))) == (409, "full") and taken(desk.database, NINE.id) == 0


def test_a_day_is_closed(citizen: TestClient, act_as: ActAs) -> None:
    number = book(citizen, 1)["number"]
    book(citizen, 2, slot_id("other", LATER.starts_at), item=PASSPORT)
    supervisor = act_as(SUPERVISOR)
    closing = {"day": str(DAY), "group": "identity", "reason": "停电"}
    assert supervisor.post(f"{STAFF}/slots/cancel", json=closing).json() == {"cancelled": 1}
    told = citizen.post(f"{BASE}/{number}/query", json={"telephone": "13800000001"}).json()
    assert (told["state"], told["reason"]) == ("cancelled_by_hall", "停电")
    assert citizen.get(f"{BASE}/slots", params={"item": IDENTITY, "from": str(DAY), "to": str(DAY)}).json() == {
        "slots": []
    }
    assert supervisor.post(f"{STAFF}/slots/cancel", json={"reason": "停电"}).status_code == 422


def test_capacity(citizen: TestClient, act_as: ActAs, desk: Any) -> None:
    book(citizen, 1), book(citizen, 2)
    supervisor = act_as(SUPERVISOR)
    assert problem(supervisor.patch(f"{STAFF}/slots/{NINE.id}", json={"capacity": 1})) == (409, "more-taken")
    assert supervisor.patch(f"{STAFF}/slots/{NINE.id}", json={"capacity": 3}).json()["free"] == 1
    book(citizen, 3)
    listed = supervisor.get(f"{STAFF}/slots", params={"group": "identity", "day": str(DAY)}).json()["slots"]
    assert (listed[0]["capacity"], listed[0]["taken"], listed[1]["taken"]) == (3, 3, 0)
    assert audited(desk.database) == ["slots.capacity"]
