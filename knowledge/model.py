"""The typed model of what a hall publishes: guides with the eight disclosures, and the hall itself.

A guide is read from one YAML file and never changed in memory. Every model forbids unknown keys, so a
mistyped key is an error with its line (see `knowledge.loader`), not a silently missing disclosure.
Source: DB42/T 2327-2024, 7.2.2.2 (the eight disclosures) and 7.2.3 (deferrable materials).
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{3}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Disclosure(StrEnum):
    """The eight disclosures (八公开), in the order in which a whole guide shows them."""

    NAME = "name"
    LOCATION = "location"
    LEGAL_BASIS = "legal_basis"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    PROCEDURE = "procedure"
    TIME_LIMIT = "time_limit"
    FEES = "fees"


class Applicant(StrEnum):
    NATURAL_PERSON = "natural_person"
    LEGAL_PERSON = "legal_person"


class MaterialKind(StrEnum):
    """Main materials must be there at once; deferrable ones may follow (容缺受理)."""

    MAIN = "main"
    DEFERRABLE = "deferrable"


class MaterialForm(StrEnum):
    ORIGINAL = "original"
    COPY = "copy"
    ORIGINAL_AND_COPY = "original_and_copy"
    ELECTRONIC = "electronic"


class Published(BaseModel):
    """Base of everything published: immutable, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LegalBasis(Published):
    """One law and, where it is certain, the article; `gist` says in a sentence what it rules."""

    law: Text
    article: Text | None = None
    gist: Text | None = None


class Material(Published):
    """One thing to bring. `count` is the number of copies; `required_if` limits it to some applicants."""

    name: Text
    kind: MaterialKind
    form: MaterialForm
    count: Annotated[int, Field(ge=1, le=20)] = 1
    issuer: Text
    required_if: Text | None = None
    note: Text | None = None
    defer_days: Annotated[int, Field(ge=1, le=60)] | None = None

    @model_validator(mode="after")
    def _deferral_belongs_to_deferrable(self) -> Material:
        if (self.kind is MaterialKind.DEFERRABLE) != (self.defer_days is not None):
            raise ValueError("容缺材料(deferrable)必须且只有容缺材料可以填写 defer_days(补交期限,工作日)")
        return self


class Step(Published):
    name: Text
    text: Text


class Location(Published):
    """Where the item is handled: window ids of hall.yaml, and other ways (online, other places)."""

    windows: Annotated[tuple[Text, ...], Field(min_length=1)]
    online: Text | None = None
    note: Text | None = None


class TimeLimit(Published):
    """`statutory` and `promised` are the published sentences; `local` marks the demo hall's own promise."""

    statutory: Text
    promised: Text
    on_the_spot: bool = False
    local: bool = True
    note: Text | None = None


class Fees(Published):
    """`text` is the published sentence; `amount_yuan` is 0 exactly when nothing is charged."""

    charged: bool
    amount_yuan: Annotated[float, Field(ge=0)] | None = None
    text: Text
    basis: Text | None = None
    local: bool = False

    @model_validator(mode="after")
    def _amount_agrees(self) -> Fees:
        if self.charged and self.amount_yuan == 0:
            raise ValueError("收费(charged: true)时 amount_yuan 不能为 0;金额不固定请留空")
        if not self.charged and self.amount_yuan not in (None, 0):
            raise ValueError("不收费(charged: false)时 amount_yuan 只能为 0 或留空")
        return self


class DisclosureSet(Published):
    """The disclosures that a situation changes; those left out are as in the guide."""

    location: Location | None = None
    legal_basis: tuple[LegalBasis, ...] | None = None
    conditions: tuple[Text, ...] | None = None
    materials: tuple[Material, ...] | None = None
    procedure: tuple[Step, ...] | None = None
    time_limit: TimeLimit | None = None
    fees: Fees | None = None


class Situation(Published):
    """A variant of an item (情形); `ask` is how a citizen describes it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Text
    ask: tuple[Text, ...] = ()
    changes: DisclosureSet


class Guide(Published):
    """An office guide (办事指南). `name` is itself the first disclosure.

    `department` and `location.windows` are ids of the hall file; `aliases` are formal or short names,
    `colloquial` the ways in which citizens say that they need this item.
    """

    code: ItemCode
    name: Text
    department: Text
    applicant: Applicant
    checked_on: date
    checked_by: Text
    aliases: tuple[Text, ...]
    colloquial: Annotated[tuple[Text, ...], Field(min_length=3)]
    location: Location
    legal_basis: Annotated[tuple[LegalBasis, ...], Field(min_length=1)]
    conditions: Annotated[tuple[Text, ...], Field(min_length=1)]
    materials: Annotated[tuple[Material, ...], Field(min_length=1)]
    procedure: Annotated[tuple[Step, ...], Field(min_length=1)]
    time_limit: TimeLimit
    fees: Fees
    situations: tuple[Situation, ...] = ()
    refusal_reasons: tuple[Text, ...] = ()
    preceding: tuple[ItemCode, ...] = ()
    following: tuple[ItemCode, ...] = ()
    related: tuple[ItemCode, ...] = ()
    results: tuple[Text, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All the names under which the item can be asked for, the official one first."""
        return (self.name, *self.aliases, *self.colloquial, *(ask for s in self.situations for ask in s.ask))


class Department(Published):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: Text
    telephone: Text


class Window(Published):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}$")]
    name: Text
    departments: Annotated[tuple[Text, ...], Field(min_length=1)]


class Zone(Published):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    name: Text
    floor: Annotated[int, Field(ge=-3, le=30)]
    windows: tuple[Window, ...]


class Session(Published):
    """Opening hours of some weekdays (1 = Monday), local time; two sessions a day mean a lunch break."""

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Session:
        if self.opens >= self.closes:
            raise ValueError("opens 必须早于 closes")
        return self


class Hall(Published):
    """One service centre: departments, zones with windows, opening hours, contacts."""

    name: Text
    address: Text
    telephone: Text
    local_values_note: Text
    consultation_reply_working_days: Annotated[int, Field(ge=1, le=30)]
    departments: Annotated[tuple[Department, ...], Field(min_length=1)]
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)]
    hours: Annotated[tuple[Session, ...], Field(min_length=1)]

    def department(self, department_id: str) -> Department:
        """The department of that id; KeyError if the hall has none."""
        return {d.id: d for d in self.departments}[department_id]

    def window(self, window_id: str) -> tuple[Zone, Window]:
        """The window of that id and its zone; KeyError if the hall has none."""
        return {w.id: (z, w) for z in self.zones for w in z.windows}[window_id]
