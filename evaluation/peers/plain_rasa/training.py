"""Trains the plain Rasa bot once for each state of its inputs; the result is kept in <data_dir>/peers/plain_rasa."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.processes.rasa_process import environment
from bot.publishing.library import today
from bot.settings import ROOT, Settings
from evaluation.load.processes import running
from evaluation.peers.plain_rasa.project import load_phrasings, project_files
from knowledge import base

TRAINING_SECONDS = 5400
MODEL = "model.tar.gz"


class PeerError(Exception):
    """The plain Rasa bot cannot be made; the message says why."""


@dataclass(frozen=True)
class Peer:
    """The trained bot: its project folder (with the model in it), Rasa's interpreter and version."""

    folder: Path
    python: Path
    rasa_version: str

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    @property
    def is_trained(self) -> bool:
        return self.model.is_file()


def prepare(settings: Settings) -> Peer:
    """Writes the project's files unless they are there; raises PeerError, and KnowledgeError for bad guides."""
    python = ROOT / settings.rasa_python
    version = _rasa_version(python)
    files = project_files(base.read(settings.knowledge), load_phrasings(), today())
    folder = settings.data / "peers" / "plain_rasa" / digest(files, version)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Peer(folder, python, version)


def digest(files: Mapping[str, str], rasa_version: str) -> str:
    """16 hexadecimal digits that change with any file of the project and with Rasa's version."""
    whole = hashlib.sha256(rasa_version.encode())
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return whole.hexdigest()[:16]


def train(peer: Peer) -> float:
    """Trains, removes older states, and returns the seconds it took; raises PeerError."""
    began = time.monotonic()
    scratch = peer.folder / "training"
    command = [
        str(peer.python), "-m", "rasa", "train", "--skip-validation", "--out", str(scratch),
        "--fixed-model-name", MODEL.removesuffix(".tar.gz"),
    ]  # fmt: skip
    with running("rasa train", command, peer.folder, environment({}), peer.folder / "training.log") as child:
        try:
            status = child.process.wait(TRAINING_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise PeerError(f"Training the plain Rasa bot took more than {TRAINING_SECONDS} s.") from error
    if status or not (scratch / MODEL).is_file():
        raise PeerError(f"Training the plain Rasa bot failed ({status}). {child.tail()}")
    (scratch / MODEL).replace(peer.model)  # only a whole model ever has this name
    _tidy(peer.folder)
    return time.monotonic() - began


def _tidy(folder: Path) -> None:
    """Removes what training left behind, and the models of earlier inputs."""
    for old in folder.parent.iterdir():
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    for left in ("training", ".rasa"):
        shutil.rmtree(folder / left, ignore_errors=True)


def _rasa_version(python: Path) -> str:
    if not python.exists():
        raise PeerError(f"There is no Rasa at {python}: run `wenban setup`, or set WENBAN_RASA_PYTHON.")
    code = "from importlib.metadata import version; print(version('rasa'))"
    done = subprocess.run([str(python), "-c", code], env=environment({}), capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise PeerError(f"There is no Rasa in the environment of {python}: run `wenban setup`.")
    return done.stdout.strip()
