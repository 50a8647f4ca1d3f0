"""Which situation of an item a message speaks of, by the situation's cues."""

from __future__ import annotations

import re

from knowledge.model import Guide, Situation
from knowledge.text.tokens import normalise

_NOT = re.compile(r"(?:不是|不在|没有|没|不|非)$")


def situation_in(guide: Guide, text: str) -> Situation | None:
    """The situation whose cues stand in the normalised text, the one with the most of them; None when none does, or
    when two are equally likely. A cue that is denied ("不是代办") does not count."""
    scores = [(_score(situation, text), situation) for situation in guide.situations]
    found = sorted((pair for pair in scores if pair[0]), key=lambda pair: -pair[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def cues_in(situation: Situation, text: str) -> list[str]:
    """The cues that stand in the normalised text, not denied."""
    return [cue for cue in map(normalise, situation.cues) if stands(cue, text)]


def named(guide: Guide, name: str) -> Situation | None:
    """The situation with that name, normalised."""
    return next((s for s in guide.situations if normalise(s.name) == normalise(name)), None)


def stands(cue: str, text: str) -> bool:
    """Whether the words stand in the text, and are not denied there."""
    at = text.find(cue)
    while at >= 0:
        if not _NOT.search(text[max(at - 2, 0) : at]):
            return True
        at = text.find(cue, at + 1)
    return False


def _score(situation: Situation, text: str) -> int:
    return sum(len(cue) for cue in cues_in(situation, text))
