"""The columns of the tables as data (columns.yaml): headers, fields, how a cell is written, help and examples."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from knowledge.loader import load_yaml
from knowledge.model import DisclosureSet, Strict, Text

FIELD = r"^[a-z_]+(\.[a-z_]+)*$"


class ContentKind(StrEnum):
    """What a file holds."""

    GUIDES = "guides"
    FAQ = "faq"


class CellKind(StrEnum):
    """How a cell is written. Lists (LINES, CODES, ENTRIES) have one entry a line."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"
    LINES = "lines"
    CODES = "codes"
    ENTRIES = "entries"


class Part(Strict):
    """One part of a structured entry; parts are separated by “|”. `choices`: Chinese word → value."""

    name: Text
    field: Text
    choices: dict[str, str] = Field(default_factory=dict)


class Repeated(Strict):
    """Parts that may come again and again at the end of an entry; they become a list of records."""

    field: Text
    parts: tuple[Part, ...]


class Column(Strict):
    """`field` is a dotted path into the model; `refers` says that names of the hall's departments or windows may stand
    for their ids; `examples` are the cells of the template's example rows."""

    header: Text
    also: tuple[Text, ...] = ()
    field: Annotated[str, Field(pattern=FIELD)]
    kind: CellKind
    required: bool = False
    choices: dict[str, str] = Field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    repeated: Repeated | None = None
    refers: Literal["department", "window"] | None = None
    help: Text
    examples: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.field.split("."))

    @property
    def of_situation(self) -> bool:
        """Whether only rows of situations fill it."""
        return self.path[0] == "situation"

    @property
    def may_change(self) -> bool:
        """Whether a situation may change it."""
        return self.path[0] in DisclosureSet.model_fields

    @property
    def is_list(self) -> bool:
        return self.kind in {CellKind.LINES, CellKind.CODES, CellKind.ENTRIES}


class Table(Strict):
    """All columns of one kind of content; the first is the code. `missing`: label → field that is counted."""

    sheet: Text
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    missing: dict[str, str]

    @property
    def headers(self) -> dict[str, Column]:
        """Every header that is understood."""
        return {header: column for column in self.columns for header in (column.header, *column.also)}

    def label(self, field: str) -> str:
        """The header for a field of the history (`fees.amount_yuan`), or of the group it is in; else the field."""
        exact = {column.field: column.header for column in self.columns}
        grouped = {path: label for label, path in self.missing.items()}
        return exact.get(field) or grouped.get(field) or field


class _Tables(Strict):
    guides: Table
    faq: Table


@cache
def table(kind: ContentKind) -> Table:
    """The table of a kind; raises KnowledgeError if columns.yaml was broken."""
    tables = load_yaml(Path(__file__).with_name("columns.yaml"), _Tables)
    return tables.guides if kind is ContentKind.GUIDES else tables.faq
