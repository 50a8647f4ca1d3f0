"""S14: the hall's rules for help and agency: `knowledge/data/deeds/assistance.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from connectors.contract import Channel
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Hall, Strict

FILE = "assistance.yaml"
Id = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,24}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Cued(Strict):
    """Something that a citizen names by one of its `cues`."""

    id: Id
    label: Label
    cues: tuple[str, ...]


class AssistanceKind(Cued):
    needs_matter: bool = False
    visit: bool = False
    special_groups_only: bool = False
    mandate: bool = False


class Mandate(Strict):
    names: Annotated[str, Field(min_length=1, max_length=60)]
    template: Annotated[str, Field(min_length=1, max_length=1000)]


class AssistanceRules(Strict):
    """See assistance.yaml for what each rule means."""

    by_telephone: tuple[Channel, ...]
    default_department: str | None
    answer_minutes: Annotated[int, Field(ge=5, le=5000)]
    kinds: Annotated[tuple[AssistanceKind, ...], Field(min_length=1)]
    other_kind: AssistanceKind
    groups: Annotated[tuple[Cued, ...], Field(min_length=1, max_length=10)]
    no_group: Label
    mandate: Mandate

    @property
    def all_kinds(self) -> tuple[AssistanceKind, ...]:
        return (*self.kinds, self.other_kind)

    def kind(self, id_: str) -> AssistanceKind:
        """The kind of that id; KeyError if there is none."""
        return {kind.id: kind for kind in self.all_kinds}[id_]

    def group_label(self, id_: str) -> str:
        """What the group of that id is called; "" is no group."""
        return {"": self.no_group, **{group.id: group.label for group in self.groups}}[id_]


@cache
def assistance_rules(folder: Path) -> AssistanceRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / FILE, AssistanceRules)


def check(folder: Path, hall: Hall) -> None:
    """Raises KnowledgeError when the default department is none of the hall."""
    department = assistance_rules(folder).default_department
    if department is not None and department not in {d.id for d in hall.departments}:
        raise KnowledgeError([Problem(folder / FILE, 1, f"default_department: hall.yaml 里没有部门 {department}")])
