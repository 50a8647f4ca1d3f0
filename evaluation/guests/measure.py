"""Asks before and after an import into the running assistant, and how long the first answer took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from bot.settings import ROOT
from evaluation.answering import ask
from evaluation.catalogue import Catalogue
from evaluation.judging import Judged
from evaluation.own import Own
from evaluation.questions import Question

ANSWERABLE_SECONDS = 30.0


@dataclass(frozen=True)
class Guests:
    """The hall's own questions before and after the import, the guests' questions after it, and the seconds from the
    end of the import until the first guest was found."""

    before: list[Judged]
    after: list[Judged]
    guests: list[Judged]
    seconds: float


def load_guest_questions(path: Path) -> list[Question]:
    """The questions about guides of the other platform; raises ValueError or KeyError for a bad line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [
        Question(r["id"], r["text"], "guide", (r["code"],), tuple(r["disclosures"]), "colloquial") for r in rows
    ]  # fmt: skip


def measure(own: Own, catalogue: Catalogue, questions: Sequence[Question], guests: Path, file: Path) -> Guests:
    """`file` is the other platform's export; raises CalledProcessError when it is refused."""
    about_guests = load_guest_questions(guests)
    before = ask(own.url, questions, catalogue)
    names = _import(own, file)
    last = max(names, key=names.__getitem__)
    seconds = _until_found(own.url, last)
    wider = replace(catalogue, codes={**names, **catalogue.codes})
    return Guests(before, ask(own.url, questions, wider), ask(own.url, about_guests, wider), seconds)


def _import(own: Own, file: Path) -> dict[str, str]:
    """Imports as a clerk would; the guests' codes by name."""
    environment = {**os.environ, "WENBAN_DATABASE_URL": own.database}
    wenban = [sys.executable, "-m", "bot.cli.main"]
    command = [*wenban, "import", "guides", str(file), "--mapping", "guangdong", "--by", "evaluation"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "guides.json"
        command = [*wenban, "export", "guides", str(listed), "--origin", "all"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        guides = json.loads(listed.read_text(encoding="utf-8"))
    return {guide["name"]: guide["code"] for guide in guides if guide.get("origin")}


def _until_found(url: str, name: str) -> float:
    """Seconds until the guide of that name is answered by its name."""
    began = time.monotonic()
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        while time.monotonic() - began < ANSWERABLE_SECONDS:
            body = {"channel": "web", "sender": f"guests-{time.monotonic_ns()}", "text": name}
            if client.post("/api/v1/messages", json=body).json()["item"]:
                return time.monotonic() - began
    raise TimeoutError(f"{name} was not answerable within {ANSWERABLE_SECONDS:.0f} s")
