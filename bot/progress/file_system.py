"""Reads the export file that an acceptance system drops (S26): CSV or JSON, read again whenever it changes."""

from __future__ import annotations

import csv
import hmac
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from bot.progress.model import Progress
from bot.progress.system import CHECK_CHARACTERS, SystemAway
from knowledge.reasons import reason_of

log = logging.getLogger(__name__)

CHECKS = ("id_last_four", "telephone_last_four")
"""Fields of a row besides those of Progress; at least one is filled in."""
LISTS = ("steps",)
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class BadRow:
    """A row that was left out: its line in a CSV file, or its place in a JSON list, from 1; and why."""

    row: int
    reason: str


@dataclass(frozen=True)
class _Entry:
    progress: Progress
    checks: tuple[str, ...]


class FileSystem:
    """One file. A file that cannot be read leaves what was read before in force; without any, it is SystemAway."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        self._stamp: Stamp | None = None
        self._entries: dict[str, _Entry] | None = None
        self.bad_rows: tuple[BadRow, ...] = ()

    def find(self, number: str, check: str) -> Progress | None:
        entry = self._read().get(number)
        told = check[-CHECK_CHARACTERS:].upper().encode()
        known = entry.checks if entry else ()
        fits = any([hmac.compare_digest(c.encode(), told) for c in known])  # noqa: C419 all are compared, always
        return entry.progress if entry and fits else None

    def look_up(self, number: str) -> Progress | None:
        entry = self._read().get(number)
        return entry.progress if entry else None

    def _read(self) -> dict[str, _Entry]:
        with self._lock:
            try:
                self._refresh()
            except (OSError, ValueError, csv.Error) as error:
                log.error("progress_file_unreadable error=%s", type(error).__name__)
            if self._entries is None:
                raise SystemAway(str(self._path))
            return self._entries

    def _refresh(self) -> None:
        """Does nothing while inode, size and time are those of the last reading."""
        status = self._path.stat()
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        if stamp == self._stamp:
            return
        rows = list(_rows(self._path))
        self._stamp = stamp
        entries, bad = {}, []
        for number, row in rows:
            try:
                entry = _entry(row)
                entries[entry.progress.number] = entry
            except (ValidationError, ValueError) as error:
                bad.append(BadRow(number, _reason(error)))
        self._entries, self.bad_rows = entries, tuple(bad)
        log.info("progress_file_read rows=%d bad=%d", len(entries), len(bad))


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """The rows with their places. Raises OSError, ValueError or csv.Error for a file that is none."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".json":
        data = json.loads(text)
        if not isinstance(data, list):
            raise ValueError("a list of applications is expected")
        yield from enumerate(data, start=1)
        return
    reader = csv.DictReader(io.StringIO(text), strict=True)
    if "number" not in (reader.fieldnames or ()):
        raise ValueError("the first line must name the columns")
    for row in reader:
        yield reader.line_num, _unfold(row)


def _unfold(row: dict[str | None, Any]) -> dict[str | None, Any]:
    """Empty cells are left out; `steps` is JSON in its cell."""
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    return {name: _json(value) if name in LISTS else value for name, value in filled.items()}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _entry(row: Any) -> _Entry:
    if not isinstance(row, dict):
        raise ValueError("不是一条记录")
    checks = tuple(str(row[c]).strip().upper() for c in CHECKS if row.get(c))
    if not checks or any(len(c) != CHECK_CHARACTERS for c in checks):
        raise ValueError(f"{' 和 '.join(CHECKS)} 至少填写一个，都是{CHECK_CHARACTERS}位")
    return _Entry(Progress.model_validate({k: v for k, v in row.items() if k not in CHECKS}), checks)


def _reason(error: Exception) -> str:
    """Without the values, which may be personal."""
    if isinstance(error, ValidationError):
        return "；".join(f"{'.'.join(map(str, e['loc']))}: {reason_of(e)}" for e in error.errors())
    return str(error)
