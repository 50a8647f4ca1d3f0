"""What one request of the matrix is, and the most common ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.db.database import Base
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import Rows

SPAN = {"from": "2026-01-01", "to": "2026-12-31"}


@dataclass(frozen=True)
class Asked:
    """One request. `row`: table and id of what must stay as it is when it is refused; `mark`: what an allowed answer
    shows and a hidden one does not; `fresh`: it begins or ends sessions, so it needs a browser of its own."""

    path: dict[str, str] = field(default_factory=dict)
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    row: tuple[type[Base], str] | None = None
    mark: str = ""
    fresh: bool = False


Ask = Callable[[House, Rows, str], Asked]
ASK: dict[str, Ask] = {}


def asking(*entries: str) -> Callable[[Ask], Ask]:
    """Registers how these entries are asked."""

    def register(ask: Ask) -> Ask:
        ASK.update(dict.fromkeys(entries, ask))
        return ask

    return register


def simple(entry: str, **asked: Any) -> None:
    """A request without a row."""
    ASK[entry] = lambda _house, _rows, _who: Asked(**asked)


def made(table: type[Base], make: Callable[[Rows], Any], body: Any = None, mark: bool = False) -> Ask:
    """One row by its id."""

    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        id_ = make(rows).id
        return Asked({"id": id_, "id_": id_}, body, row=(table, id_), mark=id_ if mark else "")

    return ask


def listed(make: Callable[[Rows], Any], **query: Any) -> Ask:
    """A list that holds the row."""
    return lambda _house, rows, _who: Asked(query=query, mark=make(rows).id)
