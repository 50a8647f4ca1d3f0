"""What the adapter learns from: pairs of texts that mean the same, in batches in which nothing else does."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.text.tokens import normalise

FOLDER = Path(__file__).parent / "pairs"
SERVICES, QUESTIONS = FOLDER / "services.jsonl", FOLDER / "questions.jsonl"
"""What a citizen says, and the name of the service that he needs; a paraphrase, and the question of a city's FAQ."""
ANSWERS = FOLDER / "answers.jsonl"
"""Questions of a city's FAQ by theme, with their answers and paraphrases."""
VALIDATION_SERVICES = FOLDER / "services_validation.jsonl"
VALIDATION_QUESTIONS = FOLDER / "questions_validation.jsonl"
"""Other services, with materials, conditions and questions, and other questions; for choosing only."""
VALIDATION_ANSWERS = FOLDER / "answers_validation.jsonl"
"""Other questions with their answers, for choosing only."""


@dataclass(frozen=True)
class Service:
    """A made-up service of another platform, and what citizens say who need it."""

    name: str
    materials: tuple[str, ...] = ()
    conditions: str = ""
    queries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two texts that mean the same; pairs of one `meaning` mean the same as each other. Of a `passage` the second is
    the text that answers the first. Pairs of one `theme` are easily taken for each other."""

    first: str
    second: str
    meaning: str
    passage: bool = False
    theme: str = ""


def read(path: Path) -> list[Pair]:
    """Raises ValueError, with file and line, for a line that is no pair."""
    return [
        Pair(normalise(row["query"]), normalise(row["passage"]), row["passage"])
        for row in _rows(path, {"query": str, "passage": str})
    ]


def answers(path: Path = ANSWERS) -> Iterator[Pair]:
    """Of each entry the paraphrases with the question, and all of them with the answer. Raises ValueError, with file
    and line, for a line that is no entry."""
    for row in _rows(path, {"theme": str, "question": str, "answer": str, "queries": list}):
        question, answer, asked = normalise(row["question"]), normalise(row["answer"]), map(normalise, row["queries"])
        theme = f"{path.stem} {row['theme']}"
        yield Pair(question, answer, question, passage=True, theme=theme)
        for query in asked:
            yield Pair(query, question, question, theme=theme)
            yield Pair(query, answer, question, passage=True, theme=theme)


def services(path: Path = VALIDATION_SERVICES) -> list[Service]:
    """Raises ValueError, with file and line, for a line that is no service."""
    fields = {"name": str, "materials": list, "conditions": str, "queries": list}
    rows = _rows(path, fields)
    return [Service(r["name"], tuple(r["materials"]), r["conditions"], tuple(r["queries"])) for r in rows]


def of_services(found: Sequence[Service]) -> list[Pair]:
    """What citizens say with the names of the services."""
    return [Pair(normalise(q), normalise(s.name), s.name) for s in found for q in s.queries]


def _rows(path: Path, fields: Mapping[str, type]) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}:{number}: no JSON: {error}") from error
        if not isinstance(row, dict) or any(not isinstance(row.get(f), kind) for f, kind in fields.items()):
            raise ValueError(f"{path}:{number}: expected an object with {', '.join(fields)}")
        rows.append(row)
    return rows


def of_names(names: Mapping[str, Sequence[str]], each: int, dice: random.Random) -> Iterator[Pair]:
    """At most `each` pairs of the different names of one thing; `names` are normalised."""
    for meaning, texts in names.items():
        different = list(dict.fromkeys(texts))
        drawn = dice.sample(different, 2 * min(each, len(different) // 2))
        for first, second in zip(drawn[::2], drawn[1::2], strict=True):
            yield Pair(first, second, meaning)


def batches(pairs: Sequence[Pair], size: int) -> Iterator[list[Pair]]:
    """Batches in which every pair has a meaning of its own, so that the others are wrong answers to it; what is left
    over when meanings run out is left out."""
    waiting = list(pairs)
    while waiting:
        batch: list[Pair] = []
        later: list[Pair] = []
        meanings: set[str] = set()
        for pair in waiting:
            if len(batch) < size and pair.meaning not in meanings:
                batch.append(pair)
                meanings.add(pair.meaning)
            else:
                later.append(pair)
        if len(batch) < size // 4:
            return
        yield batch
        waiting = later
