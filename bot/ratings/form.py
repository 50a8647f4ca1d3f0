"""The dialogue of rating (S19). A good rating is one message; a bad one is asked what was wrong and who may be called
back, and is confirmed."""

from __future__ import annotations

import re
from typing import Any

from bot.deeds import fields
from bot.deeds.fields import plain
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line
from bot.deeds.told import matter_in, place_in
from bot.deeds.words import is_no, is_nothing, is_yes
from bot.ratings import reading, service
from bot.ratings.model import BAD, Grade, NewRating
from bot.ratings.rules import RatingRules, rating_rules
from bot.requests.request import office_of
from connectors.contract import Transaction
from knowledge.clock import spoken

MOST_WORDS = 500
MOST_OPTIONS = 5
_ANONYMOUS = re.compile("匿名|不留|不实名|不想留|不署名|不用联系|不要联系|不必联系|不需要联系")
_NAMED = re.compile("实名|留下|留个|留电话|可以联系|联系我|回访|愿意留")


def _rules(context: Context) -> RatingRules:
    return rating_rules(context.desk.rules)


def _is_bad(context: Context) -> bool:
    grade = context.values.get("grade")
    return grade is not None and Grade(grade) in BAD


def _find_about(text: str, context: Context) -> dict[str, Any] | None:
    """What is rated: this assistant, a window or department, else an item."""
    told = plain(text)
    if any(cue in told for cue in _rules(context).assistant_cues):
        return {"assistant": True, "title": "智能助手"}
    place = place_in(text, context.desk.hall)
    if place:
        return place
    item = matter_in(text, context)
    if item is None:
        return None
    guide = context.desk.library.current.guides[item["code"]]
    return {"item": item["code"], "department": guide.department, "title": item["title"]}


def _about(text: str, context: Context) -> dict[str, Any]:
    found = _find_about(text, context)
    if found is None:
        raise FieldError("rating.bad_about")
    return found


def _tells_about(context: Context) -> bool:
    """Never asked for: taken from the messages up to the grade, or from a correction."""
    if context.values.get("about") is not None:
        return True
    return context.values.get("grade") is None and _find_about(context.text, context) is not None


def _find_grade(text: str, context: Context) -> str | None:
    found = reading.grade_in(text, _rules(context))
    return found.value if found else None


def _grade(text: str, context: Context) -> str:
    found = _find_grade(text, context)
    if found is None:
        raise FieldError("rating.bad_grade")
    return found


def _ask_grade(context: Context) -> Line:
    return Line("rating.ask_grade", options=tuple(words.label for words in _rules(context).grades.values()))


def _find_kinds(text: str, context: Context) -> list[str] | None:
    return reading.kinds_in(text, _rules(context))


def _kinds(text: str, context: Context) -> list[str]:
    found = reading.chosen_kinds(text, _rules(context))
    if found is None:
        raise FieldError("rating.bad_kinds")
    return found


def _ask_kinds(context: Context) -> Line:
    labels = [kind.label for kind in _rules(context).all_kinds]
    listed = "、".join(f"{number}.{label}" for number, label in enumerate(labels, start=1))
    return Line("rating.ask_kinds", {"kinds": listed}, options=(*labels[: MOST_OPTIONS - 1], labels[-1]))


def _find_words(text: str, context: Context) -> str | None:
    grade = context.values.get("grade") or _find_grade(text, context)
    praises = grade is not None and Grade(grade) not in BAD
    found = reading.words_in(text, _rules(context), reading.LEAST_PRAISE if praises else reading.LEAST_BLAME)
    return found[:MOST_WORDS] if found else None


def _tells_words(context: Context) -> bool:
    """Asked for with bad grades only; kept whenever they were told."""
    if _is_bad(context) or context.values.get("words") is not None:
        return True
    return _find_words(context.text, context) is not None


def _ask_words(_context: Context) -> Line:
    return Line("rating.ask_words", options=("没有要补充的",))


def _words(text: str, context: Context) -> str:
    return "" if is_nothing(text) or text.strip() == "没有要补充的" else _read_words(text, context)


_read_words = fields.words(1, MOST_WORDS, "rating.bad_words")


def _find_named(text: str, context: Context) -> bool | None:
    if fields.telephone_in(text) or fields.name_in(text, context):
        return True
    return False if _ANONYMOUS.search(text) else None


def _named(text: str, context: Context) -> bool:
    found = _find_named(text, context)
    if found is not None:
        return found
    if is_no(text) or is_nothing(text):
        return False
    if is_yes(text) or _NAMED.search(text):
        return True
    raise FieldError("rating.bad_named")


def _ask_named(_context: Context) -> Line:
    return Line("rating.ask_named", options=("匿名评价", "留下称呼和电话"))


def _is_named(context: Context) -> bool:
    return _is_bad(context) and context.values.get("named") is True


def _agreed(text: str, _context: Context) -> bool:
    if not is_yes(text):
        raise FieldError("rating.not_agreed")
    return True


def _ask_agreed(context: Context) -> Line:
    rules, values = _rules(context), context.values
    about = (values.get("about") or {}).get("title") or "本次服务"
    told = {
        "about": about, "grade": rules.grades[Grade(values["grade"])].label,
        "kinds": reading.kind_labels(values["kinds"], rules),
    }  # fmt: skip
    options = ("确认", "取消")
    if not values.get("named"):
        return Line("rating.ask_agreed_anonymous", told, options)
    contact = {"name": values["name"], "telephone": fields.shown_telephone(values["telephone"])}
    return Line("rating.ask_agreed_named", {**told, **contact}, options)


def _submit(context: Context) -> Done:
    rules, new = _rules(context), _new(context)
    with office_of(context.desk, rules.by_telephone) as office:
        taken = service.rate(office, rules, new, context.now)
    if taken.follow_up_by is None:
        return Done((Line("rating.thanks", {"grade": rules.grades[new.grade].label}),))
    told = {"number": taken.row.number, "time": spoken(taken.follow_up_by)}
    return Done((Line("rating.done_named" if new.telephone else "rating.done_anonymous", told),))


def _new(context: Context) -> NewRating:
    values, about = context.values, context.values.get("about") or {}
    named = _is_named(context)
    unsure = about.get("window") is None and about.get("item") is None and not about.get("assistant")
    return NewRating(
        deed_id=context.deed_id,
        channel=context.channel,
        sender_key=context.sender_key,
        grade=Grade(values["grade"]),
        kinds=tuple(values.get("kinds") or ()) if _is_bad(context) else (),
        words=values.get("words") or "",
        window=about.get("window"),
        department=about.get("department"),
        item=about.get("item"),
        place=about.get("title", "") if unsure else "",
        assistant=about.get("assistant", False),
        name=values["name"] if named else "",
        telephone=values["telephone"] if named else "",
    )


RATING = Form(
    name="rating",
    transaction=Transaction.RATING,
    fields=(
        Field("about", _about, _find_about, ask=_ask_grade, when=_tells_about, called=("评价对象", "窗口")),
        Field("grade", _grade, _find_grade, ask=_ask_grade, called=("等级", "满意度")),
        Field("kinds", _kinds, _find_kinds, ask=_ask_kinds, when=_is_bad, called=("问题类型",)),
        Field("words", _words, _find_words, ask=_ask_words, when=_tells_words, free=True, called=("说明",)),
        Field("named", _named, _find_named, ask=_ask_named, when=_is_bad, called=("是否匿名",)),
        Field("name", fields.name, fields.name_in, when=_is_named, called=("称呼", "姓名", "名字")),
        Field("telephone", fields.telephone, fields.telephone_in, when=_is_named, called=("电话", "手机", "号码")),
        Field("agreed", _agreed, ask=_ask_agreed, when=_is_bad),
    ),
    submit=_submit,
)
"""`agreed` stands in for the confirmation that forms with a summary have: only bad ratings are confirmed."""
