"""Reads a whole file of guides or FAQ entries and checks it against what is published: all of it, or Refused."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from pathlib import Path

from knowledge.exchange.check import check_faq, check_guides, unknown_items
from knowledge.exchange.columns import ContentKind, table
from knowledge.exchange.from_json import read_json, read_yaml
from knowledge.exchange.from_mapping import read_mapped
from knowledge.exchange.from_rows import read_faq, read_guides
from knowledge.exchange.mapping import Mapping
from knowledge.exchange.problems import Item, M, Note, Reading, Refusal, Refused
from knowledge.exchange.records import Format, Layout, Record, format_of, read_records
from knowledge.model import FaqEntry, Guide, Hall


def incoming_guides(
    file: Path, mapping: Mapping | None, published: Dictionary[str, Guide], hall: Hall
) -> tuple[list[Item[Guide]], list[Note]]:
    """The guides of a file, in its order; raises Refused with everything that is wrong."""
    if mapping:
        records = _mapped_records(file, mapping, ContentKind.GUIDES)
        reading = read_mapped(file, Guide, records, mapping, published)
    elif format_of(file) is Format.YAML:
        reading = read_yaml(file, Guide, "guides")
    elif format_of(file).is_table:
        reading = read_guides(file, _own_records(file, ContentKind.GUIDES), hall)
    else:
        reading = read_json(file, Guide, _own_records(file, ContentKind.GUIDES))
    _refuse(file, reading, reading.refusals + check_guides(reading.items, published, hall))
    return reading.items, reading.notes


def incoming_faq(
    file: Path,
    mapping: Mapping | None,
    published: Dictionary[str, FaqEntry],
    guides: Dictionary[str, Guide],
    hall: Hall,
) -> tuple[list[Item[FaqEntry]], list[Note]]:
    """The FAQ entries of a file, in its order; raises Refused with everything that is wrong."""
    if mapping:
        records = _mapped_records(file, mapping, ContentKind.FAQ)
        reading = read_mapped(file, FaqEntry, records, mapping, guides)
    elif format_of(file) is Format.YAML:
        reading = read_yaml(file, FaqEntry, "faq")
    elif format_of(file).is_table:
        reading = read_faq(file, _own_records(file, ContentKind.FAQ), hall)
    else:
        reading = read_json(file, FaqEntry, _own_records(file, ContentKind.FAQ))
    _refuse(file, reading, reading.refusals + check_faq(reading.items, published))
    return reading.items, reading.notes + unknown_items(reading.items, guides)


def _own_records(file: Path, kind: ContentKind) -> list[Record]:
    return read_records(file, Layout(format_of(file), sheet=table(kind).sheet))


def _mapped_records(file: Path, mapping: Mapping, kind: ContentKind) -> list[Record]:
    if mapping.kind is not kind:
        what = {ContentKind.GUIDES: "办事指南", ContentKind.FAQ: "常见问答"}[mapping.kind]
        raise Refused([Refusal(file, "", "", f"这个映射文件是给{what}用的，请换一个映射文件，或者换一个命令")])
    return read_records(file, Layout(mapping.format, mapping.sheet, mapping.header_row, mapping.records))


def _refuse(file: Path, reading: Reading[M], refusals: list[Refusal]) -> None:
    if not refusals and not reading.items:
        refusals = [Refusal(file, "", "", "没有任何可以导入的内容，请对照模板")]
    if refusals:
        raise Refused(refusals)
