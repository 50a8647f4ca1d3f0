"""How the server itself, log-in, accounts, the calendar and appointments are asked."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from bot.appointments.model import AppointmentRow, State
from bot.staff.model import StaffRow
from knowledge.calendar import CHINA
from tests.unit.bot.authorisation.asking.model import ASK, SPAN, Ask, Asked, asking, simple
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import Rows, now
from tests.unit.bot.staff.helpers import NEW_PASSWORD, PASSWORD

simple("POST /api/v1/messages", body={"channel": "web", "sender": "somebody", "text": "你好"})
simple("GET /healthz")
simple("GET /openapi.json")
simple("POST /rasa/actions", body={"next_action": None})
simple("GET /api/v1/staff/session")
simple("DELETE /api/v1/staff/session", fresh=True)
simple("POST /api/v1/staff/password", body={"old": PASSWORD, "new": NEW_PASSWORD}, fresh=True)
simple("GET /api/v1/staff/oidc/login")
simple("GET /api/v1/staff/oidc/callback", query={"state": "x", "code": "y"})
simple("GET /api/v1/staff/audit")
simple("GET /api/v1/hall-days", query={"from": "2026-03-02", "to": "2026-03-03"})
simple("GET /api/v1/staff/hall-days", query={"from": "2026-03-02", "to": "2026-03-03"})
simple("GET /api/v1/appointments/groups")
simple("GET /api/v1/appointments/slots", query={"item": "GA-003"})
simple("GET /api/v1/staff/cases/statistics", query=SPAN)
simple("GET /api/v1/assistance/mandate")
simple("POST /api/v1/inbox", body={"channel": "web", "sender": "0123456789abcdef"})
simple("GET /api/v1/staff/privacy/retention")
simple("POST /api/v1/staff/privacy/export", body={"telephone": "13800009999"})
simple("POST /api/v1/staff/privacy/delete", body={"telephone": "13800009999"})


# Accounts


@asking("POST /api/v1/staff/session")
def _log_in(house: House, _rows: Rows, _who: str) -> Asked:
    username = house.add_staff("own_clerk").username
    return Asked(body={"username": username, "password": PASSWORD}, fresh=True)


@asking("GET /api/v1/staff/accounts")
def _accounts(house: House, _rows: Rows, _who: str) -> Asked:
    return Asked(mark=house.staff["own_clerk"].id)


@asking("POST /api/v1/staff/accounts")
def _new_account(_house: House, _rows: Rows, _who: str) -> Asked:
    return Asked(body={"username": uuid.uuid4().hex[:20], "name": "赵女士", "role": "clerk", "department": "GA"})


def _of_account(body: Any) -> Ask:
    def ask(house: House, _rows: Rows, _who: str) -> Asked:
        id_ = house.add_staff("own_clerk").id
        return Asked(path={"id": id_}, body=body, row=(StaffRow, id_))

    return ask


ASK["PATCH /api/v1/staff/accounts/{id}"] = _of_account({"role": "administrator"})
ASK["POST /api/v1/staff/accounts/{id}/password"] = _of_account({"password": NEW_PASSWORD})
ASK["POST /api/v1/staff/accounts/{id}/unlock"] = _of_account(None)


# The calendar and appointments


@asking("PUT /api/v1/staff/hall-days/{day}")
def _set_day(_house: House, _rows: Rows, _who: str) -> Asked:
    day = (now() + timedelta(days=200)).date()
    return Asked(path={"day": f"{day}"}, body={"sessions": [], "reason": "检修"})


@asking("DELETE /api/v1/staff/hall-days/{day}")
def _clear_day(house: House, rows: Rows, who: str) -> Asked:
    asked = _set_day(house, rows, who)
    house.client("administrator").put(f"/api/v1/staff/hall-days/{asked.path['day']}", json=asked.body)
    return Asked(path=asked.path)


@asking("POST /api/v1/appointments")
def _book(_house: House, rows: Rows, _who: str) -> Asked:
    return Asked(body={"item": "GA-003", "slot": rows.slot(), "name": "王女士", "telephone": rows.telephone()})


def _own_appointment(deed: str, right: bool) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        telephone = rows.telephone()
        row = rows.appointment(telephone=telephone)
        told = {"telephone": telephone if right else rows.telephone()}
        body = None if deed == "look" else told | ({"slot": rows.slot()} if deed == "change" else {})
        query = told if deed == "look" else {}
        return Asked({"number": row.number}, body, query, row=(AppointmentRow, row.id), mark=row.number)

    return ask


for _entry, _deed in {"GET": "look", "POST/query": "query", "POST/change": "change", "POST/cancel": "cancel"}.items():
    _method, _, _end = _entry.partition("/")
    _route = f"{_method} /api/v1/appointments/{{number}}" + (f"/{_end}" if _end else "")
    ASK[_route], ASK[f"{_route} | wrong telephone"] = _own_appointment(_deed, True), _own_appointment(_deed, False)


@asking("GET /api/v1/staff/appointments")
def _day(_house: House, rows: Rows, _who: str) -> Asked:
    row = rows.appointment()
    return Asked(query={"day": f"{row.slot.starts_at.astimezone(CHINA).date()}"}, mark=row.number)


def _of_appointment(state: State, body: Any = None) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        id_ = rows.appointment(state).id
        return Asked({"id_": id_}, body, row=(AppointmentRow, id_))

    return ask


ASK["POST /api/v1/staff/appointments/{id_}/check-in"] = _of_appointment(State.HELD)
ASK["POST /api/v1/staff/appointments/{id_}/served"] = _of_appointment(State.CHECKED_IN)
ASK["POST /api/v1/staff/appointments/{id_}/cancel"] = _of_appointment(State.BOOKED, {"reason": "窗口检修"})


@asking("GET /api/v1/staff/slots")
def _slots(_house: House, rows: Rows, _who: str) -> Asked:
    day = rows.slot().partition(".")[2][:8]
    return Asked(query={"group": "identity", "day": f"{day[:4]}-{day[4:6]}-{day[6:]}"})


def _last_slot(rows: Rows) -> str:
    """One of another group, so that closing it is in nobody's way."""
    return rows.slot().replace("identity.", "vehicles.")


@asking("POST /api/v1/staff/slots/cancel")
def _close_slot(_house: House, rows: Rows, _who: str) -> Asked:
    return Asked(body={"slot": _last_slot(rows), "reason": "窗口检修"})


@asking("PATCH /api/v1/staff/slots/{slot_id}")
def _capacity(_house: House, rows: Rows, _who: str) -> Asked:
    return Asked({"slot_id": _last_slot(rows)}, {"capacity": 5})
