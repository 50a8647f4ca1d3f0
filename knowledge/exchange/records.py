"""Files → records with their places. Knows formats, not what the records mean."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge.exchange.problems import Refusal, Refused
from knowledge.exchange.workbook import read_sheet


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"

    @property
    def is_table(self) -> bool:
        return self in {Format.XLSX, Format.CSV}


_SUFFIXES = {".ndjson": Format.JSONL, ".yml": Format.YAML}
_QUOTED = re.compile(r"^'+[=+\-@]")


@dataclass(frozen=True)
class Layout:
    """Where the records lie in a file: the sheet of a workbook (else its first), the row of the headers (from 1), the
    dotted path of the list in a JSON file (else the whole file)."""

    format: Format
    sheet: str | None = None
    header_row: int = 1
    records: str | None = None


@dataclass(frozen=True)
class Record:
    """Cells by header (text), or a JSON object; `place` says in Chinese where it stands."""

    place: str
    values: Mapping[str, Any]


def format_of(path: Path) -> Format:
    """The format that the file's name says; raises Refused."""
    suffix = path.suffix.lower()
    found = _SUFFIXES.get(suffix) or next((f for f in Format if f".{f}" == suffix), None)
    if found is None:
        known = "、".join(f".{f}" for f in Format)
        raise Refused([Refusal(path, "", "", f"不认识的文件类型“{suffix}”，可以用 {known}；旧的 .xls 请另存为 .xlsx")])
    return found


def read_records(path: Path, layout: Layout) -> list[Record]:
    """All records of the file, empty rows left out; raises Refused when it cannot be read as what it is said to be."""
    try:
        if layout.format is Format.XLSX:
            title, rows = read_sheet(path, layout.sheet)
            return list(_table(path, rows, layout, f"工作表“{title}”"))
        text = _decoded(path)
        if layout.format is Format.CSV:
            return list(_table(path, list(_csv_rows(text)), layout, ""))
        return _json_lines(path, text) if layout.format is Format.JSONL else _json(path, text, layout.records)
    except OSError as error:
        raise _whole(path, f"文件读不出来：{error.strerror or error}") from error
    except csv.Error as error:
        raise _whole(path, f"不是正确的 CSV（{error}），请检查引号是否成对，或者另存为 XLSX 再导入") from error


def _whole(path: Path, reason: str) -> Refused:
    return Refused([Refusal(path, "", "", reason)])


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _whole(path, "文字编码既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 再导入")


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows as a spreadsheet numbers them. A quote that keeps a formula from running (see write.py) is taken away."""
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
        yield number, [cell[1:] if _QUOTED.match(cell) else cell for cell in row]


def _table(path: Path, rows: Sequence[tuple[int, list[str]]], layout: Layout, sheet: str) -> Iterator[Record]:
    filled = [(number, [_unified(cell) for cell in row]) for number, row in rows if any(cell.strip() for cell in row)]
    if not filled or filled[0][0] > layout.header_row:
        raise _whole(path, f"{sheet or '文件'}第 {layout.header_row} 行没有表头，请对照模板")
    headers = [cell.strip() for cell in next(row for number, row in filled if number >= layout.header_row)]
    twice = {header for header in headers if header and headers.count(header) > 1}
    if twice:
        reason = "这一列出现了两次，请只保留一列"
        raise Refused([Refusal(path, sheet, f"“{header}”", reason) for header in sorted(twice)])
    for number, row in filled:
        if number > layout.header_row:
            place = f"{sheet}第 {number} 行"
            values = dict(zip(headers, row, strict=False))
            if values.pop("", "").strip() or any(cell.strip() for cell in row[len(headers) :]):
                raise Refused([Refusal(path, place, "", "有内容写在没有表头的列里，请移到对应的列或者删除")])
            yield Record(place, values)


def _unified(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _json_lines(path: Path, text: str) -> list[Record]:
    """Every line that cannot be used is refused at once."""
    records, refusals = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                records.append(_record(path, f"第 {number} 行", _parsed(path, f"第 {number} 行", line)))
            except Refused as refused:
                refusals += refused.refusals
    if refusals:
        raise Refused(refusals)
    return records


def _json(path: Path, text: str, records: str | None) -> list[Record]:
    found = _parsed(path, "", text)
    for key in records.split(".") if records else ():
        if not isinstance(found, dict) or key not in found:
            raise _whole(path, f"没有“{records}”这个列表，请检查映射文件里的 records")
        found = found[key]
    entries = found if isinstance(found, list) else [found]
    return [_record(path, f"第 {number} 条", entry) for number, entry in enumerate(entries, 1)]


def _record(path: Path, place: str, value: Any) -> Record:
    if not isinstance(value, dict):
        raise Refused([Refusal(path, place, "", "这里应当是一个 JSON 对象：{…}")])
    return Record(place, value)


def _parsed(path: Path, place: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = place or f"第 {error.lineno} 行"
        raise Refused([Refusal(path, place, "", f"不是正确的 JSON（{error.msg}，第 {error.colno} 个字符）")]) from error
    except _BadJson as error:
        raise Refused([Refusal(path, place, "", str(error))]) from error


class _BadJson(Exception):
    """The file is JSON, but says something twice or no number."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise _BadJson(f"“{twice}”这个键出现了两次，请只保留一个")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise _BadJson(f"{name} 不是数字，请改正")
