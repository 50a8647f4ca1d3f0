"""Finding a Python 3.10 that works; the candidates here are small shell scripts."""

import os
import shutil
from pathlib import Path

import pytest

from bot.setup import python310
from bot.setup.python310 import Python310Missing, find_python310

WORKS, SHIM, OTHER_VERSION = "exit 0", "echo 'pyenv: python3.10: command not found' >&2; exit 127", "exit 1"


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Python 3.10, no pyenv, no uv."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(python310.sys, "executable", str(tmp_path / "venv" / "bin" / "python"))


def put_on_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))


def test_a_working_one_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = script(tmp_path / "a" / "python3.10", WORKS)
    put_on_path(monkeypatch, tmp_path / "empty", tmp_path / "a")
    assert find_python310() == python


@pytest.mark.parametrize("bad", [SHIM, OTHER_VERSION])
def test_a_shim_that_does_not_run_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    script(tmp_path / "shims" / "python3.10", bad)
    python = script(tmp_path / "b" / "python3.10", WORKS)
    put_on_path(monkeypatch, tmp_path / "shims", tmp_path / "b")
    assert find_python310() == python


def test_what_cannot_be_executed_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "a" / "python3.10", WORKS).chmod(0o644)
    (tmp_path / "b" / "python3.10").mkdir(parents=True)
    python = script(tmp_path / "c" / "python3.10", WORKS)
    put_on_path(monkeypatch, *(tmp_path / name for name in "abc"))
    assert find_python310() == python


def test_pyenvs_versions_are_looked_at_where_only_its_shim_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "shims" / "python3.10", SHIM)
    script(tmp_path / "pyenv" / "versions" / "3.11.7" / "bin" / "python3.11", WORKS)
    python = script(tmp_path / "pyenv" / "versions" / "3.10.14" / "bin" / "python3.10", WORKS)
    put_on_path(monkeypatch, tmp_path / "shims")
    assert find_python310() == python


def test_uv_is_asked_last(tmp_path: Path) -> None:
    python = script(tmp_path / "managed" / "python3.10", WORKS)
    log = tmp_path / "uv.log"
    script(tmp_path / "venv" / "bin" / "uv", f'echo "$@" >> {log}; [ "$2" = find ] && echo {python}; exit 0')
    assert find_python310() == python
    assert log.read_text().splitlines() == ["python install 3.10", "python find 3.10"]


@pytest.mark.parametrize("uv", [None, "exit 2", "echo /nowhere/python3.10"])
def test_when_nothing_is_to_be_had_the_message_says_what_to_do(tmp_path: Path, uv: str | None) -> None:
    if uv:
        script(tmp_path / "venv" / "bin" / "uv", uv)
    with pytest.raises(Python310Missing, match=r"pyenv install 3\.10.*uv python install 3\.10"):
        find_python310()


def test_the_check_runs_in_a_real_interpreter(tmp_path: Path) -> None:
    """This very interpreter is no 3.10, or it is one: the check agrees."""
    import sys

    real = shutil.which(f"python{sys.version_info.major}.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")
    if real is None:
        pytest.skip("no system Python beside the virtual environment")
    assert python310._runs(Path(real)) is (sys.version_info[:2] == (3, 10))
