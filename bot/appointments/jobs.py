"""Periodic jobs of appointments (S12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.appointments.hall import forfeit
from bot.appointments.lookup import forget_old
from bot.appointments.model import AppointmentRow, OfferRow, SlotRow, State
from bot.appointments.office import office_of, told_time
from bot.appointments.repository import expire
from bot.appointments.slots import timetable
from bot.desk import Desk
from bot.outbox.alarms import SUPERVISORS, raise_alarm
from bot.worker.jobs import Job
from knowledge.calendar import CHINA

OFFERS_KEPT = timedelta(hours=1)


def jobs() -> tuple[Job, ...]:
    """All of them."""
    return (
        Job("appointments.expire", timedelta(seconds=30), expire_holds),
        Job("appointments.forfeit", timedelta(minutes=1), forfeit_missed),
        Job("appointments.outside", timedelta(minutes=5), warn_of_outside),
        Job("appointments.tidy", timedelta(minutes=15), tidy),
    )


def expire_holds(desk: Desk, now: datetime) -> None:
    """Places of holds that ran out are free again."""
    with desk.database.transaction() as session:
        expire(session, now)


def forfeit_missed(desk: Desk, now: datetime) -> None:
    """Who did not come by the end of the grace forfeits the appointment."""
    with desk.database.transaction() as session:
        forfeit(session, office_of(desk), now)


def warn_of_outside(desk: Desk, now: datetime) -> None:
    """Supervisors are told once of each booked slot in which the hall is closed by now, so that they cancel it with
    the reason; nothing is cancelled by itself, for a day may have been set by mistake."""
    office = office_of(desk)
    booked = (
        select(SlotRow)
        .where(SlotRow.starts_at > now)
        .where(
            select(AppointmentRow.id)
            .where(AppointmentRow.slot_id == SlotRow.id, AppointmentRow.state == State.BOOKED)
            .exists()
        )
    )
    with desk.database.transaction() as session:
        for row in session.scalars(booked).all():
            group, day = office.rules.group(row.window_group), row.starts_at.astimezone(CHINA).date()
            if group and row.id in {slot.id for slot in timetable(office, group, day)}:
                continue
            text = desk.wording.say("appointment.outside_hours", time=told_time(row.starts_at))
            raise_alarm(session, desk.vault, f"appointments.outside:{row.id}", SUPERVISORS, "appointments", text, now)


def tidy(desk: Desk, now: datetime) -> None:
    """Forgets what dialogues offered and failures that no longer count."""
    with desk.database.transaction() as session:
        session.execute(
            delete(OfferRow)
            .where(OfferRow.offered_at <= now - OFFERS_KEPT)
            .execution_options(synchronize_session=False)
        )
        forget_old(session, office_of(desk), now)
