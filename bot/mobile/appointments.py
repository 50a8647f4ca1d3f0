"""`/m/appointments`: the citizen's own appointments, and how he cancels one (S12)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from bot.appointments import repository, service
from bot.appointments.model import AppointmentRow, State
from bot.appointments.office import Office, office_of
from bot.appointments.repository import COMING
from bot.appointments.views import Appointment
from bot.desk import Desk
from bot.errors import Refused
from bot.mobile import mine, words
from bot.mobile.forms import FIELD, SentForm, deed_of, form_token
from bot.mobile.guides import current_guide
from bot.mobile.page import PATH, PRIVATE, page
from bot.mobile.session import ThisVisitor
from bot.parameters import ThisDesk
from knowledge.calendar import CHINA
from knowledge.clock import spoken_day

log = logging.getLogger(__name__)
ADDRESS = f"{PATH}/appointments"


@dataclass(frozen=True)
class Shown:
    """One appointment on the page; `day` as in "11月24日（周二）", `hours` as in "09:30–10:00"."""

    told: Appointment
    day: str
    hours: str
    state: str
    can_cancel: bool
    has_guide: bool


def read_appointments(desk: ThisDesk, who: ThisVisitor, cancelled: str = "") -> HTMLResponse:
    """Coming ones first. `cancelled`: the number of the one that was just cancelled."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        coming = repository.mine(session, desk.vault, now, sender_key=who.sender_key)
        past = mine.past_appointments(session, who.sender_key, now)

    shown = [_shown(desk, office, row, now) for row in (*coming, *past)]
    gone = any(row.number == cancelled and row.state == State.CANCELLED for row in past)
    return page(
        desk, "appointments", coming=shown[: len(coming)], past=shown[len(coming) :],
        notes=office.rules.notes, minutes=office.rules.change_until_minutes,
        notice=desk.wording.say("mobile.cancelled", number=cancelled) if gone else "",
        empty=desk.wording.say("mobile.no_appointments"),
    )  # fmt: skip


def ask_cancel(number: str, desk: ThisDesk, who: ThisVisitor) -> HTMLResponse:
    """The question before an appointment is cancelled. Raises Refused (404) for anybody else's."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        row = mine.appointment(session, who.sender_key, number)
    if row is None or row.state != State.BOOKED:
        raise Refused("mobile.no_appointment", 404, "not-found")
    if not _can_cancel(office, row, now):
        raise Refused("appointment.too_late", 409, "too-late", minutes=office.rules.change_until_minutes)
    token = form_token(desk.vault, who, _about(number), now)
    return page(desk, "cancel", one=_shown(desk, office, row, now), field=FIELD, token=token)


def cancel(number: str, desk: ThisDesk, who: ThisVisitor, sent: SentForm) -> Response:
    """Cancels it, once, and goes back to the list. Raises Refused: 403 for a form that is not from us, 404, 409."""
    now, office = datetime.now(UTC), office_of(desk)
    deed_of(desk.vault, sent, who, _about(number), now)
    with desk.database.transaction() as session:
        row = mine.appointment(session, who.sender_key, number)
        if row is None:
            raise Refused("mobile.no_appointment", 404, "not-found")
        row = service.cancel(session, office, row.id, now)
    log.info("appointment_cancelled id=%s", row.id)
    return RedirectResponse(f"{ADDRESS}?cancelled={row.number}", 303, headers=PRIVATE)


def _about(number: str) -> str:
    return f"cancel:{number}"


def _shown(desk: Desk, office: Office, row: AppointmentRow, now: datetime) -> Shown:
    begins, ends = row.slot.starts_at.astimezone(CHINA), row.slot.ends_at.astimezone(CHINA)
    is_over = row.slot.ends_at <= now and row.state in COMING
    return Shown(
        told=Appointment.of(office, row),
        day=spoken_day(begins),
        hours=f"{begins:%H:%M}–{ends:%H:%M}",
        state=words.OVER if is_over else words.APPOINTMENT_STATES[row.state],
        can_cancel=_can_cancel(office, row, now),
        has_guide=current_guide(desk.library.current, row.item) is not None,
    )


def _can_cancel(office: Office, row: AppointmentRow, now: datetime) -> bool:
    """As the service decides in the end."""
    last = row.slot.starts_at - timedelta(minutes=office.rules.change_until_minutes)
    return row.state == State.BOOKED and now <= last
