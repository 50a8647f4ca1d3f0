"""Fields that the dialogues of complaints and fallback requests share (S15, S16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.cases import words
from bot.deeds import fields
from bot.deeds.form import Context, Field, FieldError, Read
from bot.deeds.words import is_no, is_nothing, is_yes

LONGEST_ANSWER = 200
NOT_TOLD = ""
Place = dict[str, str | None]
NO_PLACE: Place = {"window": None, "department": None, "text": ""}


def seek(name: str, finder: Callable[[str, Context], Any]) -> Read:
    """Looks in the message, and, while the field is open, in the facts told before: whoever answers "what happened"
    tells when and where as well."""

    def find(text: str, context: Context) -> Any:
        found = finder(text, context)
        if found is not None or context.values.get(name) is not None:
            return found
        facts = context.values.get("facts")
        return finder(facts, context) if facts and facts != text else None

    return find


def facts_field(wording: str) -> Field:
    """What happened; the opening message itself if it tells."""
    return Field("facts", _read_facts(wording), _find_facts, free=True, called=("经过", "内容", "事实"))


def _read_facts(wording: str) -> Read:
    read = fields.words(2, words.MOST_CHARACTERS, wording)

    def told(text: str, context: Context) -> str:
        kept: str = read(text, context)
        if len(words.told_beside(kept)) < 2 or is_nothing(kept):
            raise FieldError(wording)
        return kept

    return told


def _find_facts(text: str, _context: Context) -> str | None:
    stripped = text.strip()
    if len(stripped) > words.MOST_CHARACTERS or not words.tells_what_happened(stripped):
        return None
    return stripped


def optional_text(wording: str) -> Read:
    """A few words, or nothing."""
    return fields.optional(fields.words(1, LONGEST_ANSWER, wording))


def read_place(text: str, context: Context) -> Place:
    """Window and department as far as they are known, else the words."""
    if is_nothing(text):
        return dict(NO_PLACE)
    found = words.place_in(text, context.desk.hall)
    if found:
        return found
    said = fields.words(1, LONGEST_ANSWER, "case.bad_place")(text, context)
    return {**NO_PLACE, "text": said}


def find_place(text: str, context: Context) -> Place | None:
    return words.place_in(text, context.desk.hall)


def read_confidential(text: str, context: Context) -> bool:
    """Yes, no, or in whole words."""
    told = words.confidential_in(text)
    if told is not None:
        return told
    if text.strip() in {"保密", "要保密", "需要保密"} or is_yes(text):
        return True
    if text.strip() in {"不保密", "公开"} or is_no(text):
        return False
    return bool(fields.yes_or_no(text, context))


def read_name(text: str, context: Context) -> str:
    """A form of address; "" for somebody who stays anonymous."""
    if words.is_anonymous(text) or is_nothing(text):
        return NOT_TOLD
    return str(fields.name(text, context))


def find_name(text: str, _context: Context) -> str | None:
    return NOT_TOLD if words.is_anonymous(text) else fields.name_in(text)


def is_known(context: Context) -> bool:
    """Whether the citizen says who he is, as far as is known yet."""
    return context.values.get("name") != NOT_TOLD
