"""The dialogue of a complaint (S15): listen, record, state the facts, solve, follow up."""

from __future__ import annotations

from bot.cases import kinds, service, telling, words
from bot.cases.model import NewCase
from bot.cases.office import office_of, spoken_with_year
from bot.cases.rules import OTHER_KIND, CaseKind, cases_rules
from bot.cases.telling import seek
from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line
from connectors.contract import Transaction

SHORT = 60
"""So much of a long text is repeated before the citizen confirms."""


def _suggested(context: Context) -> list[str]:
    """Ids of the kinds that are offered, likeliest first, and "none of them"."""
    rules, facts = cases_rules(context.desk.rules), context.values.get("facts") or ""
    return [*kinds.suggest(context.desk.encoder, rules, facts), OTHER_KIND]


def _ask_kind(context: Context) -> Line:
    rules = cases_rules(context.desk.rules)
    return Line("complaint.ask_kind", options=tuple(rules.label_of(id_) for id_ in _suggested(context)))


def _read_kind(text: str, context: Context) -> str:
    """The id of a kind: one of those offered, by tapping, number or words, or any other by its words."""
    rules, offered = cases_rules(context.desk.rules), _suggested(context)
    index = fields.chosen(text, [rules.label_of(id_) for id_ in offered])
    if index is not None:
        return offered[index]
    every = [kind.id for kind in rules.complaint_kinds]
    index = fields.chosen(text, [f"{kind.label}（{kind.description}）" for kind in rules.complaint_kinds])
    if index is not None and not text.strip().isdigit():
        return every[index]
    if any(word in text for word in ("都不是", "说不清", "其他", "其它", "不知道", "不清楚", "不确定")):
        return OTHER_KIND
    raise FieldError("complaint.bad_kind")


def _find_wish(text: str, _context: Context) -> str | None:
    """To be kept secret ("请帮我保密") is a field of its own."""
    wish = words.wish_in(text)
    return None if wish and words.confidential_in(wish) is not None else wish


def _summary(context: Context) -> tuple[Line, ...]:
    values, rules = context.values, cases_rules(context.desk.rules)
    name = values.get("name") or ""
    contact = f"{name}（{fields.shown_telephone(values['telephone'])}）" if name else "匿名"
    told = {
        "facts": shortened(values["facts"]),
        "kind": rules.label_of(values["kind"]),
        "when": values["when"] or "未填",
        "place": values["place"]["text"] or "未填",
        "whom": values["whom"] or "未填",
        "wish": shortened(values["wish"]) or "未填",
        "contact": contact,
        "secret": "保密" if values.get("confidential") or not name else "不要求保密",
    }
    return (Line("complaint.summary_facts", told), Line("complaint.summary_contact", told))


def shortened(text: str) -> str:
    """The beginning of a text, without a full stop, to be told inside a sentence."""
    text = text.rstrip("。.！!？?；; ")
    return text if len(text) <= SHORT else f"{text[:SHORT]}……"


def _submit(context: Context) -> Done:
    desk, values = context.desk, context.values
    place, name = values["place"], values.get("name") or ""
    new = NewCase(
        deed_id=context.deed_id,
        kind=CaseKind.COMPLAINT,
        channel=context.channel,
        sender_key=context.sender_key,
        facts=values["facts"],
        complaint_kind=values["kind"],
        department=place["department"],
        window=place["window"],
        wish=values["wish"],
        when=values["when"],
        place=place["text"] or "",
        whom=values["whom"],
        name=name,
        telephone=values.get("telephone") or "",
        confidential=bool(values.get("confidential")),
        anonymous=not name,
    )
    with desk.database.transaction() as session:
        row = service.open_case(session, office_of(desk), new, context.now)
    told = {"number": row.number, "due": spoken_with_year(row.due_at)}
    lines = [Line("complaint.done_anonymous" if row.anonymous else "complaint.done", told)]
    if row.confidential:
        lines.append(Line("complaint.kept_secret"))
    return Done(tuple(lines))


COMPLAINT = Form(
    name="complaint",
    transaction=Transaction.COMPLAINT,
    fields=(
        telling.facts_field("complaint.bad_facts"),
        Field("kind", _read_kind, ask=_ask_kind, called=("类型", "种类", "分类")),
        Field(
            "when", telling.optional_text("case.bad_when"), seek("when", lambda text, _: words.when_in(text)),
            called=("时间",),
        ),
        Field("place", telling.read_place, seek("place", telling.find_place), called=("窗口", "部门", "地点")),
        Field(
            "whom", telling.optional_text("case.bad_whom"), seek("whom", lambda text, _: words.whom_in(text)),
            free=True, called=("对象", "被投诉"),
        ),
        Field(
            "wish", telling.optional_text("case.bad_wish"), seek("wish", _find_wish),
            free=True, called=("诉求", "要求", "希望"),
        ),
        Field(
            "confidential", telling.read_confidential,
            seek("confidential", lambda text, _: words.confidential_in(text)),
            ask=lambda _: Line("complaint.ask_confidential", options=("需要保密", "不需要保密")),
            when=telling.is_known, called=("保密",),
        ),
        Field(
            "name", telling.read_name, seek("name", telling.find_name),
            ask=lambda _: Line("complaint.ask_name", options=(("匿名投诉", "匿名"),)),
            called=("称呼", "姓名", "名字"),
        ),
        Field(
            "telephone", fields.telephone, seek("telephone", fields.telephone_in), when=telling.is_known,
            called=("电话", "手机", "号码"),
        ),
    ),
    submit=_submit,
    summary=_summary,
)  # fmt: skip
