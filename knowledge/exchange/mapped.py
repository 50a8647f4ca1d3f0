"""Applies a mapping: records of another platform → documents, with a note for whatever was left out or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from typing import Any

from knowledge.changes import Document
from knowledge.exchange.mapping import Mapping, Rule, Source, pick
from knowledge.exchange.problems import Note
from knowledge.exchange.records import Record


class Mapper:
    """Turns one record after the other into a document; `notes` collects what an author should know."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._empty = {*mapping.empty, ""}
        self.notes: list[Note] = []

    def document(self, record: Record) -> Document:
        """The document, not validated yet. Groups are nested; what has no value is left out."""
        found: Document = {"origin": self._mapping.origin}
        for target, rule in self._mapping.fields.items():
            value = self._rule(rule, record)
            if value is not None and value != []:
                put(found, target, value)
        for target, default in self._mapping.defaults.items():
            group = target.rpartition(".")[0]
            if get(found, target) is None and (not group or get(found, group) is not None):
                put(found, target, default)
                if group and isinstance(default, str):
                    self.notes.append(Note(record.place, target, f"原平台没有公布，填为“{default}”"))
        return found

    def suffix(self, record: Record) -> str:
        """What tells guides of the same name apart; empty where the mapping does not say."""
        return str(self._value(self._mapping.same_name, record) or "") if self._mapping.same_name else ""

    def _rule(self, rule: Rule, record: Record) -> Any:
        if rule.source:
            return self._value(rule.source, record)
        if rule.record:
            found = {field: self._value(source, record) for field, source in rule.record.items()}
            filled = {field: value for field, value in found.items() if value is not None}
            return [filled] if filled and set(rule.needs) <= set(filled) else None
        values = [self._value(source, record) for source in rule.first or rule.all]
        if rule.first:
            return next((value for value in values if value is not None), None)
        listed = [value if isinstance(value, list) else [value] for value in values if value is not None]
        return list(dict.fromkeys(entry for entries in listed for entry in entries))

    def _value(self, source: Source, record: Record) -> Any:
        """The value of the first column that is filled, or None."""
        for column in source.columns:
            raw = pick(record.values, column)
            if isinstance(raw, list) and source.join is not None:
                raw = source.join.join(str(entry) for entry in raw)
            entries = raw if isinstance(raw, list) else [raw]
            if source.split and not isinstance(raw, list):
                entries = re.split(source.split, self._plain(source, raw) or "")
            made = [self._entry(source, record, column, entry) for entry in entries]
            filled = [entry for entry in made if entry is not None]
            if filled and source.value is not None:
                return source.value
            if filled:
                several = isinstance(raw, list) or source.split
                return [self._each(source, entry) for entry in filled] if several or source.each else filled[0]
        return None

    def _plain(self, source: Source, raw: Any) -> str | None:
        """The text without prefixes, with the replacements made; None if it is empty or means nothing."""
        if raw is None or isinstance(raw, dict):
            return None
        text = (str(raw).lower() if isinstance(raw, bool) else str(raw)).replace("\r\n", "\n").strip()
        if text in self._empty:
            return None
        for prefix in source.strip:
            text = text.removeprefix(prefix).strip()
        for pattern, by in source.replace.items():
            text = re.sub(pattern, by, text).strip()
        return None if text in self._empty else text

    def _entry(self, source: Source, record: Record, column: str, raw: Any) -> Any:
        text = self._plain(source, raw)
        if text is None:
            return None
        if source.reject and re.search(source.reject, text):
            return self._left_out(record, column, "与映射文件的 reject 相符，没有导入")
        if source.take:
            found = re.search(source.take, text)
            if not found:
                return self._left_out(record, column, "与映射文件的 take 不相符，没有导入")
            text = found[1] if found.groups() else found[0]
        if source.suspect and re.search(source.suspect, text):
            self.notes.append(Note(record.place, column, "与映射文件的 suspect 相符，已导入，请核对"))
        if source.map:
            if text not in source.map:
                return self._left_out(record, column, "映射文件的 map 里没有这个取值，没有导入")
            return source.map[text]
        return source.template.replace("{}", text) if source.template else text

    def _left_out(self, record: Record, column: str, reason: str) -> None:
        self.notes.append(Note(record.place, column, reason))

    @staticmethod
    def _each(source: Source, entry: Any) -> Any:
        if not source.each:
            return entry
        return {field: template.replace("{}", str(entry)) for field, template in source.each.items()}


def get(document: Dictionary[str, Any], target: str) -> Any:
    """The value at a dotted path, or None."""
    found: Any = document
    for step in target.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def put(document: Document, target: str, value: Any) -> None:
    """Sets the value at a dotted path, making the groups on the way."""
    *groups, field = target.split(".")
    for step in groups:
        document = document.setdefault(step, {})
    document[field] = value
