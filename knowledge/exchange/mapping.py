"""Mapping files (YAML): how another platform's export becomes guides or FAQ entries, without code.

docs/import-and-export.md is the reference; the models here refuse a mistyped key with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from knowledge.exchange.columns import FIELD, ContentKind, table
from knowledge.exchange.records import Format
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Strict, Text


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"不是正确的正则表达式：{error}") from error
    return pattern


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _short(value: Any) -> Any:
    """`name: TASK_NAME` stands for `name: {from: TASK_NAME}`."""
    return {"from": value} if isinstance(value, str) else value


Pattern = Annotated[str, AfterValidator(_compiles)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]
Target = Annotated[str, Field(pattern=FIELD)]


class Source(Strict):
    """Where a value comes from, and what is done to it, in the order of these keys; a list is treated entry by entry.

    `from`: a column, or alternatives of which the first that is filled counts. `join`: a list becomes one text.
    `strip`: prefixes to take off. `replace`: pattern → replacement. `split`: pattern between the entries of a list.
    `take`: only what the pattern (its first group) matches. `reject`: what matches is left out and reported.
    `suspect`: what matches is kept and reported. `map`: value → value. `template`: {} is the value. `value`: a fixed
    value wherever the column is filled. `each`: every entry becomes a record, {} is the entry.
    """

    columns: Annotated[Texts, Field(alias="from", min_length=1)]
    join: str | None = None
    strip: Texts = ()
    replace: dict[Pattern, str] = Field(default_factory=dict)
    split: Pattern | None = None
    take: Pattern | None = None
    reject: Pattern | None = None
    suspect: Pattern | None = None
    map: dict[str, Any] = Field(default_factory=dict)
    template: str | None = None
    value: Any = None
    each: dict[str, str] = Field(default_factory=dict)


ShortSource = Annotated[Source, BeforeValidator(_short)]


class Rule(Strict):
    """Exactly one of: one `source`; the `first` of several that gives a value; `all` of several as one list; one
    `record`, made only if every field in `needs` has a value."""

    source: Source | None = None
    first: tuple[ShortSource, ...] = ()
    all: tuple[ShortSource, ...] = ()
    record: dict[str, ShortSource] = Field(default_factory=dict)
    needs: Texts = ()

    @model_validator(mode="before")
    @classmethod
    def _plain_source(cls, value: Any) -> Any:
        plain = _short(value)
        return {"source": plain} if isinstance(plain, dict) and "from" in plain else plain

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if sum(map(bool, (self.source, self.first, self.all, self.record))) != 1:
            raise ValueError("请写 from、first、all、record 中的一种")
        if set(self.needs) - set(self.record):
            raise ValueError("needs 里的字段都要写在 record 里")
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        return (*([self.source] if self.source else ()), *self.first, *self.all, *self.record.values())


class Mapping(Strict):
    """One platform's export. `empty` are texts that mean nothing; `defaults` of a plain field stand wherever it has no
    value, those of a group (time_limit.statutory) only where the group has another value; `same_name` is put behind
    the names that several guides share; `ignored` are columns that are knowingly not used."""

    format: Format
    kind: ContentKind
    origin: Text
    sheet: Text | None = None
    header_row: Annotated[int, Field(ge=1)] = 1
    records: Text | None = None
    empty: Texts = ()
    defaults: dict[Target, Any] = Field(default_factory=dict)
    fields: Annotated[dict[Target, Rule], Field(min_length=1)]
    same_name: ShortSource | None = None
    ignored: Texts = ()

    @model_validator(mode="after")
    def _targets_exist(self) -> Mapping:
        known = {column.field for column in table(self.kind).columns}
        unknown = [target for target in (*self.fields, *self.defaults) if target not in known]
        if unknown:
            raise ValueError(f"没有这些字段：{'、'.join(unknown)}，请对照说明文档")
        return self

    @property
    def used(self) -> set[str]:
        """Every column that a rule names."""
        rules = [source for rule in self.fields.values() for source in rule.sources]
        return {c for source in (*rules, *([self.same_name] if self.same_name else ())) for c in source.columns}


def load_mapping(name: str, folder: Path) -> Mapping:
    """The mapping file of that path, or of that name in the knowledge folder's `mappings`; raises KnowledgeError."""
    shipped = {path.stem: path for path in sorted((folder / "mappings").glob("*.yaml"))}
    path = shipped.get(name, Path(name))
    if not path.is_file():
        raise KnowledgeError([Problem(path, 1, f"没有这个映射文件；自带的有：{'、'.join(shipped) or '（没有）'}")])
    return load_yaml(path, Mapping)


def pick(values: Dictionary[str, Any], column: str) -> Any:
    """The value of a column, or of a dotted path into nested JSON; None where there is none."""
    if column in values:
        return values[column]
    found: Any = values
    for step in column.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found
