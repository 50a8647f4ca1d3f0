r"""One cell of a table: its text → a value for the model, and back without loss.

Backslashes keep what the table itself uses: `\|` a bar inside a part, `\n` a line break inside an entry, `\\` a
backslash, `\u0007` a character that a spreadsheet cannot hold.
"""

from __future__ import annotations

import re
from typing import Any

from knowledge.exchange.columns import CellKind, Column, Part

EMPTIED = "（清空）"
"""In a situation's row: the disclosure is empty in this situation, where an empty cell leaves it as in the guide."""

_YES_NO = {"是": True, "否": False}
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_NUMBER = re.compile(r"^\d+(\.\d+)?(e[+-]?\d+)?$")
_TOKEN = re.compile(r"\\.|[|｜]", re.DOTALL)
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|[\\nr|｜])")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|^（(?=清空）$)")


class CellError(ValueError):
    """The cell cannot be read; the message says why, with the remedy."""


def parse(column: Column, text: str) -> Any:
    """The value of a cell that is not empty; raises CellError. What the model itself checks is left to it."""
    if column.is_list:
        if text.strip() == EMPTIED:
            return []
        lines = [line for line in text.split("\n") if line.strip()]
        if column.kind is CellKind.ENTRIES:
            return [_entry(column, number, line) for number, line in enumerate(lines, 1)]
        strip = column.kind is CellKind.CODES or column.refers
        return [_unescape(line).strip() if strip else _unescape(line) for line in lines]
    if column.kind is CellKind.TEXT:
        return _unescape(text)
    return _PARSERS[column.kind](column, text.strip())


def show(column: Column, value: Any) -> str:
    """The cell for a value of the model's JSON form; what `parse` reads back as the same. None gives an empty cell."""
    if value is None:
        return ""
    if column.kind is CellKind.ENTRIES:
        return "\n".join(_shown_entry(column, entry) for entry in value)
    if column.is_list:
        return "\n".join(_escape(entry, lines=True) for entry in value)
    if column.kind is CellKind.YES_NO:
        return "是" if value else "否"
    if column.kind is CellKind.CHOICE:
        return next(word for word, meant in column.choices.items() if meant == value)
    if column.kind is CellKind.NUMBER:
        return str(int(value)) if float(value).is_integer() and value < 1e15 else repr(float(value))
    return _escape(str(value))


def pattern(column: Column) -> str:
    """How an entry is written: 名称|形式|…"""
    names = [part.name for part in column.parts]
    again = [part.name for part in column.repeated.parts] if column.repeated else []
    return "|".join([*names, *again, "…"] if again else names)


def _date(_column: Column, text: str) -> str:
    found = _DATE.match(text)
    if not found:
        raise CellError("日期写法不对，请写成 2026-11-01 这样真实存在的日期")
    year, month, day = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}"


def _yes_no(_column: Column, text: str) -> bool:
    if text not in _YES_NO:
        raise CellError("只能填“是”或者“否”")
    return _YES_NO[text]


def _number(_column: Column, text: str) -> float:
    if not _NUMBER.match(text):
        raise CellError("这里应当是数字，例如 40 或者 0.5，不写单位和千位分隔符")
    return float(text)


def _choice(column: Column | Part, text: str) -> str:
    if text not in column.choices:
        raise CellError(f"没有“{text}”这个取值，只能填：{'、'.join(column.choices)}")
    return column.choices[text]


_PARSERS: dict[CellKind, Any] = {
    CellKind.CODE: lambda _column, text: _unescape(text),
    CellKind.DATE: _date,
    CellKind.YES_NO: _yes_no,
    CellKind.NUMBER: _number,
    CellKind.CHOICE: _choice,
}


def _entry(column: Column, number: int, line: str) -> dict[str, Any]:
    """The record of one line; parts that are left empty are left out."""
    texts = _split(line)
    size, again = len(column.parts), column.repeated
    if len(texts) > size and not again:
        raise CellError(f"第{number}项有{len(texts)}段，最多{size}段，请写成 {pattern(column)}；内容里的竖线写成 \\|")
    try:
        entry: dict[str, Any] = dict(_record(column.parts, texts[:size]))
        if again:
            step = len(again.parts)
            rest = [_record(again.parts, texts[at : at + step]) for at in range(size, len(texts), step)]
            entry |= {again.field: rest} if rest else {}
    except CellError as error:
        raise CellError(f"第{number}项：{error}") from error
    return entry


def _record(parts: tuple[Part, ...], texts: list[str]) -> dict[str, str]:
    filled = [(part, text) for part, text in zip(parts, texts, strict=False) if text.strip()]
    return {part.field: _choice(part, text.strip()) if part.choices else _unescape(text) for part, text in filled}


def _shown_entry(column: Column, entry: dict[str, Any]) -> str:
    texts = [_shown_part(part, entry) for part in column.parts]
    for record in entry.get(column.repeated.field, ()) if column.repeated else ():
        texts += [_shown_part(part, record) for part in column.repeated.parts]  # type: ignore[union-attr]
    while texts[-1] == "":
        texts.pop()
    return "|".join(texts)


def _shown_part(part: Part, record: dict[str, Any]) -> str:
    value = record.get(part.field)
    if value is None:
        return ""
    if part.choices:
        return next(word for word, meant in part.choices.items() if meant == value)
    return _escape(str(value), lines=True, bars=True)


def _split(line: str) -> list[str]:
    return _TOKEN.sub(lambda found: found[0] if found[0][0] == "\\" else "\0", line).split("\0")


def _escape(text: str, *, lines: bool = False, bars: bool = False) -> str:
    text = text.replace("\\", "\\\\")
    text = text.replace("\n", "\\n") if lines else text
    text = re.sub(r"[|｜]", r"\\\g<0>", text) if bars else text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unescape(text: str) -> str:
    r"""What no rule explains stays as it is: C:\Users is not an error."""
    named = {"n": "\n", "r": "\r"}
    return _ESCAPED.sub(
        lambda found: chr(int(found[1][1:], 16)) if found[1][0] == "u" else named.get(found[1], found[1]), text
    )
