"""Every phrase under which our assistant finds something, for the peers to find it by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.base import Published
from knowledge.model import Facility, Scenario, Topic
from knowledge.target import Entry, Kind, Target


def phrases(published: Published, today: date) -> list[Entry]:
    """Names of items, questions of the FAQ entries that answer today, names and phrases of all the rest."""
    return [*_guides(published), *_faq(published, today), *_others(published)]


def _guides(published: Published) -> Iterator[Entry]:
    for code, guide in published.guides.items():
        yield from (Entry(Target(Kind.GUIDE, code), name) for name in guide.names)


def _faq(published: Published, today: date) -> Iterator[Entry]:
    for id_, entry in published.faq.items():
        if entry.answers_on(today):
            yield from (Entry(Target(Kind.FAQ, id_), question) for question in entry.questions)


def _others(published: Published) -> Iterator[Entry]:
    kinds: tuple[tuple[Kind, Mapping[str, Facility | Scenario | Topic]], ...] = (
        (Kind.FACILITY, published.facilities),
        (Kind.SCENARIO, published.scenarios),
        (Kind.TOPIC, published.topics),
    )
    for kind, things in kinds:
        for id_, thing in things.items():
            yield from (Entry(Target(kind, id_), text) for text in (thing.name, *thing.phrases))
