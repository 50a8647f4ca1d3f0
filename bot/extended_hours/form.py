"""The dialogue of asking for extended hours (S17): matter, time, reason, name, telephone."""

from __future__ import annotations

import re
from typing import Any

from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, Form, Line
from bot.deeds.told import department_of, matter, matter_in, moment_of, time_in, time_reader
from bot.extended_hours import service
from bot.extended_hours.model import NewExtendedHours
from bot.extended_hours.rules import extended_hours_rules
from bot.requests.request import Told, office_of
from connectors.contract import Transaction
from knowledge.clock import spoken

MOST_REASON = 500
_BECAUSE = re.compile(
    r"因为|由于|原因|上班|(我|单位|公司|厂里).{0,4}加班|出差|没空|没有?时间|请不了?假|请假|赶不|来不及|才[到能下有]|"
    r"只有.{0,8}(有空|休息|有时间)|走不开|照顾|外地|路上|堵车|晚点|火车|高铁|飞机|航班|看病|住院|生病|孩子|接送|急用"
)


# "五点半才下班" is why he cannot come, not when he would.
_OFF_WORK = re.compile(
    r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:[:：][0-9]{2}|点(?:半|一刻|三刻|[0-9]{1,2}分?)?)钟?(?:左右)?"
    r"(?:才|就|刚)?能?(?:[上下]班|收工|放工)"
)


def _find_when(text: str, context: Context) -> dict[str, Any] | None:
    return time_in(_OFF_WORK.sub("", text), context)


def _find_reason(text: str, _context: Context) -> str | None:
    """The whole message when it tells why he cannot come in opening hours."""
    told = text.strip()
    return told if len(told) <= MOST_REASON and _BECAUSE.search(told) else None


def _summary(context: Context) -> tuple[Line, ...]:
    values, rules = context.values, extended_hours_rules(context.desk.rules)
    calendar = context.desk.library.current.calendar
    told = {
        "matter": values["matter"]["title"], "time": values["when"]["text"], "name": values["name"],
        "telephone": fields.shown_telephone(values["telephone"]),
    }  # fmt: skip
    lines = [Line("extended_hours.summary", told), Line("extended_hours.free_of_charge")]
    left = service.minutes_to_closing(calendar, context.now)
    if left is not None and left <= rules.near_closing_minutes:
        due = service.answer_by(rules, calendar, moment_of(values["when"]), context.now)
        lines.append(Line("extended_hours.near_closing", {"minutes": str(left), "time": spoken(due)}))
    return tuple(lines)


def _submit(context: Context) -> Done:
    rules = extended_hours_rules(context.desk.rules)
    with office_of(context.desk, rules.by_telephone) as office:
        row = service.request(office, rules, _new(context), context.now)
    return Done((Line("extended_hours.done", {"number": row.number, "time": spoken(row.due_at)}),))


def _new(context: Context) -> NewExtendedHours:
    values = context.values
    code = values["matter"]["code"]
    told = Told(
        deed_id=context.deed_id,
        channel=context.channel,
        sender_key=context.sender_key,
        name=values["name"],
        telephone=values["telephone"],
        matter=values["matter"]["title"],
        item=code,
        department=department_of(context, code) or extended_hours_rules(context.desk.rules).default_department,
    )
    return NewExtendedHours(told, values["reason"], values["when"]["text"], moment_of(values["when"]))


EXTENDED_HOURS = Form(
    name="extended_hours",
    transaction=Transaction.EXTENDED_HOURS,
    fields=(
        Field("matter", matter, matter_in, free=True, called=("事项",)),
        Field(
            "when", time_reader("extended_hours.past_time", "extended_hours.bad_time"), _find_when,
            called=("时间", "日期"),
        ),
        Field(
            "reason", fields.words(2, MOST_REASON, "extended_hours.bad_reason"), _find_reason, free=True,
            called=("原因", "理由"),
        ),
        Field("name", fields.name, fields.name_in, called=("称呼", "姓名", "名字")),
        Field("telephone", fields.telephone, fields.telephone_in, called=("电话", "手机", "号码")),
    ),
    submit=_submit,
    summary=_summary,
)  # fmt: skip
