"""S19: the hall's rules for ratings: `knowledge/data/deeds/ratings.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.ratings.model import Grade
from connectors.contract import Channel
from knowledge.loader import load_yaml
from knowledge.model import Strict

FILE = "ratings.yaml"
Label = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Days = Annotated[int, Field(ge=0, le=30)]


class GradeWords(Strict):
    label: Label
    cues: tuple[str, ...]


class RatingKind(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,24}$")]
    label: Label
    cues: tuple[str, ...]


class RatingRules(Strict):
    """See ratings.yaml for what each rule means."""

    by_telephone: tuple[Channel, ...]
    named_working_days: Days
    anonymous_working_days: Days
    follow_up_by: Literal["department", "supervisors"]
    grades: dict[Grade, GradeWords]
    kinds: Annotated[tuple[RatingKind, ...], Field(min_length=1, max_length=9)]
    other_kind: RatingKind
    assistant_cues: tuple[str, ...]

    @model_validator(mode="after")
    def _all_grades(self) -> RatingRules:
        if list(self.grades) != list(Grade):
            raise ValueError("grades 必须是五个等级，从最好到最差")
        return self

    @property
    def all_kinds(self) -> tuple[RatingKind, ...]:
        return (*self.kinds, self.other_kind)


@cache
def rating_rules(folder: Path) -> RatingRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / FILE, RatingRules)
