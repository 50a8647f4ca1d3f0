"""The dialogue of asking after one's own cases (S15, S16): at once for whom we know, else by number and telephone."""

from __future__ import annotations

from bot.cases import lookup
from bot.cases.asking import checked_number, known_case
from bot.cases.lookup import Progress, progress_of
from bot.cases.office import office_of, spoken_with_year
from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line
from bot.deeds.numbers import number_in
from bot.deeds.words import is_nothing
from connectors.contract import Transaction, TurnStatus

OWN = "own"
"""In place of a number: the sender's own cases."""


def _find_number(text: str, context: Context) -> str | None:
    """A number in the message, else the sender's own cases if there are any."""
    number = number_in(text)
    if number is not None:
        return number
    with context.desk.database.transaction() as session:
        return OWN if lookup.own_cases(session, context.sender_key) else None


def _read_number(text: str, _context: Context) -> str:
    number = number_in(text)
    if number is None:
        raise FieldError("case_query.bad_number")
    return number


def _asks_telephone(context: Context) -> bool:
    """Not of the one who told the case on this very channel."""
    number = context.values.get("number")
    if number is None or number == OWN:
        return number is None
    with context.desk.database.transaction() as session:
        return not lookup.is_own(session, context.sender_key, number)


def _read_telephone(text: str, context: Context) -> str:
    """In international form; empty for anonymous cases."""
    return "" if "匿名" in text or is_nothing(text) else fields.telephone(text, context)


def _submit(context: Context) -> Done:
    office, desk, number = office_of(context.desk), context.desk, context.values["number"]
    if number != OWN:
        telephone = context.values.get("telephone") or ""
        number = checked_number(desk, number, telephone, context.now, context.sender_key)
        with desk.database.transaction() as session:
            row = known_case(session, office, number, telephone, context.sender_key)
            found = [progress_of(session, office, row)]
    else:
        with desk.database.transaction() as session:
            found = [progress_of(session, office, row) for row in lookup.own_cases(session, context.sender_key)]
    return Done(tuple(line for progress in found for line in _lines(progress)), status=TurnStatus.ANSWERED_PROGRESS)


def _lines(progress: Progress) -> list[Line]:
    told = {
        "title": progress.title,
        "number": progress.number,
        "state": progress.state_label,
        "who": progress.handler,
        "telephone": progress.telephone,
        "due": spoken_with_year(progress.due_at),
    }
    lines = [Line("case_query.decided" if progress.decided else "case_query.running", told)]
    if progress.note and progress.noted_at:
        lines.append(Line("case_query.last", {"at": spoken_with_year(progress.noted_at), "note": progress.note}))
    return lines


CASE_QUERY = Form(
    name="case_query",
    transaction=Transaction.COMPLAINT,
    fields=(
        Field("number", _read_number, _find_number, called=("编号", "受理号")),
        Field("telephone", _read_telephone, fields.telephone_in, when=_asks_telephone, called=("电话", "手机")),
    ),
    submit=_submit,
)
