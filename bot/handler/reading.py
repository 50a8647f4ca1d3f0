"""How a message is read before it is understood: which part asks, and which pieces are linked on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversations.model import Conversation
from bot.handler.turn import Reading
from knowledge.base import KnowledgeBase
from knowledge.link import Candidate, Link
from knowledge.target import Target
from knowledge.text import segments


def read(text: str, conversation: Conversation, base: KnowledgeBase) -> Reading:
    """The reading of a normalised message."""
    if conversation.item:
        corrected = _corrected(text, conversation.item, base)
        if corrected:
            return Reading(text, corrected=corrected)
    windows = segments.windows(text)
    if windows:
        return Reading(segments.question_in(text, base.asks), windows=windows)
    parts = segments.parts(text)
    names = [part for part in parts if base.tokens.content(part)]
    return Reading(text, parts=tuple(names) if len(names) > 1 else ())


def _corrected(text: str, item: str, base: KnowledgeBase) -> tuple[str, ...]:
    """What a correction may mean: its own words, and these after the thing that the item before is about
    ("居民身份证" + "丢了")."""
    found = segments.correction(text)
    guide = base.guides.get(item)
    if not found or not guide or not base.tokens.content(found.right):
        return ()
    words = [word for word in base.tokens.plain(guide.name) if word not in found.wrong]
    thing = max(words, key=len, default="")
    return (thing + found.right, found.right)


def merged(main: Link, windows: Sequence[Link], factor: float) -> Link:
    """The link of a story: each target with the best confidence that the question (`main`) or, with `factor`, one of
    the windows gives it."""
    best: dict[Target, Candidate] = {c.target: c for c in main.candidates}
    for window in windows:
        for candidate in window.candidates:
            weighed = replace(candidate, confidence=candidate.confidence * factor)
            known = best.get(candidate.target)
            if known is None or weighed.confidence > known.confidence:
                best[candidate.target] = weighed
    candidates = tuple(sorted(best.values(), key=lambda c: -c.confidence))
    return Link(candidates, main.names_something or any(w.names_something for w in windows))
