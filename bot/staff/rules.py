"""The hall's rules for accounts: `knowledge/data/deeds/staff.yaml`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from knowledge.loader import load_yaml
from knowledge.model import Strict


class StaffRules(Strict):
    """See staff.yaml for what each figure means."""

    password_min_characters: Annotated[int, Field(ge=8, le=64)]
    common_passwords: tuple[str, ...]
    failed_logins: Annotated[int, Field(ge=3, le=100)]
    locked_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    idle_minutes: Annotated[int, Field(ge=5, le=24 * 60)]
    session_hours: Annotated[int, Field(ge=1, le=24)]
    oidc_minutes: Annotated[int, Field(ge=1, le=60)]

    @property
    def locked(self) -> timedelta:
        return timedelta(minutes=self.locked_minutes)

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.session_hours)


@cache
def staff_rules(folder: Path) -> StaffRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "staff.yaml", StaffRules)
