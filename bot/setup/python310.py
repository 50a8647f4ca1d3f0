"""Finds a Python 3.10 for Rasa: on PATH, in pyenv's versions, or fetched by uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WANTED = "3.10"


class Python310Missing(Exception):
    """No Python 3.10 is to be had; the message says what to do."""


def find_python310() -> Path:
    """The interpreter; raises Python310Missing with the remedy."""
    for candidate in _candidates():
        if _runs(candidate):
            return candidate
    fetched = _fetch()
    if fetched:
        return fetched
    raise Python310Missing(
        "Rasa needs Python 3.10 and none was found: install it (for example `pyenv install 3.10` or "
        "`uv python install 3.10`), then run the same command again."
    )


def _candidates() -> Iterator[Path]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / f"python{WANTED}"
        if folder and path.is_file():
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{WANTED}.*/bin/python{WANTED}"), reverse=True)


def _runs(python: Path) -> bool:
    """Whether it is a working 3.10 with venv: pyenv's shims exist even for versions that are not chosen."""
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {tuple(map(int, WANTED.split('.')))})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _fetch() -> Path | None:
    """Asks uv, which comes with the app's environment, for a managed Python."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv is None:
        return None
    try:
        subprocess.run([uv, "python", "install", WANTED], capture_output=True, timeout=600, check=True)
        found = subprocess.run([uv, "python", "find", WANTED], capture_output=True, timeout=60, check=True, text=True)
    except (OSError, subprocess.SubprocessError):
        return None
    path = Path(found.stdout.strip())
    return path if _runs(path) else None
