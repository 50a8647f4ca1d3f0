"""Rows of a table ↔ documents of the models; a refusal finds its way back to the row and the header."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.changes import Document
from knowledge.exchange import cells
from knowledge.exchange.columns import Column, ContentKind, Table, table
from knowledge.exchange.problems import Note, Refusal
from knowledge.exchange.records import Record
from knowledge.loader import Where
from knowledge.model import Hall

EXAMPLE = "示例"
"""Rows whose code starts so are those of the template; they are never taken in."""


@dataclass(frozen=True)
class RowOrigin:
    """One row. The path of a situation's own fields starts with `situation`, its disclosures are named plainly."""

    file: Path
    place: str
    columns: Sequence[Column]

    def refusal(self, where: Where, reason: str) -> Refusal:
        names = tuple(step for step in where if isinstance(step, str))
        column = next((column for column in self.columns if column.path == names[: len(column.path)]), None)
        if column is None:
            group = [c.header for c in self.columns if names and c.path[: len(names)] == names]
            return Refusal(self.file, self.place, f"“{'、'.join(group)}”" if group else "", reason)
        told = f"“{column.header}”"
        index = next((step for step in where if isinstance(step, int)), None)
        if index is not None:
            part = next((part.name for part in column.parts if part.field == names[-1]), "")
            told += f"第{index + 1}项" + (f"“{part}”" if part else "")
        return Refusal(self.file, self.place, told, f"{reason}（{column.help}）" if "格式" in reason else reason)


@dataclass(frozen=True)
class Row:
    """The cells of one row by field."""

    cells: Mapping[str, str]
    origin: RowOrigin

    def get(self, field: str) -> str:
        return self.cells.get(field, "").strip()


def rows(file: Path, kind: ContentKind, records: Iterable[Record]) -> tuple[list[Row], list[Refusal], list[Note]]:
    """The rows that are meant to be taken in; headers that are not understood are refused."""
    content = table(kind)
    headers, code = content.headers, content.columns[0]
    found, notes = [], []
    unknown: dict[str, None] = {}
    for record in records:
        unknown |= dict.fromkeys(h for h, cell in record.values.items() if h not in headers and cell.strip())
        values = {headers[h].field: cell for h, cell in record.values.items() if h in headers}
        row = Row(values, RowOrigin(file, record.place, content.columns))
        if row.get(code.field).startswith(EXAMPLE):
            notes.append(Note(record.place, code.header, "示例行没有导入"))
        else:
            found.append(row)
    wrong = [Refusal(file, "表头", f"“{h}”", f"不认识的列{_similar(h, headers)}") for h in unknown]
    return found, wrong, notes


def document(row: Row, columns: Collection[Column], hall: Hall, elsewhere: str) -> tuple[Document, list[Refusal]]:
    """The document of the filled cells, and the refusals of those that cannot be read. `elsewhere` is the reason for
    filled cells that are not among `columns`."""
    found: Document = {}
    refusals = []
    for column in row.origin.columns:
        text = row.cells.get(column.field, "")
        if not text.strip():
            continue
        if column not in columns:
            refusals.append(row.origin.refusal(column.path, elsewhere))
            continue
        try:
            _put(found, column.path, _named(column, cells.parse(column, text), hall))
        except cells.CellError as error:
            refusals.append(row.origin.refusal(column.path, str(error)))
    return found, refusals


def _named(column: Column, value: Any, hall: Hall) -> Any:
    """Ids in the place of names of the hall's departments and windows."""
    if column.refers == "department":
        return {d.name: d.id for d in hall.departments}.get(value.strip(), value)
    if column.refers == "window":
        windows = [window for zone in hall.zones for window in zone.windows]
        ids = {w.name: w.id for w in windows if [other.name for other in windows].count(w.name) == 1}
        return [ids.get(entry, entry) for entry in value]
    return value


def _put(document: Document, path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        document = document.setdefault(step, {})
    document[path[-1]] = value


def _similar(header: str, headers: Mapping[str, Column]) -> str:
    near = difflib.get_close_matches(header, headers, 1, 0.5)
    return f"，是不是“{near[0]}”？" if near else "，请对照模板，或者删除这一列"


def rows_of(content: Table, document: Mapping[str, Any]) -> list[list[str]]:
    """The rows of one guide (with its situations) or FAQ entry, given in full JSON form, cells in column order."""
    found = [[_cell(column, document, {}) for column in content.columns]]
    for situation in document.get("situations", ()):
        merged = {"code": document["code"], "situation": situation, **situation["changes"]}
        found.append([_cell(column, merged, situation["changes"]) for column in content.columns])
    return found


def _cell(column: Column, document: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    if changes.get(column.field) == []:
        return cells.EMPTIED
    value: Any = document
    for step in column.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return cells.show(column, value)
