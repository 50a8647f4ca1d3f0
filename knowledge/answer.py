"""Reads answers out of guides, word for word: nothing is generated, each line is a published field in its frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.guide_lines import GuideLines
from knowledge.labels import Labels
from knowledge.model import Disclosure, Guide, Hall, Situation


@dataclass(frozen=True)
class AnswerField:
    """One disclosure of one guide as citizens read it."""

    disclosure: Disclosure
    label: str
    text: str


@dataclass(frozen=True)
class Answer:
    """The asked fields of one guide and where they are from; `missing` are those that were never published."""

    code: str
    title: str
    checked_on: date
    fields: tuple[AnswerField, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Writer:
    """Writes answers in the hall's words; `guides` give the names of the items before and after one."""

    hall: Hall
    labels: Labels
    guides: Mapping[str, Guide]

    def answer(self, guide: Guide, disclosures: Sequence[Disclosure], situation: Situation | None = None) -> Answer:
        """The asked disclosures, in the order of the guide; none asked means all eight."""
        asked = [d for d in Disclosure if d in disclosures] or list(Disclosure)
        lines = GuideLines(self.hall, self.labels, self.guides)
        texts = [(d, lines.text(guide, d, situation)) for d in asked]
        fields = tuple(AnswerField(d, self.labels.disclosures[d], text) for d, text in texts if text)
        missing = tuple(self.labels.disclosures[d] for d, text in texts if not text)
        titled = self.labels.lines.titled
        title = titled.format(name=guide.name, situation=situation.name) if situation else guide.name
        return Answer(guide.code, title, guide.checked_on, fields, missing)
