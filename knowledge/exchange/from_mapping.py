"""Guides and FAQ entries from another platform's export: what does not fit is left out and noted, never silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from knowledge.changes import Document
from knowledge.exchange.columns import ContentKind, table
from knowledge.exchange.mapped import Mapper
from knowledge.exchange.mapping import Mapping, pick
from knowledge.exchange.problems import Item, M, Note, Reading, Refusal
from knowledge.exchange.records import Record
from knowledge.loader import Where
from knowledge.model import Guide
from knowledge.reasons import reason_of

_NAMES = ("aliases", "colloquial")


@dataclass(frozen=True)
class MappedOrigin:
    """A record of another platform; fields are told with the columns that they come from."""

    file: Path
    place: str
    mapping: Mapping

    def refusal(self, where: Where, reason: str) -> Refusal:
        target = ".".join(step for step in where if isinstance(step, str))
        rule = next((rule for field, rule in self.mapping.fields.items() if f"{target}.".startswith(f"{field}.")), None)
        columns = dict.fromkeys(column for source in rule.sources for column in source.columns) if rule else ()
        label = table(self.mapping.kind).label(target)
        return Refusal(self.file, self.place, f"“{label}”（列 {'、'.join(columns)}）" if columns else label, reason)


def read_mapped(
    file: Path, model: type[M], records: Sequence[Record], mapping: Mapping, published: Dictionary[str, Guide]
) -> Reading[M]:
    """Applies the mapping to every record. `published` are the guides with which names must not clash."""
    mapper = Mapper(mapping)
    documents = [mapper.document(record) for record in records]
    reading: Reading[M] = Reading([], [], mapper.notes)
    if mapping.kind is ContentKind.GUIDES:
        reading.notes += _tell_apart(documents, records, mapper)
        codes = {document.get("code") for document in documents}
        others = [g for code, g in published.items() if g.origin == mapping.origin and code not in codes]
        taken = {name for guide in others for name in guide.names}
        reading.notes += _without_shared_names(documents, records, taken)
    for record, document in zip(records, documents, strict=True):
        _fit(reading, model, document, MappedOrigin(file, record.place, mapping))
    reading.notes += _unused(records, mapping)
    return reading


def _tell_apart(documents: Sequence[Document], records: Sequence[Record], mapper: Mapper) -> list[Note]:
    """Puts the mapping's `same_name` behind the names that several guides share."""
    shared = {name for name, count in Counter(d.get("name") for d in documents).items() if name and count > 1}
    notes = []
    for document, record in zip(documents, records, strict=True):
        if document.get("name") in shared and (suffix := mapper.suffix(record)):
            document["name"] += suffix
            notes.append(Note(record.place, "name", "与其他事项同名，名称后面加了区别的文字"))
    return notes


def _without_shared_names(documents: Sequence[Document], records: Sequence[Record], taken: set[str]) -> list[Note]:
    """Takes away aliases that mean several items: they would only ever lead to a question back."""
    names = Counter(document.get("name") for document in documents)
    used = Counter(name for document in documents for name in {n for field in _NAMES for n in document.get(field, ())})
    notes = []
    for document, record in zip(documents, records, strict=True):
        seen = {document.get("name")}
        for field in _NAMES:
            kept = []
            for name in document.get(field, ()):
                if name not in seen and (used[name] > 1 or names[name] or name in taken):
                    notes.append(Note(record.place, field, "几个事项共用的说法，没有导入"))
                elif name not in seen:
                    kept.append(name)
                seen.add(name)
            document[field] = kept
    return notes


def _fit(reading: Reading[M], model: type[M], document: Document, origin: MappedOrigin) -> None:
    """Validates; leaves out one thing after the other that does not fit, and refuses what cannot be left out."""
    while True:
        try:
            reading.items.append(Item(model.model_validate(document), origin))
            return
        except ValidationError as error:
            errors = error.errors()
        for first in errors:
            if not _can_go(model, first["loc"]):
                reading.refusals += [origin.refusal(tuple(e["loc"]), reason_of(e)) for e in errors]
                return
        left_out = origin.refusal(tuple(errors[0]["loc"]), f"{reason_of(errors[0])}；这一项没有导入")
        reading.notes.append(Note(origin.place, left_out.column, left_out.reason))
        _remove(document, errors[0])


def _can_go(model: type[M], where: Where) -> bool:
    """Whether the model can do without it: an entry of a list, or a field that is not required."""
    if not where:
        return False
    listed = any(isinstance(step, int) for step in where)
    return listed or not model.model_fields[str(where[0])].is_required()


def _remove(document: Document, error: Any) -> None:
    """Takes the list entry, the field of a group or, where the group cannot do without it, the whole group away."""
    where: Where = error["loc"]
    numbers = [at for at, step in enumerate(where) if isinstance(step, int)]
    deepest = numbers[-1] + 1 if numbers else 1 if error["type"] == "missing" else min(len(where), 2)
    holder: Any = document
    for step in where[: deepest - 1]:
        holder = holder[step]
    del holder[where[deepest - 1]]


def _unused(records: Sequence[Record], mapping: Mapping) -> list[Note]:
    known = {name for column in (*mapping.used, *mapping.ignored) for name in (column, column.split(".")[0])}
    columns = dict.fromkeys(column for record in records for column in record.values)
    return [
        Note("全部", column, "这一列没有用到")
        for column in columns
        if column not in known and any(_filled(record.values, column) for record in records)
    ]


def _filled(values: Dictionary[str, Any], column: str) -> bool:
    return pick(values, column) not in (None, "", [])
