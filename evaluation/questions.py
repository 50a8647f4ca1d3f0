"""Question sets: JSON lines with what a right reply is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

DATASETS = Path(__file__).parent / "datasets"

DISCLOSURES = (
    "name", "location", "legal_basis", "conditions", "materials", "procedure", "time_limit", "fees",
)  # fmt: skip

STATUS_OF = {
    "guide": "answered.guide",
    "clarify": "clarify.item",
    "out_of_scope": "unanswerable.out_of_scope",
    "no_match": "unanswerable.no_match",
    "smalltalk": "answered.smalltalk",
}


@dataclass(frozen=True)
class Question:
    """`expect` is a key of STATUS_OF; `items` the right item, or the right options of a clarification;
    `disclosures` empty means the whole guide."""

    id: str
    text: str
    expect: str
    items: tuple[str, ...]
    disclosures: tuple[str, ...]
    wording: str

    @property
    def asked(self) -> frozenset[str]:
        return frozenset(self.disclosures or DISCLOSURES)


def load_questions(path: Path) -> list[Question]:
    """The questions of a set; raises ValueError with the line of a bad one."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            question = Question(
                id=row["id"],
                text=row["text"],
                expect=row["expect"],
                items=tuple(row["items"]),
                disclosures=tuple(row["disclosures"]),
                wording=row["wording"],
            )
            if question.expect not in STATUS_OF or not question.asked <= set(DISCLOSURES):
                raise ValueError("unknown value of expect or disclosures")
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: {error!r}") from error
        questions.append(question)
    return questions
