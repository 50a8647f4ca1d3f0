"""`wenban evaluate answers`: the Taipei set by answer text, and paraphrases of its questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import jieba
from rich.console import Console
from rich.table import Table

from bot.assembly import WORDS_FILE
from bot.settings import ROOT, Settings
from evaluation.answer_text.material import load_entries, vectors_of
from evaluation.answer_text.measure import by_answer, by_dense, by_words, chosen, paraphrases
from evaluation.order import Order
from evaluation.questions import DATASETS
from knowledge import base
from knowledge.encoder.encoder import load_encoder
from knowledge.index.answers import AnswerSettings
from knowledge.loader import load_yaml
from knowledge.text.tokens import Tokens

SET = ROOT.parent / "shared" / "datasets" / "taipei_faq.jsonl"
"""The set lies beside the project; docs/evaluation.md says where it is from."""
PARAPHRASES = DATASETS / "taipei_paraphrases.jsonl"
ODD = slice(1, None, 2)


@dataclass(frozen=True)
class Line:
    """A line of the report: recall at the first place, of all questions and of those not chosen on."""

    what: str
    all: float
    odd: float | None = None


def run(settings: Settings, order: Order, console: Console) -> None:
    """Measures, prints and writes answers.json; raises OSError where the set is absent."""
    entries = load_entries(SET)
    fixed = load_yaml(settings.knowledge / "answers.yaml", AnswerSettings)
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    with console.status("Encoding and searching …"):
        vectors = vectors_of(entries, encoder, fixed, settings.data / "vectors")
        best = chosen(entries, vectors, words_and_characters, fixed)
        ours = by_answer(entries, vectors, words_and_characters, fixed)
        dense, words = by_dense(entries, vectors), by_words(entries, words_and_characters)
        published = base.read(settings.knowledge)
        tokens = Tokens(WORDS_FILE, published.question_words)
        found = paraphrases(
            entries, PARAPHRASES, encoder, tokens, settings=published.linking, confidence=published.confidence
        )
    lines = [
        Line("question → answer text, ours", ours.share, ours.of(ODD)),
        Line("question → answer text, dense alone", dense.share, dense.of(ODD)),
        Line("question → answer text, BM25", words.share, words.of(ODD)),
        Line(f"{found.total} paraphrases → question, ours", found.ours),
        Line(f"{found.total} paraphrases → question, dense alone", found.dense),
    ]
    _print(lines, console)
    report: dict[str, Any] = {line.what: {"all": line.all, "odd_entries": line.odd} for line in lines}
    report["settings"], report["best_on_even_entries"] = fixed.model_dump(), best.model_dump()
    folder = order.out or settings.data / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def words_and_characters(text: str) -> list[str]:
    """The words of jieba, long ones in their parts too, and every character, for names that jieba does not know."""
    return [*(word for word in jieba.cut_for_search(text) if word.strip()), *filter(str.isalnum, text)]


def _print(lines: list[Line], console: Console) -> None:
    table = Table("recall at 1", "all", "odd entries")
    for line in lines:
        table.add_row(line.what, f"{line.all:.4f}", "" if line.odd is None else f"{line.odd:.4f}")
    console.print(table)
