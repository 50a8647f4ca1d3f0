"""Reads one message of a deed: what it tells, what is wrong with it, and what is asked next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.deeds.form import CONFIRM, Context, Field, FieldError, Form, Line, Narrowed
from bot.deeds.words import is_no, is_yes

MOST_FAILURES = 3
"""So many answers in a row that do not help, and a way out is offered."""
_CORRECTS = re.compile(r"不对|不是|错了|说错|更正|等一下|等等|[一-鿿]{2,4}(?:说?错了|不对|改成|改为|换成)")
_CHANGES = re.compile(r"改|换|不对|不是|(?<![不没])错|更正|重新")


@dataclass(frozen=True)
class Step:
    """What a message came to. `values` are all fields; `requested` is the field asked for next, None when all is told;
    `failures` counts the messages in a row that did not help; the question stands last in `lines`."""

    values: dict[str, Any]
    requested: str | None
    failures: int = 0
    lines: tuple[Line, ...] = field(default=())


def advance(form: Form, context: Context, requested: str | None, failures: int) -> Step:
    """One step. `context.values` are the fields told so far; `requested` is the field that was asked for, None for the
    message that opens the deed."""
    if requested is None:
        return _onward(form, _with(context, _found(form, context, skip=())), 0, ())
    if requested == CONFIRM:
        return _confirmed(form, context, failures)
    wanted = form.field(requested)
    changes = _changes(form, context, requested)
    if changes and not (wanted.find and wanted.find(context.text, context) is not None):
        return _onward(form, _with(context, changes), 0, _noted(form, changes))
    try:
        told = {requested: wanted.read(context.text, _with(context, changes))}
    except FieldError as error:
        others = changes or _found(form, context, skip=(requested,))
        if not others:
            return _failed(form, context, requested, failures, error)
        return _onward(form, _with(context, others), 0, _noted(form, changes))
    also = {} if wanted.free else _found(form, context, skip=(requested,))
    return _onward(form, _with(context, {**also, **changes, **told}), 0, _noted(form, changes))


def question(form: Form, context: Context, name: str) -> Line:
    """The question for a field."""
    if name == CONFIRM:
        return Line("form.ask_confirm", options=("确认", "修改", "取消"))
    asked = form.field(name).ask
    return asked(context) if asked else Line(f"{form.name}.ask_{name}")


def _with(context: Context, told: dict[str, Any]) -> Context:
    return replace(context, values={**context.values, **told})


def _found(form: Form, context: Context, skip: tuple[str, ...]) -> dict[str, Any]:
    """What the message tells of fields that are still open, each seen in the light of those before."""
    told: dict[str, Any] = {}
    for f in form.fields:
        if f.name in skip or f.find is None or context.values.get(f.name) is not None:
            continue
        seen = _with(context, told)
        value = f.find(context.text, seen) if f.when(seen) else None
        if value is not None:
            told[f.name] = value
    return told


def _changes(form: Form, context: Context, requested: str) -> dict[str, Any]:
    """Fields told before that the message tells anew: "不对，电话是…"."""
    free = requested != CONFIRM and form.field(requested).free
    if not (_CORRECTS.match(context.text.strip()) if free else _CHANGES.search(context.text)):
        return {}  # a free text may well tell of changes that it asks for
    told = {}
    for f in form.fields:
        before = context.values.get(f.name)
        if f.name == requested or f.find is None or f.free or before is None:
            continue
        value = f.find(context.text, context)
        if value is not None and value != before:
            told[f.name] = value
    return _called(form, context, told)


def _called(form: Form, context: Context, told: dict[str, Any]) -> dict[str, Any]:
    """Of what a message changes, that which it calls by name, if any: "称呼改成…" is no matter of changed names."""
    named = {f.name for f in _named(form, context)} & told.keys()
    return {name: told[name] for name in told if name in named} if named else told


def _noted(form: Form, changes: dict[str, Any]) -> tuple[Line, ...]:
    names = "、".join(form.field(name).called[0] for name in changes if form.field(name).called)
    return (Line("form.changed", {"names": names}),) if names else ()


def _failed(form: Form, context: Context, requested: str, failures: int, error: FieldError) -> Step:
    """Says what is wrong; at the third time in a row, kindly, how to get out."""
    if isinstance(error, Narrowed):
        said = (Line(error.wording, error.values), question(form, context, requested))
        return Step(dict(context.values), requested, failures, said)
    lines = (Line(error.wording, error.values),)
    if failures + 1 >= MOST_FAILURES:
        way_out = Line("form.way_out", options=("转人工", "取消"))
        return Step(dict(context.values), requested, 0, (*lines, way_out))
    return Step(dict(context.values), requested, failures + 1, (*lines, question(form, context, requested)))


def _onward(form: Form, context: Context, failures: int, said: tuple[Line, ...]) -> Step:
    """Asks for the next open field, or, when all are told, has them confirmed."""
    values = {f.name: context.values.get(f.name) for f in form.fields if f.when(context)}
    context = replace(context, values={**values, CONFIRM: context.values.get(CONFIRM)})
    for name, value in values.items():
        if value is None:
            return Step(values, name, failures, (*said, question(form, context, name)))
    if form.summary is None or context.values.get(CONFIRM):
        return Step(dict(context.values), None, 0, said)
    return Step(values, CONFIRM, failures, (*said, *form.summary(context), question(form, context, CONFIRM)))


def _confirmed(form: Form, context: Context, failures: int) -> Step:
    """Yes does it; a change is taken; the name of a field opens it anew; no asks what is to be changed."""
    changes = _changes(form, context, CONFIRM) or _found_anew(form, context)
    if changes:
        return _onward(form, _with(context, changes), 0, _noted(form, changes))
    named = next(_named(form, context), None)
    if named:
        return _onward(form, _with(context, {named.name: None}), 0, ())
    if is_yes(context.text):
        return _onward(form, _with(context, {CONFIRM: True}), 0, ())
    if is_no(context.text) or _CHANGES.search(context.text):
        titles = tuple(f"修改{f.called[0]}" for f in form.fields if f.called and f.when(context))[:4]
        return Step(dict(context.values), CONFIRM, failures, (Line("form.what_to_change", options=(*titles, "取消")),))
    return _failed(form, context, CONFIRM, failures, FieldError("form.not_confirmed"))


def _found_anew(form: Form, context: Context) -> dict[str, Any]:
    """In place of a yes: a value that differs from the one told, unless the message is no more than a yes."""
    if is_yes(context.text):
        return {}
    bare = replace(context, values={})
    fields = [f for f in form.fields if f.find and not f.free and context.values.get(f.name) is not None]
    found = {f.name: f.find(context.text, bare) for f in fields if f.find}
    changed = {name: value for name, value in found.items() if value is not None and value != context.values[name]}
    return _called(form, context, changed)


def _named(form: Form, context: Context) -> Iterator[Field]:
    for f in form.fields:
        if any(word in context.text for word in f.called) and f.when(context):
            yield f
