"""What is wrong in an imported file, and what is only worth knowing, with the place in words that a clerk can find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.loader import Where
from knowledge.reasons import reason_of

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Refusal:
    """One reason why a file is refused. `place` is a row, a line or an entry, `column` says in words which header or
    field; both are empty where the whole file is meant."""

    file: Path
    place: str
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{'，'.join(part for part in (self.file.name, self.place, self.column) if part)}：{self.reason}"


class Refused(Exception):
    """Carries every refusal of a file: nothing of it is taken in."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__("\n".join(str(refusal) for refusal in self.refusals))


@dataclass(frozen=True)
class Note:
    """Something that was left out, changed or is doubtful, though the file is taken in."""

    place: str
    column: str
    reason: str


class Origin(Protocol):
    """Knows from where in a file a model came."""

    def refusal(self, where: Where, reason: str) -> Refusal:
        """A refusal at the place of the field that `where` leads to."""
        ...


@dataclass(frozen=True)
class Item(Generic[M]):
    """A validated guide or FAQ entry."""

    model: M
    origin: Origin


@dataclass
class Reading(Generic[M]):
    """What a file gave. Refusals are collected, so that an author mends all at once."""

    items: list[Item[M]]
    refusals: list[Refusal]
    notes: list[Note]

    def add(self, model: type[M], data: object, origin: Origin, reason: Callable[..., str] = reason_of) -> None:
        """Validates `data`; it becomes an item, or its refusals."""
        try:
            self.items.append(Item(model.model_validate(data), origin))
        except ValidationError as error:
            self.refusals += [origin.refusal(tuple(e["loc"]), reason(e)) for e in error.errors()]
