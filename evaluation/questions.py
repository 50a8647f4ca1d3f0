"""Question sets: JSON lines with what a right reply is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

DATASETS = Path(__file__).parent / "datasets"
FROZEN = "frozen"
"""Name of the test set. Its texts are shown in no report, so that nobody tunes on them by chance."""

DISCLOSURES = (
    "name", "location", "legal_basis", "conditions", "materials", "procedure", "time_limit", "fees",
)  # fmt: skip

STATUS_OF = {
    "guide": "answered.guide",
    "several": "answered.guide",
    "clarify": "clarify.item",
    "out_of_scope": "unanswerable.out_of_scope",
    "privacy": "refused.privacy",
    "hall": "answered.hall",
    "faq": "answered.faq",
    "scenario": "clarify.situation",
    "smalltalk": "answered.smalltalk",
    "no_match": "unanswerable.no_match",
}


@dataclass(frozen=True)
class Question:
    """`expect` is a key of STATUS_OF; `items` the right item (each of them is right), all the items of `several`, the
    right options of a clarification, or the id of the FAQ entry, scenario, facility or topic of another authority;
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

    @property
    def group(self) -> str:
        """The item group: the prefix of the first item's code, "-" without items."""
        return self.items[0][:2] if self.items else "-"


def load_questions(path: Path) -> list[Question]:
    """The questions of a set; raises ValueError with the line of a bad one, which it does not quote."""
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


def fingerprint(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
