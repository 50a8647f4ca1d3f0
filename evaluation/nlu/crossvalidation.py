"""The NLU's cross-validation: the folds in Rasa's environment, the figures here, with the app's own thresholds."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bot.policy import Policy, load_policy
from bot.processes.rasa_process import PROJECT, environment
from bot.settings import ROOT, Settings
from bot.setup.training import utterances
from bot.understanding.keywords import load_keywords
from bot.understanding.rasa import understanding_of
from evaluation.figures.classes import Labels, by_class, confusion, of_labels
from evaluation.figures.shares import share
from evaluation.load.processes import BenchError, running
from evaluation.reports.configuration import configuration
from knowledge.encoder.encoder import load_encoder

SCRIPT = Path(__file__).parent / "rasa_folds.py"
FOLDS = 5
LIMIT_SECONDS = 3600


def cross_validate(settings: Settings, folder: Path, folds: int = FOLDS) -> dict[str, Any]:
    """The report; `folder` keeps the vectors, every parse, and Rasa's log. Raises BenchError."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors, parses = folder / "vectors.npz", folder / "parses.jsonl"
    texts = utterances()
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    np.savez(vectors, texts=np.array(texts), vectors=encoder.encode_queries(texts))
    began = time.monotonic()
    _run_folds(settings, folds, vectors, parses)
    rows = [json.loads(line) for line in parses.read_text(encoding="utf-8").splitlines()]
    report = {
        "configuration": configuration(settings, None),
        "folds": folds,
        "utterances": len(rows),
        "seconds": time.monotonic() - began,
        "figures": figures(rows, load_policy()),
    }
    plain: dict[str, Any] = json.loads(json.dumps(report, default=vars))
    return plain


def _run_folds(settings: Settings, folds: int, vectors: Path, parses: Path) -> None:
    command = [str(ROOT / settings.rasa_python), str(SCRIPT), str(folds), str(parses)]
    env = environment({"WENBAN_TRAINING_VECTORS": str(vectors), "PYTHONPATH": str(PROJECT)})
    with running("cross-validation", command, PROJECT, env, parses.with_suffix(".log")) as child:
        status = child.process.wait(LIMIT_SECONDS)
        if status:
            raise BenchError(f"The cross-validation ended with status {status}. {child.tail()}")


def figures(rows: Iterable[dict[str, Any]], policy: Policy) -> dict[str, Any]:
    """Of the rows that rasa_folds.py wrote: intents, and the disclosures of questions, decided as the app does."""
    keywords = load_keywords()
    intents: list[tuple[str, str]] = []
    asked: list[tuple[Labels, Labels]] = []
    for row in rows:
        understood = understanding_of(row["parsed"], policy, keywords.named(row["text"]))
        intents.append((row["intent"], understood.intent.value))
        asked.append((frozenset(row["disclosures"]), frozenset(d.value for d in understood.disclosures)))
    classes = by_class(intents)
    f1 = [c["f1"] or 0.0 for c in classes.values() if c["expected"]]
    return {
        "intents": {
            "accuracy": share(expected == got for expected, got in intents),
            "macro_f1": sum(f1) / len(f1) if f1 else None,
            "by_class": classes,
            "confusion": confusion(intents),
        },
        "disclosures": of_labels(asked),
    }
