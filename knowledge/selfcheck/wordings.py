"""The rules over wording: names that collide, and phrases that citizens would not understand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from knowledge.base import Published
from knowledge.changes import document_of
from knowledge.model import FaqEntry, Guide
from knowledge.selfcheck.findings import Finding, error, warning
from knowledge.target import Kind, Target
from knowledge.text.tokens import normalise

_NOT_OURS = frozenset({"colloquial", "aliases", "questions", "ask", "cues", "law", "title", "gist", "statutory"})
"""Fields in the citizens' words or in those of the law."""

Words = Mapping[str, str]
"""A phrase, and what to write instead."""


def colliding_names(published: Published, content: Callable[[str], list[str]]) -> Iterator[Finding]:
    """The same phrase for two things (an error), or the same words in another order for two items; `content` gives the
    words that name."""
    by_phrase: dict[str, dict[Target, str]] = defaultdict(dict)
    by_words: dict[frozenset[str], dict[Target, str]] = defaultdict(dict)
    for target, phrase in _phrases(published):
        same = by_phrase[normalise(phrase)]
        same.setdefault(target, phrase)
        words = frozenset(content(normalise(phrase)))
        if target.kind is Kind.GUIDE and len(words) > 1 and len(same) == 1:  # a phrase that is the same is told once
            by_words[words].setdefault(target, phrase)
    for found in by_phrase.values():
        yield from _collisions(found, error, "完全相同")
    for found in by_words.values():
        yield from _collisions(found, warning, "用词相同")


def _collisions(
    found: Mapping[Target, str], make: Callable[[Kind, str, str, str], Finding], how: str
) -> Iterator[Finding]:
    (first, phrase), *others = found.items()
    for target, same in others:
        reason = f"“{same}”与 {first.id} 的“{phrase}”{how}，问的人分不清，请换一个说法"
        yield make(target.kind, target.id, "names", reason)


def _phrases(published: Published) -> Iterator[tuple[Target, str]]:
    for guide in published.guides.values():
        if guide.origin is None:
            yield from ((Target(Kind.GUIDE, guide.code), name) for name in guide.names)
    for entry in published.faq.values():
        if entry.origin is None:
            yield from ((Target(Kind.FAQ, entry.id), question) for question in entry.questions)
    for kind, things in (
        (Kind.FACILITY, published.facilities), (Kind.SCENARIO, published.scenarios), (Kind.TOPIC, published.topics),
    ):  # fmt: skip
        for thing in things.values():
            yield from ((Target(kind, thing.id), phrase) for phrase in (thing.name, *thing.phrases))


def unclear_wording(published: Published, words: Words, forbidden: Words) -> Iterator[Finding]:
    """Jargon (a warning) and what must never be said to a citizen (an error), in guides and FAQ entries."""
    documents: list[tuple[Target, Guide | FaqEntry]] = [
        *((Target(Kind.GUIDE, g.code), g) for g in published.guides.values() if g.origin is None),
        *((Target(Kind.FAQ, e.id), e) for e in published.faq.values() if e.origin is None),
    ]
    for target, model in documents:
        for field, text in _texts(document_of(model)):
            if field.split(".")[-1] in _NOT_OURS:
                continue
            for word, remedy in words.items():
                if word in text:
                    yield warning(target.kind, target.id, field, f"“{word}”群众不容易看懂，建议改为“{remedy}”")
            for word, remedy in forbidden.items():
                if word in text:
                    yield error(target.kind, target.id, field, f"不能对群众说“{word}”，请改为“{remedy}”")


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a document with its dotted path; list positions are left out."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{field}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, field)
