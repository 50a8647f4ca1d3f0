"""How a message is read before it is understood: which part asks, and which pieces are linked on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversations.model import Conversation
from bot.deeds.fields import without_contact
from bot.deeds.openings import OPENINGS
from bot.handler.turn import Reading, Turn
from bot.understanding.model import SMALLTALK, Intent, Understanding
from knowledge.base import KnowledgeBase
from knowledge.confidence import Signals
from knowledge.link import Candidate, Link
from knowledge.target import Target
from knowledge.text import segments


def read(text: str, conversation: Conversation, base: KnowledgeBase) -> Reading:
    """The reading of a normalised message. Who somebody is and how he is reached says nothing of what he wants, and
    leads both NLU and retrieval astray."""
    text = without_contact(text)
    if conversation.item:
        corrected = _corrected(text, conversation.item, base)
        if corrected:
            return Reading(text, corrected=corrected)
    windows = segments.windows(text)
    if not windows:
        return _in_parts(text, base)
    question = segments.question_in(text, base.asks)
    # A story joins many things that are not asked about: only a question that says so is about several.
    asked = _in_parts(question, base) if segments.BOTH.search(question) else Reading(question)
    return replace(asked, windows=windows)


def _in_parts(text: str, base: KnowledgeBase) -> Reading:
    """With the things that a message joins, or with its clauses where it is about several."""

    def names(piece: str) -> bool:
        return bool(base.tokens.content(piece))

    joined = segments.parts(base.tokens.plain(text), names)
    if joined:
        return Reading(text, parts=joined)
    clauses = segments.clauses(text, names)
    return Reading(text, parts=clauses, clauses=bool(clauses))


def signals(heard: Understanding, reading: Reading) -> Signals:
    """What was heard, as far as it tells how likely a candidate is."""
    return Signals(
        asks=heard.asks,
        hall=heard.likelihood(Intent.ASK_HALL),
        private=heard.likelihood(Intent.ASK_PRIVATE),
        out_of_scope=heard.likelihood(Intent.OUT_OF_SCOPE),
        smalltalk=heard.likelihood(*SMALLTALK),
        disclosures=bool(heard.disclosures),
        deed=heard.likelihood(*OPENINGS),
        story=bool(reading.windows),
    )


def retrieved(turn: Turn, window_factor: float) -> tuple[Link, ...]:
    """The link of the whole message, then those of its parts or of what it corrects; not judged yet."""
    assert turn.vectors is not None
    linker, reading = turn.base.linker, turn.reading
    links = [linker.link(text, vector) for text, vector in zip(reading.texts, turn.vectors, strict=True)]
    story = 1 + len(reading.windows)
    return (merged(links[0], links[1:story], window_factor), *links[story:])


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
    links = [main, *windows]
    known_words = max(link.known_words for link in links)
    return Link(candidates[: len(main.candidates)], max(link.words for link in links), known_words, main.elsewhere)
