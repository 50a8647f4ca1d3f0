"""The only module that knows openpyxl: sheets as rows of text, and rows of text as sheets."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

from knowledge.exchange.problems import Refusal, Refused

MOST_CHARACTERS = 32767
"""What one cell of a workbook holds; openpyxl would cut the rest off without a word."""

_WIDTH = 24
_TALLEST_LIST = 500


def read_sheet(path: Path, wanted: str | None) -> tuple[str, list[tuple[int, list[str]]]]:
    """Title and numbered rows of the wanted sheet, or of the first where there is none of that name; raises Refused.
    Formulas count with the value that the spreadsheet program saved."""
    try:
        with path.open("rb") as stream:
            return _rows(stream, wanted)
    except (
        BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        EOFError,
        SyntaxError,
    ) as error:  # XML errors are SyntaxErrors
        reason = "不是正确的 XLSX 文件（可能加了密码，或者只是改了后缀），请用表格软件另存为 .xlsx"
        raise Refused([Refusal(path, "", "", reason)]) from error


def _rows(stream: IO[bytes], wanted: str | None) -> tuple[str, list[tuple[int, list[str]]]]:
    with warnings.catch_warnings(action="ignore"):  # about styles and extensions, which mean nothing here
        book = load_workbook(stream, read_only=True, data_only=True)
        try:
            sheet = book[wanted] if wanted in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            rows = [(n, [_text(v) for v in row]) for n, row in enumerate(sheet.iter_rows(values_only=True), 1)]
            return str(sheet.title), rows
        finally:
            book.close()


def _text(value: Any) -> str:
    """A cell as a clerk reads it; a date without a time is only its day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def write_sheet(path: Path, title: str, rows: Sequence[Sequence[str]]) -> None:
    """A workbook of one sheet; the first row is the header."""
    book = Workbook(write_only=False)
    _fill(book.active, title, rows)
    book.save(path)


def write_template(
    path: Path,
    title: str,
    rows: Sequence[Sequence[str]],
    choices: Mapping[int, Iterable[str]],
    help_rows: list[list[str]],
) -> None:
    """A workbook to fill in: `choices` are the drop-down lists by column (from 1); `help_rows` become 填写说明."""
    book = Workbook()
    sheet = book.active
    _fill(sheet, title, rows)
    for column, words in choices.items():
        offered = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        offered.error, offered.errorTitle = "请从下拉列表中选择", "取值不对"
        letter = get_column_letter(column)
        offered.add(f"{letter}2:{letter}{_TALLEST_LIST}")
        sheet.add_data_validation(offered)
    _fill(book.create_sheet(), "填写说明", help_rows)
    book.save(path)


def _fill(sheet: Any, title: str, rows: Iterable[Sequence[str]]) -> None:
    sheet.title, sheet.freeze_panes = title, "B2"
    for number, row in enumerate(rows, 1):
        for column, text in _filled(row):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = text, "s"  # never a formula, whatever it starts with
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
                sheet.column_dimensions[get_column_letter(column)].width = _WIDTH


def _filled(row: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((column, text) for column, text in enumerate(row, 1) if text)
