"""S14: takes requests for help and agency down, and tells the citizen of every step."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.assistance.model import BEFORE, AssistanceRow, AssistanceState, NewAssistance
from bot.assistance.rules import AssistanceRules
from bot.errors import Refused
from bot.requests.request import Office, change, check_assignee, take_down, tell_citizen, tell_staff
from knowledge.clock import spoken

PREFIX = "BB"


def request(office: Office, rules: AssistanceRules, new: NewAssistance, now: datetime) -> AssistanceRow:
    """The row with its receipt number; its department is told. The same deed twice gives the same row. Raises Refused
    for a home visit to somebody of no special group, or without an address."""
    kind = rules.kind(new.kind)
    if kind.special_groups_only and not new.group:
        raise Refused("assistance.special_groups_only", 422, "special-groups-only")
    if kind.visit and not new.address:
        raise Refused("assistance.bad_address", 422, "no-address")
    limit = timedelta(minutes=rules.answer_minutes)
    more = {
        "kind": kind.id,
        "special_group": new.group,
        "address": office.vault.seal(new.address) if kind.visit else None,
        "wished": new.wished,
        "wished_at": new.wished_at,
        "state": AssistanceState.RECEIVED.value,
        "due_at": office.calendar.after_working_time(now, limit),
    }
    row = take_down(office, AssistanceRow, PREFIX, new.told, more, now)
    text = office.wording.say("assistance.alarm_new", number=row.number, kind=kind.label, time=spoken(row.due_at))
    tell_staff(office, row, "new", text, now)
    return row


def assign(office: Office, id_: str, department: str, assigned_to: str | None, now: datetime) -> AssistanceRow:
    """Hands it to a department, perhaps to one clerk. Raises Refused for one that cannot take it."""
    check_assignee(office, department, assigned_to)
    states = BEFORE[AssistanceState.ASSIGNED]
    row = change(
        office.session, AssistanceRow, id_, states,
        state=AssistanceState.ASSIGNED.value, department=department, assigned_to=assigned_to,
    )  # fmt: skip
    told = office.calendar.hall.department(department)
    text = office.wording.say("assistance.assigned", number=row.number, department=told.name, telephone=told.telephone)
    tell_citizen(office, row, f"assigned:{department}", text, now)
    staff_text = office.wording.say("assistance.alarm_assigned", number=row.number)
    tell_staff(office, row, f"assigned:{assigned_to or 'department'}", staff_text, now)
    return row


def start(office: Office, rules: AssistanceRules, id_: str, state: AssistanceState, now: datetime) -> AssistanceRow:
    """The clerk is on his way (VISITING, home visits only) or at work (IN_PROGRESS)."""
    row = change(office.session, AssistanceRow, id_, BEFORE[state], state=state.value)
    if state is AssistanceState.VISITING:
        if not rules.kind(row.kind).visit:
            raise Refused("assistance.no_visit", 409, "no-visit")
        text = office.wording.say("assistance.visiting", number=row.number)
    else:
        text = office.wording.say("assistance.in_progress", number=row.number)
    tell_citizen(office, row, state.value, text, now)
    return row


def finish(office: Office, id_: str, now: datetime) -> AssistanceRow:
    """It is done, and the citizen is asked to rate it."""
    row = _end(office, id_, AssistanceState.DONE, now)
    tell_citizen(office, row, "done", office.wording.say("assistance.finished", number=row.number), now)
    return row


def refuse(office: Office, id_: str, reason: str, now: datetime) -> AssistanceRow:
    """It cannot be done; the citizen is told why and where to ask on."""
    row = _end(office, id_, AssistanceState.REFUSED, now, reason=office.vault.seal(reason))
    hall = office.calendar.hall
    text = office.wording.say("assistance.refused", number=row.number, reason=reason, telephone=hall.telephone)
    tell_citizen(office, row, "refused", text, now)
    return row


def _end(office: Office, id_: str, state: AssistanceState, now: datetime, **values: str) -> AssistanceRow:
    return change(office.session, AssistanceRow, id_, BEFORE[state], state=state.value, ended_at=now, **values)
