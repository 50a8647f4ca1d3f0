"""Dialogues about one's own appointments: which one is meant. A citizen is known by his channel; from another one, by
number and telephone (S12, S21)."""

from __future__ import annotations

from collections.abc import Callable

from bot.appointments import choosing, lookup, repository
from bot.appointments.model import AppointmentRow, State
from bot.appointments.office import Office, office_of, told_time
from bot.deeds import fields
from bot.deeds.form import Context, Field, FieldError, Line
from bot.deeds.numbers import number_in
from bot.errors import Refused


def own(context: Context, changeable: bool = True) -> list[AppointmentRow]:
    """The sender's own appointments that are not over; `changeable`: only those he has not checked in for."""
    with context.desk.database.transaction() as session:
        rows = repository.mine(session, context.desk.vault, context.now, sender_key=context.sender_key)
    return [row for row in rows if row.state == State.BOOKED] if changeable else rows


def meant(context: Context) -> AppointmentRow:
    """The appointment that the fields `which` and `telephone` tell; Refused when there is none (any more)."""
    told = context.values["which"]
    with context.desk.database.transaction() as session:
        if "id" in told:
            row = session.get(AppointmentRow, told["id"])
            if row is not None and row.sender_key != context.sender_key:
                row = None
        else:
            row = lookup.find(
                session, office_of(context.desk), told["number"], context.values["telephone"], context.now
            )
    if row is None:
        raise Refused("appointment.not_found", 404, "not-found")
    return row


def title(office: Office, row: AppointmentRow) -> str:
    """How an own appointment is offered."""
    return f"{told_time(row.slot.starts_at)}{office.title(row.item)}"


def which_field(ask: Callable[[], Line], ask_number: Callable[[], Line]) -> Field:
    """Which appointment: the only one without asking, one of several, or a number. The value is {"id": …} for an own
    one, {"number": …} for another."""

    def read(text: str, context: Context) -> dict[str, str]:
        rows, number = own(context), number_in(text)
        named = _named(rows, number, text, context)
        if named is not None:
            return {"id": named.id}
        if number is not None:
            return {"number": number}
        raise FieldError("appointment.which" if rows else "appointment.bad_number")

    def find(text: str, context: Context) -> dict[str, str] | None:
        rows, number = own(context), number_in(text)
        for row in rows:
            if row.number == number or (len(rows) == 1 and number is None):
                return {"id": row.id}
        return {"number": number} if number else None

    def question(context: Context) -> Line:
        office, rows = office_of(context.desk), own(context)[:4]
        with context.desk.database.transaction() as session:
            choosing.remember(session, context.sender_key, [row.id for row in rows], context.now)
        if not rows:
            return ask_number()
        line = ask()
        return Line(line.wording, options=tuple(title(office, row) for row in rows))

    return Field("which", read, find, question, called=("编号",))


def _named(rows: list[AppointmentRow], number: str | None, text: str, context: Context) -> AppointmentRow | None:
    for row in rows:
        if row.number == number:
            return row
    office = office_of(context.desk)
    index = fields.chosen(text, [title(office, row) for row in rows]) if number is None else None
    return rows[index] if index is not None else None


def telephone_field() -> Field:
    """The telephone that proves that an appointment of another channel is one's own."""

    def read(text: str, context: Context) -> str:
        telephone = fields.telephone(text, context)
        number = context.values["which"]["number"]
        office = office_of(context.desk)
        try:
            with context.desk.database.transaction() as session:
                row = lookup.find(session, office, number, telephone, context.now)
        except Refused as refused:
            raise FieldError(refused.wording, **refused.values) from refused
        if row is None:
            raise FieldError("appointment.not_found")
        return telephone

    def needed(context: Context) -> bool:
        return "number" in (context.values.get("which") or {})

    def find(text: str, context: Context) -> str | None:
        try:
            return read(text, context)
        except (FieldError, KeyError):
            return None

    return Field("telephone", read, find, when=needed, called=("电话",))
