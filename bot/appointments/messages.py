"""Messages to the citizen by the outbox: reminders, and what the hall had to cancel (S12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.appointments.model import AppointmentRow
from bot.appointments.office import Office, told_time
from bot.outbox.service import Outgoing, enqueue, withdraw


@dataclass(frozen=True)
class _Message:
    """A text with its key and times."""

    key: str
    text: str
    not_before: datetime | None = None
    expires_at: datetime | None = None


def remind(session: Session, office: Office, row: AppointmentRow, starts_at: datetime, now: datetime) -> None:
    """Enqueues the reminders that are still ahead, in place of those for an earlier time."""
    forget(session, row)
    text = office.wording.say(
        "appointment.reminder",
        time=told_time(starts_at),
        item=office.title(row.item),
        place=office.place(row.item, office.rules.group(row.window_group)),
        number=row.number,
    )
    for name, minutes in office.rules.reminders.items():
        due = starts_at - timedelta(minutes=minutes)
        if due > now:
            key = f"appointment:{row.id}:{name}:{row.revision}"
            _send(session, office, row, _Message(key, text, due, starts_at), now)


def forget(session: Session, row: AppointmentRow) -> None:
    """Reminders not sent yet are not sent any more."""
    withdraw(session, f"appointment:{row.id}:")


def tell_cancelled(
    session: Session, office: Office, row: AppointmentRow, nearest: datetime | None, now: datetime
) -> None:
    """The hall's cancellation with its reason and the nearest other time."""
    values = {"time": told_time(row.slot.starts_at), "item": office.title(row.item), "reason": row.reason}
    if nearest is None:
        text = office.wording.say("appointment.hall_cancelled", telephone=office.hall.telephone, **values)
    else:
        text = office.wording.say("appointment.hall_cancelled_other", other=told_time(nearest), **values)
    _send(session, office, row, _Message(f"appointment-cancelled:{row.id}", text), now)


def _send(session: Session, office: Office, row: AppointmentRow, message: _Message, now: datetime) -> None:
    """On the citizen's own channel, where there is one, else by telephone."""
    telephone = office.vault.open(row.telephone) if row.sender_key is None and row.telephone else None
    if row.sender_key is None and telephone is None:
        return
    outgoing = Outgoing(
        message.key,
        message.text,
        sender_key=row.sender_key,
        telephone=telephone,
        not_before=message.not_before,
        expires_at=message.expires_at,
        kind="appointment",
    )
    enqueue(session, office.vault, outgoing, now)
