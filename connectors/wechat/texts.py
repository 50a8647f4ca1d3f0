"""Texts for a channel that counts bytes: splitting, shortening, numbered options and what picks one of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LIMIT = 2047
"""Bytes of UTF-8 that one text message may have; the platform cuts longer ones off in silence or refuses them."""

_BLANK = " \t\r\n"
_LINK = re.compile(r"<a\s[^<>]{1,1500}>[^<>]{0,300}</a>|(?:https?|weixin)://[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.A | re.I)
_ENDS, _CLOSERS, _PAUSES = "。！？；…", "”’」』）》】)\"'", "，、：,;: \t"
_WORD = re.compile(r"[0-9A-Za-z@._%+-]")
_JOINER = "\u200d"


@dataclass(frozen=True)
class Words:
    """The sentences that citizens read around an answer; the bot fills them from its wording.

    `source` has the blank {title}, `source_checked` also {day}; `kinds` names the kinds of sources but the guides."""

    reply_number: str
    choose: str
    tap: str
    see_all: str
    rest: str
    source: str
    source_checked: str
    kinds: Mapping[str, str] = field(default_factory=dict)


def size(text: str) -> int:
    """In bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def clean(text: str) -> str:
    """Without the characters that neither XML nor JSON in UTF-8 can carry; every line ends alike."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Parts of at most `limit` bytes (at least 4), in order; [] for white space alone.

    Breaks after a paragraph, else a line, a sentence, a pause, and only then anywhere; never inside a link or a
    character of several code points, unless that alone is over the limit. White space at a break is dropped."""
    parts = []
    rest = text.strip(_BLANK)
    while size(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip(_BLANK))
        rest = rest[cut:].lstrip(_BLANK)
    return [part for part in (*parts, rest) if part.strip()]


def shorten(text: str, limit: int) -> str:
    """At most `limit` bytes (at least 7), with an ellipsis for what was left off."""
    if size(text) <= limit:
        return text
    end = _fitting(text, limit - size("…"))
    return text[: max(_borders(text, end), default=end)].rstrip() + "…"


def numbered(titles: Sequence[str], start: int = 1) -> str:
    """One line an option: "1. …"."""
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, start))


def option_id(payload: str) -> str:
    """The id of a menu entry: the same for the same payload, and a number, which all software for WeChat can read."""
    return str(int(hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) & 0x7FFFFFFF)


_NUMBER = re.compile(r"(?:选择?)?\(?第?([0-9]{1,2}|[一二三四五六七八九十])(?:个|项|条|号)?\)?[。.、,!]?")
_CHINESE_DIGITS = "一二三四五六七八九十"


def picked(text: str, offered: Sequence[tuple[str, str]], menu_id: str = "") -> str | None:
    """The payload of the offered (title, payload) that a text picks: by the id of a tapped entry, its title, or its
    number ("2", "２", "二", "第二个", "②"); None for everything else."""
    for _, payload in offered:
        if menu_id and menu_id == option_id(payload):
            return payload
    told = text.strip()
    for title, payload in offered:
        if told == title.strip():
            return payload
    number = _NUMBER.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", told)))
    if not number:
        return None
    place = int(number[1]) if number[1].isdigit() else _CHINESE_DIGITS.index(number[1]) + 1
    return offered[place - 1][1] if 1 <= place <= len(offered) else None


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: the last border of the best rank, if that leaves no very short part."""
    end, least = _fitting(text, limit), _fitting(text, limit // 3)
    links = [link.span() for link in _LINK.finditer(text) if size(link[0]) <= limit]
    whole = [i for i in _borders(text, end) if not any(start < i < stop for start, stop in links)]
    for rank in (4, 3, 2, 1):
        for i in reversed(whole):
            if i >= least and _rank(text, i) >= rank:
                return i
    apart = (i for i in reversed(whole) if i >= least and not (_WORD.match(text[i - 1]) and _WORD.match(text[i])))
    return next(apart, whole[-1] if whole else end)


def _fitting(text: str, limit: int) -> int:
    """How many of its code points fit; one at least, so that there is always a step forward."""
    used = 0
    for i, char in enumerate(text):
        used += size(char)
        if used > limit:
            return max(i, 1)
    return len(text)


def _borders(text: str, end: int) -> Iterator[int]:
    """The places 1 to `end`, which lies before the text's own, where no character of several code points is cut."""
    flags = 0
    for i in range(1, end + 1):
        before, char = text[i - 1], text[i]
        flags = flags + 1 if _is_flag(before) else 0
        pair = flags % 2 == 1 and _is_flag(char)
        if not (pair or before == _JOINER or _extends(char) or (before == "\r" and char == "\n")):
            yield i


def _is_flag(char: str) -> bool:
    """One of the letters of which two make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _extends(char: str) -> bool:
    """Accents, variation selectors, joiners, skin tones, tags: nothing by themselves."""
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or char in "\u200c\u200d"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _rank(text: str, i: int) -> int:
    """How good a break before text[i] is: 4 paragraph, 3 line, 2 sentence, 1 pause, 0 none."""
    before, after = text[i - 1], text[i]
    if before == "\n":
        return 4 if after == "\n" or text[max(i - 2, 0)] == "\n" else 3
    if after in _CLOSERS or after in _ENDS:
        return 0
    ended = text[:i].rstrip(_CLOSERS)[-1:] if before in _CLOSERS else before
    if (ended and ended in _ENDS) or (before in ".!?" and after in _BLANK):
        return 2
    return 1 if before in _PAUSES or after in _BLANK else 0
