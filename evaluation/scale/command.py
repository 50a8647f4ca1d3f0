"""`wenban evaluate scale`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from bot.assembly import WORDS_FILE
from bot.settings import Settings
from evaluation.order import Order
from evaluation.peers.plain_rasa.project import load_phrasings
from evaluation.reports import report
from evaluation.reports.configuration import configuration
from evaluation.scale import measure, names
from knowledge import base
from knowledge.encoder.encoder import load_encoder
from knowledge.encoder.remember import RememberedVectors
from knowledge.text.tokens import Tokens, normalise

ENTRIES = 100_000
QUERIES = 2_000


def run(settings: Settings, order: Order, console: Console) -> None:
    """Prints the measures, and leaves scale.json in the folder. Raises KnowledgeError."""
    folder = order.out or settings.data / "evaluation"
    with console.status(f"Searching among {ENTRIES:,} names (about two minutes) …"):
        built = {"configuration": configuration(settings, None), **measured(settings, ENTRIES, QUERIES)}
    report.write(built, folder / "scale.json")
    console.print(table(built))
    console.print(f"Written to {folder / 'scale.json'}", highlight=False, soft_wrap=True)


def measured(settings: Settings, entries: int, queries: int) -> dict[str, Any]:
    """The index over `entries` made-up names, asked `queries` messages."""
    published = base.read(settings.knowledge)
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    real = [normalise(name) for guide in published.guides.values() for name in guide.names]
    seeds = RememberedVectors(encoder, settings.vectors_file)(real)
    made = names.entries(names.load_grammar(), entries)
    phrasings = [p for wording in load_phrasings().topics.values() for p in wording]
    asked = names.questions(made, phrasings, queries)
    vectors, encoding = measure.encoding(encoder.encode_queries, [normalise(a.text) for a in asked])
    tokens = Tokens(WORDS_FILE, published.question_words)
    tokens.content("一")  # jieba reads its dictionary at first use
    made_vectors = measure.perturbed(seeds, len(made))
    index = measure.measure(made, made_vectors, asked, vectors, tokens=tokens, settings=published.linking)
    whole = encoding["seconds"] / queries * entries
    return {"index": index, "encoding": {**encoding, "estimated_seconds_for_all_names": whole}}


def table(built: dict[str, Any]) -> Table:
    index, encoding = built["index"], built["encoding"]
    shown = Table("measure", "value")
    shown.add_row("names / items", f"{index['entries']:,} / {index['items']:,}")
    shown.add_row("cutting names into words", f"{index['cutting_seconds']:.1f} s")
    shown.add_row("indexing", f"{index['indexing_seconds']:.1f} s")
    shown.add_row("memory: index / vectors given", f"{index['index_mib']:.0f} / {index['vectors_mib']:.0f} MiB")
    parts = {"a whole search": index["search_ms"], **{f"  {k}": v for k, v in index["parts_ms"].items()}}
    parts["encoding one message"] = encoding["ms"]
    for name, row in parts.items():
        shown.add_row(f"{name}, p50 / p99", f"{row['p50']:.2f} / {row['p99']:.2f} ms")
    shown.add_row("encoding all names (estimated)", f"{encoding['estimated_seconds_for_all_names']:.0f} s")
    return shown
