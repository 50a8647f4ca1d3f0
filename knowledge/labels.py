"""The Chinese labels of the closed lists and the lines in which a guide's fields are shown (labels.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from knowledge.loader import DATA, load_yaml
from knowledge.model import Disclosure, MaterialForm, MaterialKind, Strict


class Lines(Strict):
    """One template a line; the fields in braces are those named in `knowledge.answer`."""

    window: str
    online: str
    telephone: str
    legal: str
    legal_gist: str
    legal_quoted: str
    legal_quoted_gist: str
    material: str
    required_if: str
    defer: str
    note: str
    step: str
    statutory: str
    promised: str
    promised_local: str
    on_the_spot: str
    plain_note: str
    fee_basis: str
    local: str
    situation: str
    aliases: str
    refusals: str
    refusal: str
    results: str
    titled: str
    issuer: str
    link: str
    elsewhere: str
    address: str
    call: str
    commitment: str
    form: str
    sample: str
    preceding: str
    following: str
    related: str


class HallLines(Strict):
    """The lines of `knowledge.hall_answers`."""

    hours: str
    hours_note: str
    weekday_range: str
    open_until: str
    opens_again: str
    closed_now: str
    open_on: str
    closed_on: str
    closed_because: str
    changed_because: str
    closed_today: str
    changed_today: str
    reopens: str
    holidays_unknown: str
    lunch: str
    no_lunch: str
    address: str
    telephone: str
    floor: str
    window: str
    today: str
    tomorrow: str
    date: str


class Labels(Strict):
    disclosures: dict[Disclosure, str]
    material_kinds: dict[MaterialKind, str]
    material_forms: dict[MaterialForm, str]
    weekdays: Annotated[tuple[str, ...], Field(min_length=7, max_length=7)]
    lines: Lines
    hall: HallLines

    @model_validator(mode="after")
    def _complete(self) -> Labels:
        for kind, labels in (
            (Disclosure, self.disclosures),
            (MaterialKind, self.material_kinds),
            (MaterialForm, self.material_forms),
        ):
            missing = [member.value for member in kind if member not in labels]
            if missing:
                raise ValueError(f"缺少这些名称：{'、'.join(missing)}")
        return self


def load_labels(folder: Path = DATA) -> Labels:
    """The labels; raises KnowledgeError."""
    return load_yaml(folder / "labels.yaml", Labels)
