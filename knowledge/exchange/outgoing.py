"""Writes guides and FAQ entries so that reading the file again changes nothing, and templates to fill in."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.changes import document_of
from knowledge.exchange.cells import pattern
from knowledge.exchange.columns import CellKind, Column, ContentKind, table
from knowledge.exchange.problems import Refusal, Refused
from knowledge.exchange.records import Format, format_of
from knowledge.exchange.tables import rows_of
from knowledge.exchange.workbook import MOST_CHARACTERS, write_sheet, write_template
from knowledge.model import FaqEntry, Guide

_RUNS = re.compile(r"^'*[=+\-@]")
_YES_NO = ("是", "否")
_KINDS = {
    CellKind.TEXT: "文字",
    CellKind.CODE: "编号或者网址",
    CellKind.DATE: "日期，如 2026-11-01",
    CellKind.YES_NO: "是或者否",
    CellKind.NUMBER: "数字",
    CellKind.CHOICE: "从列表中选择",
    CellKind.LINES: "每行一项",
    CellKind.CODES: "每行一个编号",
}
_HELP = (
    ("怎么填", "", "第一行是表头，列的先后不限。导入时整行替换同一编码的原有内容，空着的或者没有的列就是没有内容。"),
    ("多项内容", "", "一格里有多项的，每行写一项（单元格内换行：Alt+Enter）。"),
    ("分段内容", "", "一项里有几段的，用竖线“|”隔开；后面用不到的段可以不写。"),
    ("特殊字符", "", "一段里的竖线写成 \\|，一项里的换行写成 \\n，反斜杠写成 \\\\。"),
    ("情形", "", "同一编码的情形另写一行并填情形编号，只填有变化的公开内容；变为没有内容的列表填“（清空）”。"),
)


def write(file: Path, kind: ContentKind, models: Iterable[Guide | FaqEntry]) -> int:
    """Writes the models in the format that the file's name says, the whole file or nothing; returns how many. Raises
    Refused for an unknown format or a cell too long for a workbook, OSError when the disk refuses."""
    listed = list(models)
    format_ = format_of(file)
    if format_ is Format.JSON:
        _replace(file, json.dumps([document_of(model) for model in listed], ensure_ascii=False, indent=1) + "\n")
    elif format_ is Format.JSONL:
        _replace(file, "".join(json.dumps(document_of(model), ensure_ascii=False) + "\n" for model in listed))
    elif format_.is_table:
        content = table(kind)
        rows = [[column.header for column in content.columns]]
        for model in listed:
            rows += rows_of(content, model.model_dump(mode="json"))
        _write_table(file, format_, content.sheet, rows)
    else:
        raise Refused([Refusal(file, "", "", "导出的文件类型可以是 .xlsx、.csv、.json、.jsonl")])
    return len(listed)


def write_blank(file: Path, kind: ContentKind) -> None:
    """A template: header and example rows; in a workbook also drop-down lists and the sheet 填写说明."""
    content, format_ = table(kind), format_of(file)
    size = max(len(column.examples) for column in content.columns)
    examples = [[_example(column, number) for column in content.columns] for number in range(size)]
    rows = [[column.header for column in content.columns], *examples]
    if format_ is Format.XLSX:
        choices = {n: _choices(column) for n, column in enumerate(content.columns, 1) if _choices(column)}
        scratch = _scratch(file)
        write_template(scratch, content.sheet, rows, choices=choices, help_rows=_help(content.columns))
        os.replace(scratch, file)
    elif format_ is Format.CSV:
        _write_table(file, format_, content.sheet, rows)
    else:
        raise Refused([Refusal(file, "", "", "模板的文件类型可以是 .xlsx 或者 .csv")])


def _write_table(file: Path, format_: Format, sheet: str, rows: Sequence[Sequence[str]]) -> None:
    if format_ is Format.CSV:
        text = io.StringIO(newline="")
        # A quote in front keeps spreadsheet programs from running what looks like a formula; the reader takes it away.
        csv.writer(text).writerows([f"'{cell}" if _RUNS.match(cell) else cell for cell in row] for row in rows)
        _replace(file, "\ufeff" + text.getvalue())
        return
    for number, row in enumerate(rows, 1):
        for header, cell in zip(rows[0], row, strict=True):
            if len(cell) > MOST_CHARACTERS:
                reason = f"内容有 {len(cell)} 个字符，超过表格一格的上限 {MOST_CHARACTERS}，请改为导出 .csv 或者 .json"
                raise Refused([Refusal(file, f"第 {number} 行", f"“{header}”", reason)])
    scratch = _scratch(file)
    write_sheet(scratch, sheet, rows)
    os.replace(scratch, file)


def _example(column: Column, number: int) -> str:
    return column.examples[number] if number < len(column.examples) else ""


def _choices(column: Column) -> tuple[str, ...]:
    return _YES_NO if column.kind is CellKind.YES_NO else tuple(column.choices)


def _help(columns: Sequence[Column]) -> list[list[str]]:
    rows = [["列", "必填", "填写方法", "格式", "可选的取值", "例子"]]
    rows += [[title, must, text, "", "", ""] for title, must, text in _HELP]
    for column in columns:
        form = f"每行一项：{pattern(column)}" if column.kind is CellKind.ENTRIES else _KINDS[column.kind]
        words = [f"{part.name}：{'、'.join(part.choices)}" for part in column.parts if part.choices]
        choices = "、".join(_choices(column)) or "；".join(words)
        example = next((example for example in column.examples if example), "")
        rows.append([column.header, "是" if column.required else "", column.help, form, choices, example])
    return rows


def _replace(file: Path, text: str) -> None:
    scratch = _scratch(file)
    scratch.write_bytes(text.encode())
    os.replace(scratch, file)


def _scratch(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")
