"""Breaks Chinese text into lines (pure): no closing punctuation at a line's start, no opening one at its end, and
words of letters and digits whole where they fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

NOT_FIRST = frozenset("，。、；：？！）》】〉”’〕」』％…—·,.;:?!)]}%℃°")
NOT_LAST = frozenset("（《【〈“‘〔「『([{￥")
_PIECES = re.compile(r"[0-9A-Za-z@#&_+=/~\\'-]+(?:[.:,?&%][0-9A-Za-z@#&_+=/~\\'-]+)*|\s+|.", re.DOTALL)

Width = Callable[[str], float]


def wrap(text: str, limit: float, width: Width) -> list[str]:
    """The lines of a text; each is at most `limit` wide by `width`, save where a single character is wider. An empty
    text gives one empty line; its own line breaks are kept."""
    return [line for paragraph in text.split("\n") for line in _wrap(paragraph, limit, width)]


def _wrap(paragraph: str, limit: float, width: Width) -> Iterator[str]:
    """Greedy, unit by unit."""
    line, used = "", 0.0
    for unit in _units(paragraph.rstrip(), limit, width):
        size = width(unit)
        if line and used + size > limit:
            yield line.rstrip()
            line, used = "", 0.0
            if unit.isspace():
                continue
        line, used = line + unit, used + size
    yield line.rstrip()


def _units(paragraph: str, limit: float, width: Width) -> Iterator[str]:
    """What may not be torn apart: an opening sign, the piece after it, and the closing signs behind. One that is
    wider than a whole line is torn where it must be."""
    unit = ""
    for piece in _PIECES.findall(paragraph):
        joins = unit and (piece in NOT_FIRST or unit[-1] in NOT_LAST)
        if unit and not joins:
            yield from _torn(unit, limit, width)
            unit = ""
        unit += piece
    if unit:
        yield from _torn(unit, limit, width)


def _torn(unit: str, limit: float, width: Width) -> Iterator[str]:
    if width(unit) <= limit:
        yield unit
        return
    part = ""
    for character in unit:
        if part and width(part + character) > limit:
            yield part
            part = ""
        part += character
    yield part
