"""The lines in which citizens read the fields of a guide (templates: labels.yaml)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from knowledge.labels import Labels
from knowledge.model import (
    Disclosure,
    DisclosureSet,
    Elsewhere,
    Fees,
    Form,
    Guide,
    Hall,
    LegalBasis,
    Location,
    Material,
    Situation,
    Step,
    TimeLimit,
)


class GuideLines:
    """Turns the typed values of a disclosure into lines. `guides` give the names of other items."""

    def __init__(self, hall: Hall, labels: Labels, guides: Mapping[str, Guide]) -> None:
        self._hall, self._labels, self._lines, self._guides = hall, labels, labels.lines, guides

    def text(self, guide: Guide, disclosure: Disclosure, situation: Situation | None = None) -> str:
        """Empty when the guide does not publish it. With a situation only what holds for it; without one, every
        variant follows under the situation's name (DB42/T 2327, 7.2.2: everything is told at once)."""
        if disclosure is Disclosure.NAME:
            return "\n".join(self._name(guide))
        changed = self._of(situation.changes, disclosure) if situation else []
        parts = changed or self._of(guide, disclosure)
        if not parts:
            return ""
        if disclosure is Disclosure.LOCATION:
            parts += self._telephone(guide)
        parts += self._addition(guide, disclosure)
        for variant in guide.situations if situation is None else ():
            varied = self._of(variant.changes, disclosure)
            if varied:
                parts += ["", self._lines.situation.format(situation=variant.name), *varied]
        return "\n".join(parts)

    def _telephone(self, guide: Guide) -> list[str]:
        if guide.department:
            department = self._hall.department(guide.department)
            return [self._lines.telephone.format(department=department.name, telephone=department.telephone)]
        if guide.authority and guide.authority.telephone:
            return [self._lines.telephone.format(department=guide.authority.name, telephone=guide.authority.telephone)]
        return []

    def _addition(self, guide: Guide, disclosure: Disclosure) -> list[str]:
        """What belongs to a disclosure without being one: refusals to the conditions, forms and commitments to the
        materials, results and the items before and after to the procedure."""
        match disclosure:
            case Disclosure.CONDITIONS if guide.refusal_reasons:
                reasons = (self._lines.refusal.format(text=text) for text in guide.refusal_reasons)
                return [self._lines.refusals, *reasons]
            case Disclosure.MATERIALS:
                return [*self._commitments(guide), *(line for form in guide.forms for line in self._form(form))]
            case Disclosure.PROCEDURE:
                return self._around(guide)
        return []

    def _commitments(self, guide: Guide) -> list[str]:
        return [
            self._lines.commitment.format(replaces=c.replaces, promise=c.promise, if_false=c.if_false)
            for c in guide.commitments
        ]

    def _form(self, form: Form) -> list[str]:
        lines = [self._lines.form.format(name=form.name, obtain=form.obtain)]
        if form.sample:
            filled = "；".join(f"{field.label}：{field.value}" for field in form.sample)
            lines.append(self._lines.sample.format(filled=filled))
        return lines

    def _around(self, guide: Guide) -> list[str]:
        """Results, and the items before, after and beside this one (HL 6.1.2)."""
        lines = [self._lines.results.format(results="、".join(guide.results))] if guide.results else []
        for template, codes in (
            (self._lines.preceding, guide.preceding),
            (self._lines.following, guide.following),
            (self._lines.related, guide.related),
        ):
            known = [self._guides[code].name for code in codes if code in self._guides]
            if known:
                lines.append(template.format(items="、".join(known)))
        return lines

    def _name(self, guide: Guide) -> list[str]:
        aliases = "、".join(guide.aliases)
        return [guide.name] + ([self._lines.aliases.format(aliases=aliases)] if aliases else [])

    def _of(self, source: Guide | DisclosureSet, disclosure: Disclosure) -> list[str]:
        value = getattr(source, disclosure.value)
        if not value:
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
        lines += [self._elsewhere(place) for place in location.elsewhere]
        if location.online:
            lines.append(self._lines.online.format(online=location.online))
        if location.link:
            lines.append(self._lines.link.format(link=location.link))
        return lines + self._plain_note(location.note)

    def _elsewhere(self, place: Elsewhere) -> str:
        known = [place.address and self._lines.address.format(address=place.address)]
        known += [place.telephone and self._lines.call.format(telephone=place.telephone), place.note]
        line = self._lines.elsewhere.format(authority=place.authority, details="，".join(filter(None, known)))
        return line.removesuffix("，")

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
                self._lines.material.format(number=number, name=material.name, details=self._details(material))
            )
            if material.required_if:
                lines.append(self._lines.required_if.format(required_if=material.required_if))
            if material.defer_days:
                lines.append(self._lines.defer.format(defer_days=material.defer_days))
            if material.note:
                lines.append(self._lines.note.format(note=material.note))
        return lines

    def _details(self, material: Material) -> str:
        kind = self._labels.material_kinds[material.kind]
        form = f"{self._labels.material_forms[material.form]}{material.count}份" if material.form else ""
        issuer = self._lines.issuer.format(issuer=material.issuer) if material.issuer else ""
        return "，".join(filter(None, (form, kind, issuer)))

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
