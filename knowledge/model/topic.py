"""Matters that this hall does not handle (S08): who does, and how to reach them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.model.common import Key, Strict, Text


class Topic(Strict):
    """Another authority's matter. `phrases` are ways in which citizens ask for it; `path` says in a sentence or two
    how and where it is done."""

    id: Key
    name: Text
    phrases: Annotated[tuple[Text, ...], Field(min_length=3)]
    authority: Text
    telephone: Text | None = None
    path: Text


class Topics(Strict):
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
