"""Parts of a message that may have to be read on their own: the question in a long story, the things joined by
"和", and what a correction puts right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONG_FROM = 70
"""Characters from which a message counts as a story with a question in it."""
JOINTS = frozenset(
    (
        "和",
        "跟",
        "与",
        "及",
        "以及",
        "还有",
        "还要",
        "、",
        "同",
        "同埋",
        "顺便",
        "顺带",
        "还想",
        "另外",
        "加上",
        "外加",
        "连同",
        "再就是",
        "再加",
        "然后",
        "接着",
        "同时",
        "捎带",
    )
)
BOTH = re.compile("分别|各自|各[要需是带收在得交花办]|各多|[两三](?:样|件|项|桩|步|个(?:证|事|都))")
"""Words of a message about several things."""
MOST_CLAUSES = 4
WINDOW = 60
"""Characters that a window over a story has at most, unless one sentence is longer."""

_SENTENCE = re.compile(r"[^。!?;\n~…]+[。!?;\n~…]*")
_CLAUSE = re.compile(r"[^,，。!?;；\n~…]+[,，。!?;；\n~…]*")
_MEANT = r"(?:我)?(?:(?:想要|要办|想办|想问|想|要|问|说|办)的?)?(?:而)?(?:是)?(?P<{}>.+)"
_ENDS_CLAUSE = re.compile(r"[,，。!?;；~…\s]+")
_CORRECTION = re.compile(
    r"(?<!是)不是(?:要|想)?(?P<wrong>[^,，。;；]{1,12}?)(?:的事|啦|了|吧|呀)?[,，。;； ]+" + _MEANT.format("right")
    + r"|^(?:不对|错了|搞错了|弄错了|说错了|不是的?)[,，。;； ]+" + _MEANT.format("only")
)  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """For example "不是换领，是丢了": `wrong` may be empty, `right` is what the citizen means."""

    wrong: str
    right: str


def correction(text: str) -> Correction | None:
    """What a message puts right, if it does."""
    found = _CORRECTION.search(text)
    if not found:
        return None
    right = (found["right"] or found["only"] or "").strip()
    return Correction((found["wrong"] or "").strip(), right) if right else None


def parts(words: Sequence[str], names: Callable[[str], bool]) -> tuple[str, ...]:
    """A message that joins two things ("身份证和居住证分别要什么"), once without the one and once without the other;
    empty when it joins none. `words` are its consecutive words, `names` tells whether one could name something."""
    for at, word in enumerate(words):
        if word in JOINTS:
            if at and _ENDS_CLAUSE.fullmatch(words[at - 1]):  # "孩子要转学,还有居住证……": a clause each
                first, last = _clause_end(words, at - 1, -1), _clause_end(words, at, 1)
            else:
                first, last = _reach(words, at, -1, names), _reach(words, at, 1, names)
            if any(map(names, words[first:at])) and any(map(names, words[at + 1 : last + 1])):
                without_second = [*words[:at], *words[last + 1 :]]
                without_first = [*words[:first], *words[at + 1 :]]
                return "".join(without_second), "".join(without_first)
    return ()


def clauses(text: str, names: Callable[[str], bool]) -> tuple[str, ...]:
    """The clauses that name something, of a message that says that it is about several things, or that asks twice
    ("失业金怎么领?社保自己交又怎么弄?"); empty of any other, and where there are many."""
    pieces = [piece.strip() for piece in _CLAUSE.findall(text)]
    naming = tuple(piece for piece in pieces if names(piece))
    several = BOTH.search(text) or sum(piece.endswith("?") for piece in naming) > 1
    return naming if several and 1 < len(naming) <= MOST_CLAUSES else ()


def _reach(words: Sequence[str], at: int, step: int, names: Callable[[str], bool]) -> int:
    """The last position of the thing that begins beside `at`: words that only ask are passed over until one names
    something, and then it ends before the next that does not. `at` when a clause ends first."""
    position, found = at + step, at
    while 0 <= position < len(words) and not _ENDS_CLAUSE.fullmatch(words[position]):
        if names(words[position]):
            found = position
        elif found != at:
            break
        position += step
    return found


def _clause_end(words: Sequence[str], at: int, step: int) -> int:
    """The last position of the clause that begins beside `at`."""
    position = at
    while 0 <= position + step < len(words) and not _ENDS_CLAUSE.fullmatch(words[position + step]):
        position += step
    return position


def windows(text: str) -> tuple[str, ...]:
    """A story in pieces of about a sentence: clauses put together up to WINDOW characters. Empty for short ones."""
    if len(text) < LONG_FROM:
        return ()
    pieces: list[str] = []
    for clause in _CLAUSE.findall(text):
        if pieces and len(pieces[-1]) + len(clause) <= WINDOW and not re.search(r"[。!?\n]$", pieces[-1]):
            pieces[-1] += clause
        else:
            pieces.append(clause)
    return tuple(piece.strip() for piece in pieces if piece.strip())


def question_in(text: str, asks: Callable[[str], bool]) -> str:
    """The last sentence or clause of a story that asks something, by its question mark or by `asks`; the last
    sentence when none does."""
    sentences = [s.strip() for s in _SENTENCE.findall(text) if s.strip()]
    asking = [s for s in sentences if s.endswith("?")] or [s for s in sentences if asks(s)]
    chosen: str = (asking or sentences or [text])[-1]
    if len(chosen) < LONG_FROM:
        return chosen
    clauses = [c.strip() for c in _CLAUSE.findall(chosen) if c.strip()]
    last_asking = [i for i, c in enumerate(clauses) if c.endswith("?") or asks(c)]
    if not last_asking:
        return "".join(clauses[-2:])
    first = max(last_asking[-1] - 1, 0)
    return "".join(clauses[first : last_asking[-1] + 1])
