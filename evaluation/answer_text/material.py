"""The Taipei set with its vectors, which are kept in var/ because encoding them takes a minute."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.encoder import encoder as encoders
from knowledge.encoder.prepare import encoder_mark
from knowledge.index.answers import AnswerSettings, pieces

EARLIER_ID = "TPE-"


@dataclass(frozen=True)
class Entry:
    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class Vectors:
    """Float32, L2-normalised: queries of the questions, passages of the answers and of their pieces."""

    questions: encoders.Vectors
    answers: encoders.Vectors
    pieces: encoders.Vectors


def load_entries(path: Path) -> list[Entry]:
    """Raises OSError, KeyError or ValueError for a file that is not the set."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Entry(row["id"], row["question"], row["answer"]) for row in rows]


def vectors_of(entries: list[Entry], encoder: encoders.Encoder, settings: AnswerSettings, folder: Path) -> Vectors:
    """From the cache in `folder` when it holds those of these texts and this encoder."""
    parts = [piece for entry in entries for piece in pieces(entry.answer, settings)]
    mark = hashlib.sha256(repr((encoder_mark(encoder.name), entries, parts)).encode()).hexdigest()[:16]
    file = folder / f"answers-{mark}.npz"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            file,
            questions=encoder.encode_queries([entry.question for entry in entries]),
            answers=encoder.encode_passages([entry.answer for entry in entries]),
            pieces=encoder.encode_passages(parts),
        )
    with np.load(file) as stored:
        return Vectors(stored["questions"], stored["answers"], stored["pieces"])
