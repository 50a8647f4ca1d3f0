"""Appointments as clients of the routes see them: the citizen his own, staff with masks (S12, S21)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from bot.appointments.model import AppointmentRow, State
from bot.appointments.office import Office
from bot.privacy.masks import mask_name, mask_telephone
from knowledge.calendar import CHINA


class Appointment(BaseModel):
    """What is told at booking, and whenever the citizen asks: when, where, what to bring. Times in China's time."""

    number: str
    state: State
    item: str
    title: str
    slot: str
    starts_at: datetime
    ends_at: datetime
    place: str
    materials: str
    notes: tuple[str, ...]
    queue_number: str | None
    reason: str | None

    @classmethod
    def of(cls, office: Office, row: AppointmentRow) -> Self:
        return cls(
            number=row.number,
            state=State(row.state),
            item=row.item,
            title=office.title(row.item),
            slot=row.slot_id,
            starts_at=row.slot.starts_at.astimezone(CHINA),
            ends_at=row.slot.ends_at.astimezone(CHINA),
            place=office.place(row.item, office.rules.group(row.window_group)),
            materials=office.materials(row.item),
            notes=office.rules.notes,
            queue_number=row.queue_number,
            reason=row.reason,
        )


class Listed(BaseModel):
    """One line of the list at the window; name and telephone masked."""

    id: str
    number: str
    state: State
    item: str
    title: str
    group: str
    slot: str
    starts_at: datetime
    name: str
    telephone: str
    queue_number: str | None

    @classmethod
    def of(cls, office: Office, row: AppointmentRow) -> Self:
        opened = [office.vault.open_or_empty(sealed) for sealed in (row.name, row.telephone)]
        return cls(
            id=row.id,
            number=row.number,
            state=State(row.state),
            item=row.item,
            title=office.title(row.item),
            group=row.window_group,
            slot=row.slot_id,
            starts_at=row.slot.starts_at.astimezone(CHINA),
            name=mask_name(opened[0]),
            telephone=mask_telephone(opened[1].removeprefix("+86")),
            queue_number=row.queue_number,
        )
