"""The dialogue of asking how far an application is (S26): its number, and the last four characters of the identity
document or telephone."""

from __future__ import annotations

import re

from bot.deeds.fields import plain
from bot.deeds.form import Context, Done, Field, FieldError, Form, Line
from bot.progress import service
from bot.progress.rules import progress_rules
from bot.progress.system import CHECK_CHARACTERS
from connectors.contract import Transaction, TurnStatus

_TOLD_CHECK = re.compile(
    r"(?:后|末|尾)(?:四|4)(?:位|个)?(?:数字?|号码)?(?:是|为|:)?([0-9]{3}[0-9Xx])(?![0-9A-Za-z])|尾号(?:是|为|:)?([0-9]{3}[0-9Xx])(?![0-9A-Za-z])"
)
_WHOLE = re.compile(r"(?<![0-9A-Za-z])([0-9]{17}[0-9Xx]|1[0-9]{10})(?![0-9A-Za-z])")
_BARE = re.compile(r"(?<![0-9A-Za-z])([0-9]{3}[0-9Xx])(?![0-9A-Za-z])")


def _without_spaces(text: str) -> str:
    return re.sub(r"\s", "", plain(text))


def _find_number(text: str, context: Context) -> str | None:
    """The first number of the hall's pattern; spaces, hyphens and small letters do not matter."""
    pattern = progress_rules(context.desk.rules).number_pattern
    told = plain(text).upper()
    for written in (told, re.sub(r"[\s-]", "", told)):
        found = re.search(rf"(?<![0-9A-Z])(?:{pattern})(?![0-9A-Z])", written)
        if found:
            return found.group()
    return None


def _read_number(text: str, context: Context) -> str:
    found = _find_number(text, context)
    if found is None:
        raise FieldError("progress_query.bad_number", example=progress_rules(context.desk.rules).number_example)
    return found


def _find_check(text: str, _context: Context) -> str | None:
    """Only what is told as such: "后四位1234", a whole identity number or telephone."""
    told = _without_spaces(text)
    named, whole = _TOLD_CHECK.search(told), _WHOLE.search(told)
    found = (named[1] or named[2]) if named else whole[1] if whole else None
    return found[-CHECK_CHARACTERS:].upper() if found else None


def _read_check(text: str, context: Context) -> str:
    """Four characters; of a whole number its last four."""
    bare = _BARE.search(_without_spaces(text))
    found = _find_check(text, context) or (bare[1].upper() if bare else None)
    if found is None:
        raise FieldError("progress_query.bad_check")
    return found


def _ask_number(context: Context) -> Line:
    return Line("progress_query.ask_number", {"example": progress_rules(context.desk.rules).number_example})


def _submit(context: Context) -> Done:
    """An unknown number and a wrong check are answered alike."""
    desk, values = context.desk, context.values
    found = service.ask(desk, context.sender_key, values["number"], values["check"], context.now)
    if found is None:
        lines: tuple[Line, ...] = (Line("progress_query.not_found", options=("查询办件进度", "转人工")),)
    else:
        lines = service.told(progress_rules(desk.rules), found, context.now)
    return Done(lines, status=TurnStatus.ANSWERED_PROGRESS)


PROGRESS_QUERY = Form(
    name="progress_query",
    transaction=Transaction.CONSULTATION,  # the contract has no deed of its own for it; only `collecting` shows it
    fields=(
        Field("number", _read_number, _find_number, ask=_ask_number, called=("办件编号", "编号", "受理号")),
        Field("check", _read_check, _find_check, called=("后四位", "证件", "尾号")),
    ),
    submit=_submit,
)
