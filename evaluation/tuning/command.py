"""`wenban tune`: learns the encoder's adapter anew and writes knowledge/encoder/adapter.npz."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from bot.settings import Settings
from evaluation.tuning.measure import recall
from evaluation.tuning.pairs import (
    ANSWERS,
    QUESTIONS,
    SERVICES,
    VALIDATION_ANSWERS,
    VALIDATION_QUESTIONS,
    Pair,
    answers,
    of_names,
    of_services,
    read,
    services,
)
from evaluation.tuning.themes import themed
from evaluation.tuning.train import shuffled, train
from knowledge import base
from knowledge.encoder import adapter, packed_e5, prepare
from knowledge.encoder.encoder import Vectors
from knowledge.encoder.packed_e5 import PackedModel
from knowledge.encoder.quiet import quiet_libraries
from knowledge.text.tokens import normalise

NAMES_EACH = 3
"""Pairs of the hall's own names for one item, topic or question in an epoch; more of them made the model learn the
names by heart."""
RANKS = (1, 3, 5)


def run(settings: Settings, console: Console) -> None:
    """Prints the recall of the validation pairs before and after."""
    quiet_libraries()
    names = _own_names(settings.knowledge)
    dice = random.Random(1)  # noqa: S311 - the same every time, not secret
    packed = packed_e5.read(packed_e5.packed_file())
    before = _measured(packed)
    with tempfile.TemporaryDirectory() as folder:
        model = _model(packed, Path(folder) / "model")
        known = [*themed([*read(SERVICES), *read(QUESTIONS)], partial(_encode, model)), *answers()]

        def draw() -> list[Pair]:
            return shuffled([*known, *of_names(names, NAMES_EACH, dice)], dice)

        adapter.save(train(model, draw, console.print))
    after = _measured(adapter.adapted(packed))
    table = Table("validation pairs", *(f"recall@{rank}" for rank in RANKS))
    for name in before:
        table.add_row(name, *(f"{b:.3f} → {a:.3f}" for b, a in zip(before[name], after[name], strict=True)))
    console.print(table)
    console.print("Next: wenban setup, wenban calibrate, wenban evaluate (docs/calibration.md)", highlight=False)


def _own_names(folder: Path) -> dict[str, list[str]]:
    """The normalised names of every item, question, topic, facility and scenario of the hall."""
    names: dict[str, list[str]] = defaultdict(list)
    for entry in base.own_entries(base.read(folder), datetime.now(UTC).date()):
        names[f"{entry.target.kind.value} {entry.target.id}"].append(normalise(entry.text))
    return names


def _model(packed: PackedModel, folder: Path) -> SentenceTransformer:
    prepare.write_sentence_transformer(packed, folder)
    return SentenceTransformer(str(folder), device="cpu")


def _encode(model: SentenceTransformer, texts: Sequence[str], prompt: str = "query") -> Vectors:
    given = [prepare.PROMPTS[prompt] + text for text in texts]
    return np.asarray(model.encode(given, normalize_embeddings=True, show_progress_bar=False), np.float32)


def _measured(packed: PackedModel) -> dict[str, list[float]]:
    """For services and questions of the validation the recalls at RANKS, in fp32."""
    with tempfile.TemporaryDirectory() as folder:
        encode = partial(_encode, _model(packed, Path(folder) / "model"))
        asked, others = ([p for p in answers(path) if p.passage] for path in (VALIDATION_ANSWERS, ANSWERS))
        return {
            "services": recall(encode, of_services(services()), read(SERVICES), RANKS),
            "questions": recall(encode, read(VALIDATION_QUESTIONS), read(QUESTIONS), RANKS),
            "answers": recall(encode, asked, others, RANKS, partial(encode, prompt="passage")),
        }
