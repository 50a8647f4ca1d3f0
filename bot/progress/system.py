"""The acceptance system as we need it, and which one a hall has (S26)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.progress.model import Progress
from bot.progress.rules import progress_rules

CHECK_CHARACTERS = 4


class SystemAway(Exception):
    """The acceptance system cannot be asked now."""


class AcceptanceSystem(Protocol):
    """One contract for all: `check` are the last four characters of the applicant's identity document or telephone.
    An unknown number and a check that does not fit both give None. Raises SystemAway."""

    def find(self, number: str, check: str) -> Progress | None: ...

    def look_up(self, number: str) -> Progress | None:
        """For staff: without a check."""
        ...


def system_of(desk: Desk) -> AcceptanceSystem:
    """The hall's acceptance system; one object a process, because it remembers files and failures."""
    return _system(desk.rules, desk.database, desk.vault)


@lru_cache(4)
def _system(folder: Path, database: Database, vault: Vault) -> AcceptanceSystem:
    from bot.progress.file_system import FileSystem
    from bot.progress.http_system import HttpSystem
    from bot.progress.sql_system import SqlSystem

    rules = progress_rules(folder)
    if rules.source == "file":
        assert rules.file is not None
        return FileSystem(rules.file)
    if rules.source == "http":
        return HttpSystem(rules)
    return SqlSystem(database, vault)
