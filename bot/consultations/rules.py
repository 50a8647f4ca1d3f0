"""S13: the hall's rules for consultations: `knowledge/data/deeds/consultations.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from connectors.contract import Channel
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Hall, Strict

FILE = "consultations.yaml"


class ConsultationRules(Strict):
    """See consultations.yaml for what each rule means."""

    default_owner: str | None
    by_telephone: tuple[Channel, ...]
    fetch_days: Annotated[int, Field(ge=1, le=365)]


@cache
def consultation_rules(folder: Path) -> ConsultationRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / FILE, ConsultationRules)


def check(folder: Path, hall: Hall) -> None:
    """Raises KnowledgeError when the default owner is no department of the hall."""
    owner = consultation_rules(folder).default_owner
    if owner is not None and owner not in {d.id for d in hall.departments}:
        raise KnowledgeError([Problem(folder / FILE, 1, f"default_owner: hall.yaml 里没有部门 {owner}")])
