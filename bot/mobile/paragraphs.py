"""Lays the lines of a guide out as lists, and makes addresses and telephones in them links. The words stay as
published; a line of an unknown form is a plain one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup, escape

_NUMBERED = re.compile(r"(\d{1,3})\. (.+)")
_BULLET = "· "
_INDENT = "　　"
_HEADING = re.compile(r"【(.+)】")
_DETAILS = re.compile(r"(.+?)（((?:原件|复印件|电子件|主要材料|可容缺材料).*)）")
# As in the chat page: only ASCII, and what closes a sentence is not of an address.
_LINK = re.compile(
    r"(?P<url>https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]*[\w~/#=&%-])"
    r"|(?P<telephone>(?<![\d-])(?:0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4}|1[3-9]\d{9})(?![\d-])"
    r"|(?:(?<=电话)|(?<=电话：)|(?<=拨打)|(?<=热线))(?:1\d{4}|1\d{2})(?!\d))",
    re.ASCII,
)


@dataclass
class Entry:
    """One line; `number` and `details` (form, kind, issuer of a material) where it has them, `notes` under it."""

    kind: str
    text: str
    number: int | None = None
    details: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """Lines of one kind that follow each other: numbered, bullet, heading or plain."""

    kind: str
    entries: tuple[Entry, ...]


def blocks(text: str) -> list[Block]:
    """The lines of a disclosure."""
    return [Block(kind, tuple(entries)) for kind, entries in groupby(_entries(text), lambda entry: entry.kind)]


def _entries(text: str) -> list[Entry]:
    found: list[Entry] = []
    for line in text.splitlines():
        if line.startswith(_INDENT) and found and found[-1].kind != "heading":
            found[-1].notes.append(line.strip())
        elif line.strip():
            found.append(_entry(line.strip()))
    return found


def _entry(line: str) -> Entry:
    heading, numbered = _HEADING.fullmatch(line), _NUMBERED.fullmatch(line)
    if heading:
        return Entry("heading", heading[1])
    if line.startswith(_BULLET):
        return Entry("bullet", line.removeprefix(_BULLET))
    if numbered is None:
        return Entry("plain", line)
    detailed = _DETAILS.fullmatch(numbered[2])
    name, details = detailed.groups() if detailed else (numbered[2], "")
    return Entry("numbered", name, int(numbered[1]), details)


def linked(text: str) -> Markup:
    """The text, escaped, with links to the addresses and telephones in it."""
    return Markup("").join(_pieces(text))


def _pieces(text: str) -> Iterator[Markup]:
    end = 0
    for match in _LINK.finditer(text):
        yield escape(text[end : match.start()])
        target = match["url"] or f"tel:{match['telephone']}"
        yield Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, match[0])
        end = match.end()
    yield escape(text[end:])
