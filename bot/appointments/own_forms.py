"""The dialogues of changing, cancelling and asking for one's own appointments (S12)."""

from __future__ import annotations

from bot.appointments import choosing, service
from bot.appointments.model import AppointmentRow, State
from bot.appointments.office import Office, office_of, told_time
from bot.appointments.own import meant, own, telephone_field, title, which_field
from bot.appointments.slots import find_slot
from bot.deeds.form import Again, Context, Done, Field, FieldError, Form, Line
from bot.errors import Refused
from connectors.contract import Transaction, TurnStatus

_STATES = {State.BOOKED: "已预约", State.CHECKED_IN: "已签到"}


def _choose(text: str, context: Context) -> str:
    office = office_of(context.desk)
    row = _changed(context)
    group = office.rules.group(row.window_group)
    if group is None:
        raise FieldError("appointment.not_bookable", telephone=office.hall.telephone)
    with context.desk.database.transaction() as session:
        offered = choosing.offered_to(session, context.sender_key)
        slot = choosing.choose(session, office, group, text, context.now, offered)
    if slot.id == row.slot_id:
        raise FieldError("appointment_change.same_time")
    return slot.id


def _changed(context: Context) -> AppointmentRow:
    try:
        return meant(context)
    except Refused as refused:
        raise FieldError(refused.wording, **refused.values) from refused


def _find_time(text: str, context: Context) -> str | None:
    try:
        return _choose(text, context) if context.values.get("which") else None
    except (FieldError, KeyError):
        return None


def _ask_time(context: Context) -> Line:
    office = office_of(context.desk)
    try:
        row = meant(context)
    except Refused as refused:
        return Line(refused.wording, refused.values)
    group = office.rules.group(row.window_group)
    with context.desk.database.transaction() as session:
        free = choosing.offer(session, office, group, context.text, context.now, row.slot_id) if group else []
        choosing.remember(session, context.sender_key, [slot.id for slot in free], context.now)
    if not free:
        return Line("appointment.no_slots", {"telephone": office.hall.telephone})
    options = tuple(told_time(slot.starts_at) for slot in free)
    return Line("appointment_change.ask_when", {"now": title(office, row)}, options)


def _change_summary(context: Context) -> tuple[Line, ...]:
    office = office_of(context.desk)
    row, slot = meant(context), find_slot(office, context.values["when"], context.now)
    time = told_time(slot.starts_at) if slot else ""
    return (Line("appointment_change.confirm", {"now": title(office, row), "time": time}),)


def _submit_change(context: Context) -> Done:
    office, row = office_of(context.desk), meant(context)
    try:
        with context.desk.database.transaction() as session:
            changed = service.change(session, office, row.id, context.values["when"], context.now)
    except Refused as refused:
        if refused.kind in {"full", "unknown-slot"}:
            raise Again("when", "appointment.full") from refused
        raise
    return Done((Line("appointment_change.done", _told(office, changed)),))


def _cancel_summary(context: Context) -> tuple[Line, ...]:
    office = office_of(context.desk)
    return (Line("appointment_cancel.confirm", _told(office, meant(context))),)


def _submit_cancel(context: Context) -> Done:
    office, row = office_of(context.desk), meant(context)
    with context.desk.database.transaction() as session:
        cancelled = service.cancel(session, office, row.id, context.now)
    return Done((Line("appointment_cancel.done", _told(office, cancelled)),))


def _submit_query(context: Context) -> Done:
    """All the sender's own, or the one whose number and telephone were told."""
    office = office_of(context.desk)
    rows = own(context, changeable=False)
    if context.values.get("which"):
        rows = [meant(context)]
    lines = [Line("appointment_query.yours", _told(office, row)) for row in rows if row.state in _STATES]
    if not lines:
        lines = [Line("appointment_query.none", {"number": row.number}) for row in rows]
    return Done(tuple(lines), status=TurnStatus.ANSWERED_PROGRESS)


def _told(office: Office, row: AppointmentRow) -> dict[str, str]:
    return {
        "number": row.number,
        "time": told_time(row.slot.starts_at),
        "item": office.title(row.item),
        "place": office.place(row.item, office.rules.group(row.window_group)),
        "state": _STATES.get(State(row.state), ""),
    }


def _query_which() -> Field:
    """Asked for only when the sender has none of his own."""
    asked = which_field(
        lambda: Line("appointment_query.ask_which"), lambda: Line("appointment_query.ask_number")
    )  # fmt: skip
    return Field("which", asked.read, asked.find, asked.ask, lambda context: not own(context, False), called=("编号",))


APPOINTMENT_CHANGE = Form(
    name="appointment_change",
    transaction=Transaction.APPOINTMENT,
    fields=(
        which_field(lambda: Line("appointment_change.ask_which"), lambda: Line("appointment_change.ask_number")),
        telephone_field(),
        Field("when", _choose, _find_time, _ask_time, called=("时间", "日期", "哪天", "几点")),
    ),
    submit=_submit_change,
    summary=_change_summary,
)
APPOINTMENT_CANCEL = Form(
    name="appointment_cancel",
    transaction=Transaction.APPOINTMENT,
    fields=(
        which_field(lambda: Line("appointment_cancel.ask_which"), lambda: Line("appointment_cancel.ask_number")),
        telephone_field(),
    ),
    submit=_submit_cancel,
    summary=_cancel_summary,
)
APPOINTMENT_QUERY = Form(
    name="appointment_query",
    transaction=Transaction.APPOINTMENT,
    fields=(_query_which(), telephone_field()),
    submit=_submit_query,
)
