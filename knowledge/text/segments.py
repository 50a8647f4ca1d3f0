"""Parts of a message that may have to be read on their own: the question in a long story, the things joined by
"和", and what a correction puts right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LONG_FROM = 70
"""Characters from which a message counts as a story with a question in it."""
MOST_PARTS = 3
WINDOW = 60
"""Characters that a window over a story has at most, unless one sentence is longer."""

_SENTENCE = re.compile(r"[^。!?;\n~…]+[。!?;\n~…]*")
_CLAUSE = re.compile(r"[^,，。!?;；\n~…]+[,，。!?;；\n~…]*")
_JOINT = re.compile(r"、|以及|还有|和|跟|与|及|,|，|还想|顺便")
_MEANT = r"(?:我)?(?:(?:想|要|想要|要办|想办|想问|问|说|办)的?)?(?:而)?(?:是)?(?P<{}>.+)"
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


def parts(text: str) -> tuple[str, ...]:
    """The two or three things that a short message joins; empty when it joins none, or too many."""
    found = tuple(part.strip() for part in _JOINT.split(text) if part.strip())
    return found if 2 <= len(found) <= MOST_PARTS and len(text) < LONG_FROM else ()


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
