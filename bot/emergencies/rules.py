"""By which words an emergency is recognised, as data: knowledge/data/deeds/emergencies.yaml (S18)."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.emergencies.model import EmergencyKind
from knowledge.loader import load_yaml
from knowledge.model import Strict

NOTHING = "(?!)"


def _compiles(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"不是正确的正则表达式：{error}") from error
    if compiled.search(""):
        raise ValueError("这个表达式连空白也符合，请写得具体一些")
    return pattern


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_compiles)]
Patterns = tuple[Pattern, ...]
Share = Annotated[float, Field(gt=0, le=1)]


def one_of(patterns: Patterns) -> re.Pattern[str]:
    """One expression for all of them; it finds nothing if there is none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or NOTHING)


class KindRules(Strict):
    """The cues of one kind, and who is alarmed: "hall", "supervisors" or a department. `often_told`: in the free text
    of a form (a complaint) it counts only with something urgent."""

    kind: EmergencyKind
    audience: Annotated[str, StringConstraints(pattern=r"^(hall|supervisors|[A-Z]{2})$")]
    often_told: bool = False
    strong: Patterns
    weak: Patterns = ()
    vetoes: Patterns = ()

    @cached_property
    def strong_cues(self) -> re.Pattern[str]:
        return one_of(self.strong)

    @cached_property
    def weak_cues(self) -> re.Pattern[str]:
        return one_of(self.weak)

    @cached_property
    def veto(self) -> re.Pattern[str]:
        return one_of(self.vetoes)


class EmergencyRules(Strict):
    """See emergencies.yaml for what each entry means."""

    weak_from: Share
    alone_from: Share
    repeat_seconds: Annotated[int, Field(ge=1, le=3600)]
    place_characters: Annotated[int, Field(ge=1, le=100)]
    never: Patterns
    unless_urgent: Patterns
    urgent: Patterns
    places: Patterns
    kinds: tuple[KindRules, ...]

    @model_validator(mode="after")
    def _every_kind_once(self) -> Self:
        if sorted(rule.kind for rule in self.kinds) != sorted(EmergencyKind):
            raise ValueError("kinds 里每一种突发情况要有一项，而且只有一项")
        return self

    @property
    def repeat(self) -> timedelta:
        return timedelta(seconds=self.repeat_seconds)

    def of(self, kind: EmergencyKind) -> KindRules:
        return next(rule for rule in self.kinds if rule.kind is kind)

    @cached_property
    def never_now(self) -> re.Pattern[str]:
        return one_of(self.never)

    @cached_property
    def about_procedure(self) -> re.Pattern[str]:
        return one_of(self.unless_urgent)

    @cached_property
    def urgently(self) -> re.Pattern[str]:
        return one_of(self.urgent)

    @cached_property
    def place(self) -> re.Pattern[str]:
        return one_of(self.places)


@cache
def emergency_rules(folder: Path) -> EmergencyRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "emergencies.yaml", EmergencyRules)
