"""The dialogue of asking for the one-time notice in writing (S03): item, name of the recipient if he likes."""

from __future__ import annotations

import re

from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line, Narrowed
from bot.notices import downloads, service
from bot.notices.address import base_url
from bot.notices.model import NewNotice, NoticeKind
from bot.notices.rules import notice_rules
from connectors.contract import Transaction

MOST_OPTIONS = 4
_COMPANY = re.compile(r"[\w（）()·&. -]{2,60}")


def _offered(context: Context) -> list[str]:
    """Codes that may be meant: those of the message, else the item of the turn before."""
    guides = context.desk.library.current.guides
    codes = dict.fromkeys((*context.items, *filter(None, [context.item])))
    return [code for code in codes if code in guides][:MOST_OPTIONS]


def _find_item(text: str, context: Context) -> str | None:
    """A single item that the message names; if it names none and none was told, the one talked about just before."""
    named = _named(text, context)
    if named or len(context.items) > 1:
        return named
    opening = () if context.values.get("item") else (context.item,)
    code = next((c for c in (*context.items, *opening)), None)
    return code if code in context.desk.library.current.guides else None


def _named(text: str, context: Context) -> str | None:
    guides = context.desk.library.current.guides
    plain = text.strip(" 。.！!")
    return next((code for code, guide in guides.items() if plain == code or plain in guide.names), None)


def _read_item(text: str, context: Context) -> str:
    """An option, a number of one, the name of an item, or the one that the answer names; of several, one is chosen."""
    found = _named(text, context)
    if found:
        return found
    guides = context.desk.library.current.guides
    offered = _offered(context)
    index = fields.chosen(text, [guides[code].name for code in offered])
    if index is not None:
        return offered[index]
    known = [code for code in context.items if code in guides]
    if len(known) > 1:
        raise Narrowed("notice.which_item")
    if not known:
        raise FieldError("notice.bad_item")
    return known[0]


def _ask_item(context: Context) -> Line:
    guides = context.desk.library.current.guides
    return Line("notice.ask_item", options=tuple(guides[code].name for code in _offered(context)))


def _recipient(text: str, context: Context) -> str:
    """A person's name, or that of a company, which may hold brackets and digits; rare characters too."""
    try:
        return fields.name(text, context)
    except FieldError:
        plain = text.strip(" 。.，,")
        if not _COMPANY.fullmatch(plain):
            raise
        return plain


def _submit(context: Context) -> Done:
    """Issues the notice, and makes its file at once: the citizen opens the address in a moment."""
    desk, values = context.desk, context.values
    rules, address = notice_rules(desk.rules), base_url(desk)
    new = NewNotice(
        kind=NoticeKind.ONE_TIME,
        item=values["item"],
        recipient=values["recipient"],
        verify_base=address,
        deed_id=context.deed_id,
        sender_key=context.sender_key,
    )
    with desk.database.transaction() as session:
        row = service.issue(session, desk.vault, desk.library.current, rules, new, context.now)
        token = downloads.new_token(session, rules, row.id, context.now)
    downloads.file(desk.database, desk.vault, row.id)
    told = {"number": row.number, "address": f"{address}/d/{token}", "days": rules.download_days}
    return Done((Line("notice.done", told),))


NOTICE = Form(
    name="notice",
    transaction=Transaction.NOTICE,
    fields=(
        Field("item", _read_item, _find_item, ask=_ask_item, called=("事项", "业务")),
        Field("recipient", fields.optional(_recipient), fields.name_in, called=("姓名", "名字", "称呼")),
    ),
    submit=_submit,
)
