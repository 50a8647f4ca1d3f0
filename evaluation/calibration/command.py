"""`wenban calibrate`: fits confidence and thresholds on the development sets and writes confidence.yaml."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import yaml
from rich.console import Console

from bot.assembly import Parts, open_tools
from bot.policy import Policy
from bot.settings import Settings
from evaluation.calibration.choose import choose
from evaluation.calibration.collect import Among, Asked, collect
from evaluation.calibration.fit import PLACEHOLDER, cross_fitted, fit
from evaluation.calibration.guests import beside_guests, guest_questions
from evaluation.questions import DATASETS, Question, fingerprint, load_questions
from knowledge.confidence import FEATURES, Confidence
from knowledge.loader import KnowledgeError, load_yaml
from knowledge.trees import Trees

SETS = (DATASETS / "development.jsonl", DATASETS / "development2.jsonl", DATASETS / "development3.jsonl")
"""The only sets that are ever read here; the frozen test set is none of them."""
WISHES = DATASETS / "development_deeds.jsonl"
RASA_SECONDS = 180


def run(settings: Settings, console: Console) -> None:
    """Writes confidence.yaml anew and prints the thresholds with their figures."""
    file = settings.knowledge / "confidence.yaml"
    _make_readable(file, settings.encoder)
    with tempfile.TemporaryDirectory() as folder:
        scratch = settings.model_copy(update={"database_url": f"sqlite:///{folder}/calibration.sqlite3"})
        asked, policy = asyncio.run(_ask(scratch))
    chosen = choose(asked, cross_fitted(asked, settings.encoder), policy)
    sets = {path.stem: fingerprint(path)[:16] for path in SETS}
    confidence = fit(asked, settings.encoder).model_copy(
        update={"thresholds": chosen.thresholds, "chosen_on": {**sets, **chosen.figures}}
    )
    write(file, confidence)
    console.print(confidence.thresholds, chosen.figures)


async def _ask(settings: Settings) -> tuple[list[Asked], Policy]:
    """The development sets as the hall alone is asked, and as it is asked with guests beside it, and questions about
    those; the latter where the guests are not known, and wishes, both for the fit only."""
    questions = [question for path in SETS for question in load_questions(path)]
    async with open_tools(Parts.read(settings)) as tools:
        for _ in range(RASA_SECONDS):
            if await tools.rasa.ready():
                break
            await asyncio.sleep(1)
        beside = beside_guests(tools, settings)
        asked = await collect(tools, Among.ALONE, questions, tools.library.current)
        asked += await collect(tools, Among.BESIDE_GUESTS, questions, beside)
        asked += await collect(tools, Among.GUESTS, guest_questions(), beside)
        asked += await collect(tools, Among.ELSEWHERE, guest_questions(), tools.library.current)
        asked += await collect(tools, Among.WISHES, wishes(), tools.library.current)
        return asked, tools.policy


def wishes() -> list[Question]:
    """Wishes for deeds: nothing that is found answers them."""
    rows = map(json.loads, WISHES.read_text(encoding="utf-8").splitlines())
    return [Question(f"W{n}", row["text"], "wish", (), (), row["wording"]) for n, row in enumerate(rows)]


def write(path: Path, confidence: Confidence) -> None:
    """Writes the file, with the way to make it anew on top."""
    head = "# Written by `wenban calibrate` on the development sets; see docs/calibration.md. Do not edit by hand.\n"
    body = yaml.safe_dump(confidence.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=110)
    path.write_text(head + body, encoding="utf-8")


def _make_readable(path: Path, encoder: str) -> None:
    """A file of other features cannot be read; one without trees takes its place, so that questions can be asked."""
    try:
        load_yaml(path, Confidence)
    except KnowledgeError:
        none = Trees(baseline=0.0, depth=0, roots=(), feature=(), threshold=(), left=(), right=(), value=())
        blank = Confidence(encoder=encoder, thresholds=PLACEHOLDER, chosen_on={}, features=FEATURES, trees=none)
        write(path, blank)
