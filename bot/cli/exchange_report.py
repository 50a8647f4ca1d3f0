"""What `wenban import` and `wenban history` print: tables in Chinese."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.publishing.importing import Imported
from bot.publishing.model import ChangeRow
from bot.publishing.service import FILES
from knowledge.calendar import CHINA
from knowledge.exchange import columns
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.problems import Note, Refusal

UNITS = {ContentKind.GUIDES: "个事项", ContentKind.FAQ: "条问答"}
_SHOWN = 5
"""How many codes or places are named before “等”."""

_WORDS = {"published": "首次发布", "withdrawn": "撤回"}


def print_imported(console: Console, kind: ContentKind, imported: Imported, *, dry_run: bool) -> None:
    """What was added and changed, what is missing, and what an author should look at."""
    done = imported.published
    table = _table("结果", "数量", "编号")
    for result, ids in (("新增", done.added), ("变更", done.changed), ("没有变化", done.unchanged)):
        table.add_row(result, str(len(ids)), _some(ids))
    console.print(table)
    lacking = {label: count for label, count in imported.missing.items() if count}
    if lacking:
        table = _table("缺少的内容", "数量", "占比")
        for label, count in lacking.items():
            table.add_row(label, str(count), f"{count / imported.total:.0%}")
        console.print(table)
    if imported.notes:
        _print_notes(console, kind, imported.notes)
    console.print(_verdict(kind, imported, dry_run=dry_run), highlight=False)


def print_refusals(console: Console, refusals: Sequence[Refusal]) -> None:
    """Every refusal, in the order of the file; what is wrong in the same way in several places takes one line."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for refusal in refusals:
        places[refusal.column, refusal.reason].append(refusal.place)
    table = _table("位置", "列", "原因和改法")
    for (column, reason), where in places.items():
        table.add_row("、".join(dict.fromkeys(where)) or "整个文件", column, reason)
    console.print(table)


def print_history(console: Console, kind: ContentKind, rows: Sequence[ChangeRow]) -> None:
    """Who changed which field when and from which file, newest first."""
    table = _table("时间", "操作人", "来源", "内容", "原来", "现在")
    for row in rows:
        when = row.changed_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        field = _WORDS.get(row.field) or columns.table(kind).label(row.field)
        by, source = ("数据文件夹" if text == FILES else text for text in (row.changed_by, row.source))
        table.add_row(when, by, source, field, _value(row.old), _value(row.new))
    console.print(table)


def _print_notes(console: Console, kind: ContentKind, notes: Sequence[Note]) -> None:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for note in notes:
        places[columns.table(kind).label(note.column), note.reason].append(note.place)
    table = _table("提醒", "列", "数量", "位置")
    for (column, reason), where in places.items():
        table.add_row(reason, column, str(len(where)), _some(list(dict.fromkeys(where))))
    console.print(table)


def _verdict(kind: ContentKind, imported: Imported, *, dry_run: bool) -> str:
    done = imported.published
    if not (done.added or done.changed):
        return f"没有变化：{imported.total} {UNITS[kind]}都与已发布的相同。"
    will = "试运行，没有发布。如果导入，将" if dry_run else "已"
    return f"{will}新增 {len(done.added)} {UNITS[kind]}，变更 {len(done.changed)} {UNITS[kind]}。"


def _table(*headers: str) -> Table:
    table = Table()
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _some(texts: Sequence[str]) -> str:
    return "、".join(texts[:_SHOWN]) + (f" 等 {len(texts)} 处" if len(texts) > _SHOWN else "")


def _value(value: Any) -> str:
    return "\n".join(_lines(value))


def _lines(value: Any) -> Iterator[str]:
    """A value of the history in lines; lists one entry a line."""
    if value is None:
        yield "（无）"
    elif isinstance(value, list):
        yield from (entry if isinstance(entry, str) else _json(entry) for entry in value)
    elif isinstance(value, bool):
        yield "是" if value else "否"
    else:
        yield value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
