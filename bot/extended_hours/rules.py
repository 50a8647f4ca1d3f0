"""S17: the hall's rules for extended hours: `knowledge/data/deeds/extended_hours.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from connectors.contract import Channel
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Hall, Strict

FILE = "extended_hours.yaml"
Minutes = Annotated[int, Field(ge=1, le=5000)]


class ExtendedHoursRules(Strict):
    """See extended_hours.yaml for what each rule means."""

    by_telephone: tuple[Channel, ...]
    default_department: str | None
    answer_minutes: Minutes
    lead_minutes: Minutes
    least_minutes: Minutes
    near_closing_minutes: Minutes


@cache
def extended_hours_rules(folder: Path) -> ExtendedHoursRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / FILE, ExtendedHoursRules)


def check(folder: Path, hall: Hall) -> None:
    """Raises KnowledgeError when the default department is none of the hall."""
    department = extended_hours_rules(folder).default_department
    if department is not None and department not in {d.id for d in hall.departments}:
        raise KnowledgeError([Problem(folder / FILE, 1, f"default_department: hall.yaml 里没有部门 {department}")])
