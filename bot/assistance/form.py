"""The dialogue of asking for help and agency (S14): what kind, for whom, where, when, name, telephone."""

from __future__ import annotations

import re
from typing import Any

from bot.assistance import service
from bot.assistance.model import NewAssistance
from bot.assistance.rules import AssistanceKind, AssistanceRules, Cued, assistance_rules
from bot.deeds import fields
from bot.deeds.fields import plain
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line
from bot.deeds.told import department_of, matter, matter_in, moment_of, time_in, time_reader
from bot.requests.request import Told, office_of
from connectors.contract import Transaction

MOST_OPTIONS = 5
_EVERYTHING = re.compile("帮办代办|代办帮办|帮办和代办")
_ADDRESS = re.compile(
    r"(?:住在|家住|地址[是:]*|家在)\s*(?P<address>[^,。;!?\s]{4,60}?)"
    r"(?=[,。;!?\s]|我?的?(?:电话|手机)|我[叫姓]|$)"
)
_ADDRESS_WORDS = fields.words(5, 100, "assistance.bad_address")


def _rules(context: Context) -> AssistanceRules:
    return assistance_rules(context.desk.rules)


def _kind_of(context: Context) -> AssistanceKind | None:
    told = context.values.get("kind")
    return _rules(context).kind(told) if told else None


def _named(text: str, things: tuple[Cued, ...]) -> str | None:
    """The thing of the longest cue in the text, the last one of equally long ones."""
    told = _EVERYTHING.sub("", plain(text))
    cues = [(cue, thing.id) for thing in things for cue in (*thing.cues, thing.label)]
    found = [(len(cue), told.rfind(cue), id_) for cue, id_ in cues if cue in told]
    return max(found)[2] if found else None


def _find_kind(text: str, context: Context) -> str | None:
    return _named(text, _rules(context).kinds)


def _kind(text: str, context: Context) -> str:
    kinds = _rules(context).all_kinds
    index = fields.chosen(text, [kind.label for kind in kinds])
    found = kinds[index].id if index is not None else _find_kind(text, context)
    if found is None and "其他" in text:
        return _rules(context).other_kind.id
    if found is None:
        raise FieldError("assistance.bad_kind")
    return found


def _ask_kind(context: Context) -> Line:
    labels = [kind.label for kind in _rules(context).all_kinds]
    listed = "、".join(f"{number}.{label}" for number, label in enumerate(labels, start=1))
    return Line("assistance.ask_kind", {"kinds": listed}, options=(*labels[: MOST_OPTIONS - 1], labels[-1]))


def _find_group(text: str, context: Context) -> str | None:
    return _named(text, _rules(context).groups)


def _group(text: str, context: Context) -> str:
    groups = _rules(context).groups
    index = fields.chosen(text, [group.label for group in groups])
    found = groups[index].id if index is not None else _find_group(text, context)
    if found is None:
        raise FieldError("assistance.special_groups_only")
    return found


def _ask_group(context: Context) -> Line:
    labels = [group.label for group in _rules(context).groups]
    listed = "、".join(labels)
    return Line("assistance.ask_group", {"groups": listed}, options=(*labels[: MOST_OPTIONS - 1], "改为委托代办"))


def _needs_group(context: Context) -> bool:
    """Asked for when the kind is for special groups only; kept whenever it was told."""
    kind = _kind_of(context)
    if kind is None:
        return _find_group(context.text, context) is not None or context.values.get("group") is not None
    return kind.special_groups_only or context.values.get("group") is not None


def _needs_matter(context: Context) -> bool:
    kind = _kind_of(context)
    return kind is None or kind.needs_matter


def _visits(context: Context) -> bool:
    kind = _kind_of(context)
    return kind is not None and kind.visit


def _find_address(text: str, _context: Context) -> str | None:
    found = _ADDRESS.search(plain(text))
    return found["address"] if found else None


def _address(text: str, context: Context) -> str:
    return _find_address(text, context) or _ADDRESS_WORDS(text, context)


def _find_when(text: str, context: Context) -> dict[str, Any] | None:
    """House numbers ("人民路3号") are no days."""
    return time_in(_ADDRESS.sub("", plain(text)), context)


def _summary(context: Context) -> tuple[Line, ...]:
    rules, values = _rules(context), context.values
    kind = rules.kind(values["kind"])
    lines = [
        Line("assistance.summary", {
            "kind": kind.label, "time": values["when"]["text"], "name": values["name"],
            "telephone": fields.shown_telephone(values["telephone"]),
        })
    ]  # fmt: skip
    if kind.needs_matter:
        lines.append(Line("assistance.summary_matter", {"matter": values["matter"]["title"]}))
    if kind.visit:
        told = {"group": rules.group_label(values["group"]), "address": values["address"]}
        lines.append(Line("assistance.summary_visit", told))
    return (*lines, Line("assistance.free_of_charge"))


def _submit(context: Context) -> Done:
    rules, new = _rules(context), _new(context)
    with office_of(context.desk, rules.by_telephone) as office:
        row = service.request(office, rules, new, context.now)
    told = {"number": row.number, "telephone": context.desk.hall.telephone}
    lines = [Line("assistance.done", told)]
    if rules.kind(new.kind).mandate:
        lines.append(Line("assistance.mandate", {"names": rules.mandate.names}))
        lines.append(Line("assistance.mandate_template", {"text": rules.mandate.template}))
    return Done(tuple(lines))


def _new(context: Context) -> NewAssistance:
    values = context.values
    about = values.get("matter") or {"title": "", "code": None}
    told = Told(
        deed_id=context.deed_id,
        channel=context.channel,
        sender_key=context.sender_key,
        name=values["name"],
        telephone=values["telephone"],
        matter=about["title"],
        item=about["code"],
        department=department_of(context, about["code"]) or _rules(context).default_department,
    )
    return NewAssistance(
        told,
        kind=values["kind"],
        group=values.get("group") or "",
        address=values.get("address") or "",
        wished=values["when"]["text"],
        wished_at=moment_of(values["when"]),
    )


ASSISTANCE = Form(
    name="assistance",
    transaction=Transaction.ASSISTANCE,
    fields=(
        Field("group", _group, _find_group, ask=_ask_group, when=_needs_group, called=("对象", "人群")),
        Field("kind", _kind, _find_kind, ask=_ask_kind, called=("服务", "帮助", "方式")),
        Field("matter", matter, matter_in, when=_needs_matter, free=True, called=("事项",)),
        Field("address", _address, _find_address, when=_visits, free=True, called=("地址",)),
        Field("when", time_reader("assistance.past_time", "assistance.bad_time"), _find_when, called=("时间", "日期")),
        Field("name", fields.name, fields.name_in, called=("称呼", "姓名", "名字")),
        Field("telephone", fields.telephone, fields.telephone_in, called=("电话", "手机", "号码")),
    ),
    submit=_submit,
    summary=_summary,
)
