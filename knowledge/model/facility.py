"""What citizens ask about the hall itself (S11): rooms and services, and facts read from the hall file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from knowledge.model.common import Key, Strict, Text


class Computed(StrEnum):
    """Answers that are read from the hall file and the calendar at the moment of the question."""

    HOURS = "hours"
    OPEN_NOW = "open_now"
    OPEN_ON_DAY = "open_on_day"
    LUNCH = "lunch"
    HOLIDAYS = "holidays"
    ADDRESS = "address"
    TELEPHONE = "telephone"
    FLOORS = "floors"
    WINDOW_OF_DEPARTMENT = "window_of_department"


class Facility(Strict):
    """One topic about the hall: a fixed `text`, or a `computed` answer; `phrases` are ways to ask for it."""

    id: Key
    name: Text
    phrases: Annotated[tuple[Text, ...], Field(min_length=3)]
    text: Text | None = None
    computed: Computed | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Facility:
        if (self.text is None) == (self.computed is None):
            raise ValueError("text(固定答复)和 computed(按大厅数据计算)必须且只能填写一个")
        return self


class Facilities(Strict):
    facilities: Annotated[tuple[Facility, ...], Field(min_length=1)]
