"""Guides and FAQ entries from the model's own JSON (knowledge.changes.document_of) or a YAML file of one guide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.exchange.problems import M, Reading, Refusal, Refused
from knowledge.exchange.records import Record
from knowledge.loader import Document, KnowledgeError, Where, read_document
from knowledge.reasons import reason_of

_JSON_WORDS = {
    "bool_parsing": "只能填 true 或 false，不加引号",
    "model_type": "这里应当是一个对象：{…}",
    "dict_type": "这里应当是一个对象：{…}",
    "tuple_type": "这里应当是列表：[…]",
}


@dataclass(frozen=True)
class JsonOrigin:
    """One object of a JSON file; entries of lists count from 1 in what is told."""

    file: Path
    place: str

    def refusal(self, where: Where, reason: str) -> Refusal:
        told = ".".join(f"第{step + 1}项" if isinstance(step, int) else step for step in where)
        return Refusal(self.file, self.place, told, reason)


@dataclass(frozen=True)
class YamlOrigin:
    """A YAML file, which knows the line of every field."""

    document: Document

    def refusal(self, where: Where, reason: str) -> Refusal:
        problem = self.document.problem(where, reason)
        return Refusal(problem.file, f"第 {problem.line} 行", "", problem.reason)


def read_json(file: Path, model: type[M], records: Iterable[Record]) -> Reading[M]:
    """One guide or FAQ entry an object."""
    reading: Reading[M] = Reading([], [], [])
    for record in records:
        reading.add(model, dict(record.values), JsonOrigin(file, record.place), _reason)
    return reading


def read_yaml(file: Path, model: type[M], listed: str) -> Reading[M]:
    """One guide, or a list of FAQ entries below the key `listed`, as in the data folder; raises Refused."""
    try:
        document = read_document(file)
    except KnowledgeError as error:
        refusals = [Refusal(problem.file, f"第 {problem.line} 行", "", problem.reason) for problem in error.problems]
        raise Refused(refusals) from error
    reading: Reading[M] = Reading([], [], [])
    if isinstance(document.data, dict) and isinstance(document.data.get(listed), list):
        for number, entry in enumerate(document.data[listed]):
            reading.add(model, entry, _Below(YamlOrigin(document), (listed, number)))
    else:
        reading.add(model, document.data, YamlOrigin(document))
    return reading


@dataclass(frozen=True)
class _Below:
    """An entry of a list in a YAML file."""

    origin: YamlOrigin
    above: Where

    def refusal(self, where: Where, reason: str) -> Refusal:
        return self.origin.refusal((*self.above, *where), reason)


def _reason(error: Mapping[str, Any]) -> str:
    return _JSON_WORDS.get(error["type"]) or reason_of(error)
