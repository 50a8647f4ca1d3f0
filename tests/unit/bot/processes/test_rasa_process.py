"""The supervised Rasa: started, started again when it dies, and gone with the app. A shell script stands for it."""

import asyncio
import os
from pathlib import Path

import pytest

from bot.processes import rasa_process
from bot.processes.rasa_process import RasaMissing, RasaProcess, environment, newest_model
from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Its "Rasa" writes down its process id, arguments and token, and sleeps."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$$ $WENBAN_RASA_TOKEN $*" >> {tmp_path / "starts"}\nexec sleep 60\n')
    python.chmod(0o755)
    made = Settings(data_dir=tmp_path, rasa_python=python)
    made.model_folder.mkdir()
    (made.model_folder / "wenban-1.tar.gz").touch()
    return made


async def starts(tmp_path: Path, count: int) -> list[list[str]]:
    """The first `count` starts, each as [pid, token, argument …]."""
    for _ in range(200):
        lines = (tmp_path / "starts").read_text().splitlines() if (tmp_path / "starts").exists() else []
        if len(lines) >= count:
            return [line.split() for line in lines]
        await asyncio.sleep(0.05)
    raise AssertionError("did not start")


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_runs_inside_the_context_and_is_gone_outside(settings: Settings, tmp_path: Path) -> None:
    async with RasaProcess(settings, "a-token") as process:
        ((pid, token, *arguments),) = await starts(tmp_path, 1)
        assert alive(pid) and token == "a-token"
        assert arguments[:3] == ["serve.py", "run", "--model"]
        assert process.url == f"http://127.0.0.1:{arguments[arguments.index('--port') + 1]}"
        assert arguments[arguments.index("--interface") + 1] == "127.0.0.1"
    assert not alive(pid)


async def test_it_is_started_again_on_the_same_port_when_it_dies(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa_process, "FIRST_PAUSE_SECONDS", 0.05)
    async with RasaProcess(settings, "a-token"):
        (first,) = await starts(tmp_path, 1)
        os.kill(int(first[0]), 9)
        first, second = await starts(tmp_path, 2)
        assert first[0] != second[0] and first[1:] == second[1:] and alive(second[0])
    assert not alive(second[0])


@pytest.mark.parametrize(("gone", "message"), [("python", "wenban setup"), ("model", "wenban train")])
def test_what_is_missing_is_told_with_the_remedy(settings: Settings, gone: str, message: str) -> None:
    (settings.rasa_python if gone == "python" else settings.model_folder / "wenban-1.tar.gz").unlink()
    with pytest.raises(RasaMissing, match=message):
        RasaProcess(settings, "a-token")


def test_the_model_trained_last_is_taken(tmp_path: Path) -> None:
    for age, name in enumerate(["b.tar.gz", "c.tar.gz", "a.tar.gz"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert newest_model(tmp_path).name == "b.tar.gz"


def test_rasa_gets_no_telemetry_no_paths_of_the_app_and_what_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/app")
    monkeypatch.setenv("VIRTUAL_ENV", "/app/.venv")
    made = environment({"WENBAN_RASA_TOKEN": "t"})
    assert made["RASA_TELEMETRY_ENABLED"] == "false" and made["WENBAN_RASA_TOKEN"] == "t"
    assert "PYTHONPATH" not in made and "VIRTUAL_ENV" not in made and made["PATH"] == os.environ["PATH"]
