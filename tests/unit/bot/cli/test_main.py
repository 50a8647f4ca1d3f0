"""The command line speaks plainly when something cannot work."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import main, serving
from bot.setup import steps as setup_steps
from bot.setup.steps import SetupError, Step


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_help_lists_the_commands_of_all_packages() -> None:
    _, output = run("--help")
    assert all(name in output for name in ("run", "serve", "setup", "train", "check", "import", "evaluate"))


@pytest.mark.parametrize("command", ["check", "serve", "setup", "train"])
def test_a_wrong_setting_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("WENBAN_PORT", "http")
    status, output = run(command)
    assert status == 1 and "设置有误：WENBAN_PORT" in output


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_is_taken_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, taken_port: int
) -> None:
    monkeypatch.setenv("WENBAN_PORT", str(taken_port))
    monkeypatch.setattr(serving, "run_server", lambda _settings: pytest.fail("started"))
    status, output = run("serve")
    assert status == 1 and f"端口 127.0.0.1:{taken_port} 不能使用" in output and "WENBAN_PORT=8001" in output


def fake_steps(monkeypatch: pytest.MonkeyPatch, *made: Step) -> None:
    monkeypatch.setattr(setup_steps, "steps", lambda _settings: list(made))


def test_setup_runs_only_what_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    fake_steps(
        monkeypatch,
        Step("first", lambda: True, lambda: ran.append("first")),
        Step("second", lambda: False, lambda: ran.append("second")),
    )
    status, output = run("setup")
    assert status == 0 and ran == ["second"]
    assert "Ready: second" in output and "first" not in output


def test_a_step_that_fails_stops_the_setup_with_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Any:
        raise SetupError("npm [ci] failed")

    fake_steps(monkeypatch, Step("page", lambda: False, fails), Step("next", lambda: pytest.fail("went on"), fails))
    status, output = run("setup")
    assert status == 1 and "npm [ci] failed" in output
