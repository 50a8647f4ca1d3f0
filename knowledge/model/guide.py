"""The typed model of an office guide (办事指南) with the eight disclosures.

A guide is read from a YAML file or an import and never changed in memory. Guides of the hall itself are complete;
those of other platforms may lack disclosures, which is then said honestly.
Source: DB42/T 2327-2024, 7.2.2.2 (the eight disclosures) and 7.2.3 (deferrable materials, commitments).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from knowledge.model.common import ItemCode, Key, Strict, Text


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


class LegalBasis(Strict):
    """One law and, where it is certain, the article; `gist` says in a sentence what it rules."""

    law: Text
    article: Text | None = None
    gist: Text | None = None


class Material(Strict):
    """One thing to bring. `count` is the number of copies; `required_if` limits it to some applicants. Form and
    issuer may be unknown in guides of other platforms."""

    name: Text
    kind: MaterialKind = MaterialKind.MAIN
    form: MaterialForm | None = None
    count: Annotated[int, Field(ge=1, le=20)] = 1
    issuer: Text | None = None
    required_if: Text | None = None
    note: Text | None = None
    defer_days: Annotated[int, Field(ge=1, le=60)] | None = None

    @model_validator(mode="after")
    def _deferral_belongs_to_deferrable(self) -> Material:
        if (self.kind is MaterialKind.DEFERRABLE) != (self.defer_days is not None):
            raise ValueError("容缺材料(deferrable)必须且只有容缺材料可以填写 defer_days(补交期限,工作日)")
        return self


class Commitment(Strict):
    """A proof that a written commitment may replace (告知承诺): what is promised, and what follows if it is untrue."""

    replaces: Text
    promise: Text
    if_false: Text


class SampleField(Strict):
    """One line of a filled sample, for example 申领原因: 丢失补领."""

    label: Text
    value: Text


class Form(Strict):
    """A form of the item: how to get it, and a sample of how it is filled in (示范文本)."""

    name: Text
    obtain: Text
    sample: tuple[SampleField, ...] = ()


class Step(Strict):
    name: Text
    text: Text


class Elsewhere(Strict):
    """A place outside the hall where the item is handled as well, or only."""

    authority: Text
    address: Text | None = None
    telephone: Text | None = None
    note: Text | None = None


class Location(Strict):
    """Where the item is handled: window ids of hall.yaml, places outside the hall, online (`link`: its address)."""

    windows: tuple[Text, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    online: Text | None = None
    link: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Location:
        if not (self.windows or self.elsewhere or self.online):
            raise ValueError("windows(本大厅窗口)、elsewhere(其他地点)、online(网上办理)至少填写一项")
        return self


class TimeLimit(Strict):
    """`statutory` and `promised` are the published sentences; `local` marks the demo hall's own promise."""

    statutory: Text
    promised: Text
    on_the_spot: bool = False
    local: bool = True
    note: Text | None = None


class Fees(Strict):
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


class DisclosureSet(Strict):
    """The disclosures that a situation changes; those left out are as in the guide."""

    location: Location | None = None
    legal_basis: tuple[LegalBasis, ...] | None = None
    conditions: tuple[Text, ...] | None = None
    materials: tuple[Material, ...] | None = None
    procedure: tuple[Step, ...] | None = None
    time_limit: TimeLimit | None = None
    fees: Fees | None = None


class Situation(Strict):
    """A variant of an item (情形). `ask` are whole phrases in which a citizen names item and situation; `cues` are
    the words that show the situation when the item is known ("孩子", "代办")."""

    id: Key
    name: Text
    cues: tuple[Text, ...] = ()
    ask: tuple[Text, ...] = ()
    changes: DisclosureSet


class Authority(Strict):
    """Who answers for a guide that is not of a department of this hall."""

    name: Text
    telephone: Text | None = None


class Guide(Strict):
    """An office guide (办事指南). `name` is itself the first disclosure.

    `department` and `location.windows` are ids of the hall file; a guide of another platform names its `authority`
    and its `origin` instead. `aliases` are formal or short names, `colloquial` the ways in which citizens say that
    they need this item. A disclosure that was never published is empty or None.
    """

    code: ItemCode
    name: Text
    department: Text | None = None
    authority: Authority | None = None
    origin: Text | None = None
    applicant: Applicant
    checked_on: date
    checked_by: Text
    valid_until: date | None = None
    aliases: tuple[Text, ...] = ()
    colloquial: tuple[Text, ...] = ()
    location: Location | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    conditions: tuple[Text, ...] = ()
    materials: tuple[Material, ...] = ()
    procedure: tuple[Step, ...] = ()
    time_limit: TimeLimit | None = None
    fees: Fees | None = None
    situations: tuple[Situation, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    forms: tuple[Form, ...] = ()
    refusal_reasons: tuple[Text, ...] = ()
    preceding: tuple[ItemCode, ...] = ()
    following: tuple[ItemCode, ...] = ()
    related: tuple[ItemCode, ...] = ()
    results: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one_owner(self) -> Guide:
        if (self.department is None) == (self.authority is None):
            raise ValueError("department(本大厅部门)和 authority(其他主管部门)必须且只能填写一个")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All the names under which the item can be asked for, the official one first."""
        return (self.name, *self.aliases, *self.colloquial, *(ask for s in self.situations for ask in s.ask))
