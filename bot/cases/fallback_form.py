"""The dialogue of a "cannot get it done" request (办不成事, S16): facts, item, department, wish, contact."""

from __future__ import annotations

from bot.cases import service, telling, words
from bot.cases.complaint_form import shortened
from bot.cases.model import NewCase
from bot.cases.office import office_of, spoken_with_year
from bot.cases.rules import CaseKind
from bot.cases.telling import NO_PLACE, Place, seek
from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, Form, Line
from bot.deeds.words import is_nothing
from connectors.contract import Transaction

MOST_OFFERED = 4
NONE_OF_THEM = "都不是"
_NAMED = seek("department", telling.find_place)


def _names(context: Context) -> dict[str, str]:
    """Codes and names of the items that come into question, likeliest first."""
    guides = context.desk.library.current.guides
    codes = dict.fromkeys([*context.items, *([context.item] if context.item else [])])
    return {code: guides[code].name for code in codes if code in guides}


def _ask_item(context: Context) -> Line:
    names = tuple(_names(context).values())[:MOST_OFFERED]
    return Line("fallback_request.ask_item", options=(*names, NONE_OF_THEM) if names else ("没有具体事项",))


def _read_item(text: str, context: Context) -> str:
    """A code, else the words for it, or ""."""
    if is_nothing(text) or NONE_OF_THEM in text or "没有具体" in text:
        return ""
    exact = {guide.name: code for code, guide in context.desk.library.current.guides.items()}
    if text.strip() in exact:
        return exact[text.strip()]
    names = _names(context)
    index = fields.chosen(text, list(names.values()))
    if index is not None:
        return list(names)[index]
    named = _find_item(text, context)
    if named is not None:
        return named
    said: str = fields.words(2, telling.LONGEST_ANSWER, "case.bad_item")(text, context)
    return said


def _find_item(_text: str, context: Context) -> str | None:
    """The one item that a message names."""
    return context.items[0] if len(context.items) == 1 and context.items[0] in _names(context) else None


def _find_department(text: str, context: Context) -> Place | None:
    """Named in the message or the facts; else, while it is open, that of the item."""
    found: Place | None = _NAMED(text, context)
    if found is not None or context.values.get("department") is not None:
        return found
    return _department_of_item(context)


def _ask_department(context: Context) -> Line:
    """Offers the department of the item, which is not always the one that refused."""
    place = _department_of_item(context)
    return Line("fallback_request.ask_department", options=(place["text"] or "",) if place else ())


def _department_of_item(context: Context) -> Place | None:
    guide = context.desk.library.current.guides.get(context.values.get("item") or "")
    if guide is None or guide.department is None:
        return None
    return {**NO_PLACE, "department": guide.department, "text": context.desk.hall.department(guide.department).name}


def _item_text(context: Context) -> str:
    item = context.values.get("item") or ""
    guide = context.desk.library.current.guides.get(item)
    return guide.name if guide else item


def _summary(context: Context) -> tuple[Line, ...]:
    values = context.values
    told = {
        "facts": shortened(values["facts"]),
        "item": _item_text(context) or "未填",
        "department": values["department"]["text"] or "未填",
        "wish": shortened(values["wish"]) or "未填",
        "name": values["name"],
        "telephone": fields.shown_telephone(values["telephone"]),
    }
    return (Line("fallback_request.summary_facts", told), Line("fallback_request.summary_contact", told))


def _submit(context: Context) -> Done:
    desk, values, place = context.desk, context.values, context.values["department"]
    code = values["item"] if values["item"] in desk.library.current.guides else None
    facts = values["facts"] if code or not values["item"] else f"{values['facts']}（事项：{values['item']}）"
    new = NewCase(
        deed_id=context.deed_id,
        kind=CaseKind.FALLBACK_REQUEST,
        channel=context.channel,
        sender_key=context.sender_key,
        facts=facts,
        department=place["department"],
        window=place["window"],
        item=code,
        wish=values["wish"],
        place=place["text"] or "",
        name=values["name"],
        telephone=values["telephone"],
    )
    with desk.database.transaction() as session:
        row = service.open_case(session, office_of(desk), new, context.now)
    told = {"number": row.number, "by": spoken_with_year(row.hand_over_by), "due": spoken_with_year(row.due_at)}
    return Done((Line("fallback_request.done", told), Line("fallback_request.next", told)))


FALLBACK_REQUEST = Form(
    name="fallback_request",
    transaction=Transaction.FALLBACK_REQUEST,
    fields=(
        telling.facts_field("fallback_request.bad_facts"),
        Field("item", _read_item, _find_item, ask=_ask_item, called=("事项", "业务")),
        Field("department", telling.read_place, _find_department, _ask_department, called=("部门", "窗口")),
        Field(
            "wish", telling.optional_text("case.bad_wish"), seek("wish", lambda text, _: words.wish_in(text)),
            free=True, called=("诉求", "要求", "希望"),
        ),
        Field(
            "name", fields.name, seek("name", lambda text, _: fields.name_in(text)), called=("称呼", "姓名", "名字")
        ),
        Field(
            "telephone", fields.telephone, seek("telephone", fields.telephone_in), called=("电话", "手机", "号码")
        ),
    ),
    submit=_submit,
    summary=_summary,
)  # fmt: skip
