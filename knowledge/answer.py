"""Reads answers out of guides, word for word: nothing is generated, each line is a published field in its frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.labels import Labels
from knowledge.model import (
    Disclosure,
    DisclosureSet,
    Fees,
    Guide,
    Hall,
    LegalBasis,
    Location,
    Material,
    Step,
    TimeLimit,
)


@dataclass(frozen=True)
class AnswerField:
    """One disclosure of one guide as citizens read it."""

    disclosure: Disclosure
    label: str
    text: str


@dataclass(frozen=True)
class Answer:
    """The asked fields of one guide and where they are from."""

    code: str
    title: str
    checked_on: date
    fields: tuple[AnswerField, ...]


def compose(guide: Guide, disclosures: Sequence[Disclosure], hall: Hall, labels: Labels) -> Answer:
    """The asked disclosures, in the order of the guide; none asked means all eight.

    Where a situation changes a disclosure, its variant follows under the situation's name (DB42/T 2327, 7.2.2:
    everything is told at once).
    """
    asked = [d for d in Disclosure if d in disclosures] or list(Disclosure)
    writer = _Writer(hall, labels)
    fields = tuple(AnswerField(d, labels.disclosures[d], writer.text(guide, d)) for d in asked)
    return Answer(guide.code, guide.name, guide.checked_on, fields)


class _Writer:
    """Turns the typed values of a disclosure into lines."""

    def __init__(self, hall: Hall, labels: Labels) -> None:
        self._hall, self._labels, self._lines = hall, labels, labels.lines

    def text(self, guide: Guide, disclosure: Disclosure) -> str:
        if disclosure is Disclosure.NAME:
            return "\n".join(self._name(guide))
        parts = self._of(guide, disclosure)
        if disclosure is Disclosure.LOCATION:
            department = self._hall.department(guide.department)
            parts.append(self._lines.telephone.format(department=department.name, telephone=department.telephone))
        parts += self._addition(guide, disclosure)
        for situation in guide.situations:
            changed = self._of(situation.changes, disclosure)
            if changed:
                parts += ["", self._lines.situation.format(situation=situation.name), *changed]
        return "\n".join(parts)

    def _addition(self, guide: Guide, disclosure: Disclosure) -> list[str]:
        """What belongs to a disclosure without being one: when an application is refused, and what comes of it."""
        if disclosure is Disclosure.CONDITIONS and guide.refusal_reasons:
            return [self._lines.refusals, *(self._lines.refusal.format(text=text) for text in guide.refusal_reasons)]
        if disclosure is Disclosure.PROCEDURE and guide.results:
            return [self._lines.results.format(results="、".join(guide.results))]
        return []

    def _name(self, guide: Guide) -> list[str]:
        aliases = "、".join(guide.aliases)
        return [guide.name] + ([self._lines.aliases.format(aliases=aliases)] if aliases else [])

    def _of(self, source: Guide | DisclosureSet, disclosure: Disclosure) -> list[str]:
        value = getattr(source, disclosure.value)
        if value is None:
            return []
        write: dict[Disclosure, Callable[..., list[str]]] = {
            Disclosure.LOCATION: self._location,
            Disclosure.LEGAL_BASIS: self._legal_basis,
            Disclosure.CONDITIONS: self._conditions,
            Disclosure.MATERIALS: self._materials,
            Disclosure.PROCEDURE: self._procedure,
            Disclosure.TIME_LIMIT: self._time_limit,
            Disclosure.FEES: self._fees,
        }
        return write[disclosure](value)

    def _location(self, location: Location) -> list[str]:
        lines = []
        for window_id in location.windows:
            zone, window = self._hall.window(window_id)
            lines.append(
                self._lines.window.format(
                    hall=self._hall.name,
                    address=self._hall.address,
                    floor=zone.floor,
                    zone_id=zone.id,
                    zone=zone.name,
                    window_id=window.id,
                    window=window.name,
                )
            )
        if location.online:
            lines.append(self._lines.online.format(online=location.online))
        return lines + self._plain_note(location.note)

    def _legal_basis(self, bases: Sequence[LegalBasis]) -> list[str]:
        lines = []
        for basis in bases:
            kind = "legal_quoted" if "《" in basis.law else "legal"
            template: str = getattr(self._lines, f"{kind}_gist" if basis.gist else kind)
            lines.append(template.format(law=basis.law, article=basis.article or "", gist=basis.gist))
        return lines

    def _conditions(self, conditions: Sequence[str]) -> list[str]:
        return [f"{number}. {text}" for number, text in enumerate(conditions, start=1)]

    def _materials(self, materials: Sequence[Material]) -> list[str]:
        lines = []
        for number, material in enumerate(materials, start=1):
            lines.append(
                self._lines.material.format(
                    number=number,
                    name=material.name,
                    form=self._labels.material_forms[material.form],
                    count=material.count,
                    kind=self._labels.material_kinds[material.kind],
                    issuer=material.issuer,
                )
            )
            if material.required_if:
                lines.append(self._lines.required_if.format(required_if=material.required_if))
            if material.defer_days:
                lines.append(self._lines.defer.format(defer_days=material.defer_days))
            if material.note:
                lines.append(self._lines.note.format(note=material.note))
        return lines

    def _procedure(self, steps: Sequence[Step]) -> list[str]:
        return [
            self._lines.step.format(number=number, name=step.name, text=step.text)
            for number, step in enumerate(steps, start=1)
        ]

    def _time_limit(self, limit: TimeLimit) -> list[str]:
        promised = self._lines.promised_local if limit.local else self._lines.promised
        lines = [
            self._lines.statutory.format(statutory=limit.statutory),
            promised.format(promised=limit.promised),
        ]
        if limit.on_the_spot:
            lines.append(self._lines.on_the_spot)
        return lines + self._plain_note(limit.note)

    def _fees(self, fees: Fees) -> list[str]:
        lines = [fees.text]
        if fees.basis:
            lines.append(self._lines.fee_basis.format(basis=fees.basis))
        return lines + ([self._lines.local] if fees.local else [])

    def _plain_note(self, note: str | None) -> list[str]:
        return [self._lines.plain_note.format(note=note)] if note else []
