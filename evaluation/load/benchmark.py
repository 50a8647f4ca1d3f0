"""One benchmark from beginning to end: train the peer if needed, start both systems, measure in turn, report."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from rich.console import Console

from bot.processes.rasa_process import RasaMissing, newest_model
from bot.settings import Settings, SettingsError
from evaluation.load import plan, report
from evaluation.load.processes import BenchError
from evaluation.load.systems import ours, plain_rasa
from evaluation.peers.plain_rasa import training
from evaluation.peers.plain_rasa.training import Peer, PeerError
from evaluation.questions import DATASETS, load_questions
from knowledge.loader import KnowledgeError

FAILURES = (SettingsError, KnowledgeError, RasaMissing, PeerError, BenchError)
"""What can go wrong, each with a message for people."""


def benchmark(settings: Settings, seconds: float, console: Console) -> None:
    """Prints the report and leaves it in <data_dir>/bench/latest.json; `seconds` is the length of a phase of
    concurrent senders. Raises one of FAILURES."""
    if settings.rasa_url is None:
        newest_model(settings.model_folder)  # raises before minutes go into the peer's training
    peer = _trained_peer(settings, console)
    _measure(settings, peer, seconds, console)


def _trained_peer(settings: Settings, console: Console) -> Peer:
    peer = training.prepare(settings)
    if not peer.is_trained:
        with console.status("Training the plain Rasa bot (some minutes, once) …"):
            console.print("Training the plain Rasa bot (some minutes, once) …", highlight=False)
            took = training.train(peer)
        console.print(f"Trained in {took:.0f} s.", highlight=False)
    return peer


def _measure(settings: Settings, peer: Peer, seconds: float, console: Console) -> None:
    folder = settings.data / "bench"
    texts = [q.text for q in load_questions(DATASETS / "development.jsonl") if q.expect == "guide"]
    before = report.machine()
    with console.status("Starting both systems …") as status, tempfile.TemporaryDirectory() as scratch:
        with ours(settings, Path(scratch), folder) as us, plain_rasa(peer, folder) as them:
            config = report.configuration(settings, peer, (us, them))
            measured = asyncio.run(
                plan.run((us, them), texts, plan.phases(seconds), lambda doing: status.update(f"Measuring: {doing} …"))
            )
        status.update("Stopping both systems …")
    ratio = report.compared(measured, (us.name, them.name))
    report.write(folder / "latest.json", before, config, measured, ratio)
    console.print(report.table(measured))
    for line in report.ratio_lines(ratio):
        console.print(line, highlight=False)
    console.print(f"Written to {folder / 'latest.json'}", highlight=False, soft_wrap=True)
