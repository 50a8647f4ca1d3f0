"""The hall itself: departments, zones with windows, opening hours."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from knowledge.model.common import Strict, Text, Weekday


class Department(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: Text
    telephone: Text
    short_names: tuple[Text, ...] = ()


class Window(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}$")]
    name: Text
    departments: Annotated[tuple[Text, ...], Field(min_length=1)]


class Zone(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    name: Text
    floor: Annotated[int, Field(ge=-3, le=30)]
    windows: tuple[Window, ...]


class Session(Strict):
    """Opening hours of some weekdays (1 = Monday), local time; two sessions a day mean a lunch break."""

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Session:
        if self.opens >= self.closes:
            raise ValueError("opens 必须早于 closes")
        return self


class Hall(Strict):
    """One service centre: departments, zones with windows, opening hours, contacts. A guide that was checked longer
    than `checked_within_days` ago says so when it answers."""

    name: Text
    address: Text
    telephone: Text
    local_values_note: Text
    consultation_reply_working_days: Annotated[int, Field(ge=1, le=30)]
    checked_within_days: Annotated[int, Field(ge=1, le=3650)] = 365
    departments: Annotated[tuple[Department, ...], Field(min_length=1)]
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)]
    hours: Annotated[tuple[Session, ...], Field(min_length=1)]

    def department(self, department_id: str) -> Department:
        """The department of that id; KeyError if the hall has none."""
        return {d.id: d for d in self.departments}[department_id]

    def window(self, window_id: str) -> tuple[Zone, Window]:
        """The window of that id and its zone; KeyError if the hall has none."""
        return {w.id: (z, w) for z in self.zones for w in z.windows}[window_id]
