"""What a message can be about: an item, an FAQ entry, the hall, a broad wish, or another authority's matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    GUIDE = "guide"
    FAQ = "faq"
    FACILITY = "facility"
    SCENARIO = "scenario"
    TOPIC = "topic"


@dataclass(frozen=True, order=True)
class Target:
    """One thing of the knowledge base; `id` is unique within its kind."""

    kind: Kind
    id: str


@dataclass(frozen=True)
class Entry:
    """A phrase under which a target is found."""

    target: Target
    text: str
