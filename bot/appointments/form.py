"""The dialogue of booking (S12): item, time, name, telephone, confirmation. The chosen place is held while the rest is
asked, and let go when the citizen cancels or falls silent."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.appointments import choosing, repository, service
from bot.appointments.model import AppointmentRow, Contact, Wanted
from bot.appointments.office import Office, office_of, told_time
from bot.appointments.rules import Group
from bot.appointments.slots import Slot, find_slot
from bot.deeds import fields
from bot.deeds.form import Again, Context, Done, Field, FieldError, Form, Line, Narrowed
from bot.errors import Refused
from connectors.contract import Transaction

MOST_ITEMS = 4


def _bookable(context: Context, office: Office) -> list[str]:
    """The items that the message names and that can be booked, likeliest first."""
    guides = office.guides
    return [code for code in context.items if code in guides and office.rules.group_of(guides[code])]


def _find_item(_text: str, context: Context) -> str | None:
    """The one item that the opening message names, else that of the turn before. Once a place is held the item is
    changed only by name ("改事项")."""
    office = office_of(context.desk)
    with context.desk.database.transaction() as session:
        if repository.of_deed(session, context.deed_id) is not None:
            return None
    named = _bookable(context, office)
    if named or context.values.get("item"):
        return named[0] if len(named) == 1 else None
    before = context.item
    guide = office.guides.get(before) if before else None
    return guide.code if guide and office.rules.group_of(guide) else None


def _read_item(text: str, context: Context) -> str:
    office, desk = office_of(context.desk), context.desk
    with desk.database.transaction() as session:
        offered = [code for code in choosing.offered_to(session, context.sender_key) if code in office.guides]
    index = fields.chosen(text, [office.title(code) for code in offered])
    if index is not None:
        return offered[index]
    named = _bookable(context, office)
    exact = [code for code in named if office.title(code) == text.strip()]
    if exact or len(named) == 1:
        return (exact or named)[0]
    if named:
        raise Narrowed("appointment.which_item")
    if context.items:
        raise FieldError("appointment.not_bookable", telephone=office.hall.telephone)
    raise FieldError("appointment.unknown_item")


def _ask_item(context: Context) -> Line:
    office = office_of(context.desk)
    offered = _bookable(context, office)[:MOST_ITEMS]
    with context.desk.database.transaction() as session:
        choosing.remember(session, context.sender_key, offered, context.now)
    return Line("appointment.ask_item", options=tuple(office.title(code) for code in offered))


def _group(context: Context, office: Office) -> Group | None:
    """The group of the item told."""
    item = context.values.get("item")
    try:
        return office.group_of(item) if item else None
    except Refused:
        return None


def _choose(text: str, context: Context) -> str:
    """Holds the place that the text names; gives its slot."""
    office = office_of(context.desk)
    with context.desk.database.transaction() as session:
        context = _with_item(session, context)
        group = _group(context, office)
        if group is None:
            raise FieldError("appointment.unknown_item")
        offered = choosing.offered_to(session, context.sender_key)
        slot = choosing.choose(session, office, group, text, context.now, offered)
        try:
            service.hold(session, office, _wanted(context, slot.id), context.now)
        except Refused as refused:
            raise FieldError("appointment.not_free") from refused
    return slot.id


def _with_item(session: Session, context: Context) -> Context:
    """A correction is sought without what was told before; the item is then that of the place held."""
    if context.values.get("item"):
        return context
    row = repository.of_deed(session, context.deed_id)
    return replace(context, values={**context.values, "item": row.item}) if row else context


def _find_time(text: str, context: Context) -> str | None:
    """A time told beside other things, if it names one slot that is free."""
    try:
        return _choose(text, context)
    except FieldError:
        return None


def _ask_time(context: Context) -> Line:
    office = office_of(context.desk)
    group = _group(context, office)
    if group is None:
        return Line("appointment.ask_when")
    with context.desk.database.transaction() as session:
        free = choosing.offer(session, office, group, context.text, context.now)
        choosing.remember(session, context.sender_key, [slot.id for slot in free], context.now)
    if not free:
        return Line("appointment.no_slots", {"telephone": office.hall.telephone})
    return Line("appointment.ask_when", options=tuple(told_time(slot.starts_at) for slot in free))


def _wanted(context: Context, slot_id: str) -> Wanted:
    return Wanted(context.deed_id, context.values["item"], slot_id, context.channel, context.sender_key)


def _slot_of_item(context: Context, office: Office) -> Slot | None:
    """The slot told, unless the item was changed to one of other windows since, or the slot has begun."""
    group, slot = _group(context, office), find_slot(office, context.values["when"], context.now)
    return slot if slot and group and slot.group == group.id else None


def _summary(context: Context) -> tuple[Line, ...]:
    office, values = office_of(context.desk), context.values
    slot = _slot_of_item(context, office)
    item = office.title(values["item"])
    if slot is None:
        return (Line("appointment.other_time", {"item": item}),)
    told = {
        "item": item,
        "time": told_time(slot.starts_at),
        "place": office.place(values["item"], _group(context, office)),
        "name": values["name"],
        "telephone": fields.shown_telephone(values["telephone"]),
    }
    return (Line("appointment.confirm", told),)


def _submit(context: Context) -> Done:
    desk, office = context.desk, office_of(context.desk)
    with desk.database.transaction() as session:
        made = repository.of_deed(session, context.deed_id)
    if made is not None and made.state in repository.COMING:
        return _done(office, made)
    slot = _slot_of_item(context, office)
    if slot is None:
        raise Again("when", "appointment.choose_time")
    contact = Contact(context.values["name"], context.values["telephone"])
    try:
        with desk.database.transaction() as session:
            service.hold(session, office, _wanted(context, slot.id), context.now)
            row = service.confirm(session, office, context.deed_id, contact, context.now)
    except Refused as refused:
        if refused.kind in {"full", "unknown-slot"}:
            raise Again("when", "appointment.full") from refused
        _release(context)
        raise
    return _done(office, row)


def _done(office: Office, row: AppointmentRow) -> Done:
    """What S12 demands to be told at once: time, place, materials, notes."""
    told = {
        "number": row.number,
        "time": told_time(row.slot.starts_at),
        "item": office.title(row.item),
        "place": office.place(row.item, office.rules.group(row.window_group)),
    }
    materials, notes = office.materials(row.item), "".join(office.rules.notes)
    lines = [Line("appointment.done", told)]
    if materials:
        lines.append(Line("appointment.materials", {"materials": materials}))
    if notes:
        lines.append(Line("appointment.notes", {"notes": notes}))
    return Done(tuple(lines))


def _release(context: Context) -> None:
    with context.desk.database.transaction() as session:
        service.release(session, context.deed_id, context.now)


APPOINTMENT = Form(
    name="appointment",
    transaction=Transaction.APPOINTMENT,
    fields=(
        Field("item", _read_item, _find_item, _ask_item, called=("事项",)),
        Field("when", _choose, _find_time, _ask_time, called=("时间", "日期", "哪天", "几点")),
        Field("name", fields.name, fields.name_in, called=("称呼", "姓名", "名字")),
        Field("telephone", fields.telephone, fields.telephone_in, called=("电话", "手机", "号码")),
    ),
    submit=_submit,
    summary=_summary,
    release=_release,
)
