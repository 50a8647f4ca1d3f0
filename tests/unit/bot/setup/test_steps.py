"""The steps of the set-up: done exactly while their result fits what it was made from."""

import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.setup import steps as module
from bot.setup.steps import SetupError, fingerprint, run, steps


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    return tmp_path


def test_the_same_files_have_the_same_fingerprint(root: Path) -> None:
    files = [root / "a.txt", root / "b.txt"]
    first = fingerprint(files, "x")
    (root / "a.txt").write_text("one")
    assert fingerprint(files, "x") == first and len(first) == 64


@pytest.mark.parametrize("change", ["content", "name", "order", "fewer", "also"])
def test_any_change_gives_another_fingerprint(root: Path, change: str) -> None:
    a, b = root / "a.txt", root / "b.txt"
    first = fingerprint([a, b], "x")
    if change == "content":
        a.write_text("ONE")
        assert fingerprint([a, b], "x") != first
    elif change == "name":
        a.rename(root / "c.txt")
        assert fingerprint([root / "c.txt", b], "x") != first
    else:
        files, also = {"order": ([b, a], "x"), "fewer": ([a], "x"), "also": ([a, b], "y")}[change]
        assert fingerprint(files, also) != first


def test_a_stamp_holds_until_a_source_changes(root: Path) -> None:
    stamp, sources = root / ".stamp", [root / "a.txt"]
    assert not module._stamped(stamp, sources)
    module._stamp(stamp, sources)
    assert module._stamped(stamp, sources)
    sources[0].write_text("changed")
    assert not module._stamped(stamp, sources)


def test_steps_come_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    titles = [step.title for step in steps(Settings(data_dir=tmp_path))]
    assert titles == ["Rasa's environment (Python 3.10)", "encoder", "chat page", "Rasa's model"]


def test_another_encoder_needs_no_preparing(tmp_path: Path) -> None:
    titles = [step.title for step in steps(Settings(data_dir=tmp_path, encoder="BAAI/bge-small-zh-v1.5"))]
    assert "encoder" not in titles


def test_on_a_fresh_machine_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DIST", tmp_path / "dist")
    fresh = Settings(data_dir=tmp_path, rasa_python=tmp_path / "rasa" / "bin" / "python")
    assert [step.done() for step in steps(fresh)] == [False] * 4


def test_a_change_of_the_chat_page_asks_for_a_new_build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = root / "connectors" / "web"
    (web / "src").mkdir(parents=True)
    (web / "dist").mkdir()
    (web / "src" / "main.ts").write_text("1")
    (web / "index.html").write_text("<html>")
    monkeypatch.setattr(module, "WEB", web)
    monkeypatch.setattr(module, "DIST", web / "dist")
    built: list[list[str]] = []
    monkeypatch.setattr(module, "_npm", lambda: ["npm"])
    monkeypatch.setattr(module, "run", lambda command, **_: built.append(command))
    page = next(step for step in steps(Settings(data_dir=root)) if step.title == "chat page")
    assert not page.done()
    page.run()
    assert page.done() and [command[1] for command in built] == ["ci", "run"]
    (web / "src" / "new.ts").write_text("2")
    assert not page.done()


def test_rasas_environment_is_made_from_the_exact_lock(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = root / "requirements.lock"
    lock.write_text("rasa==3.6.21")
    python = root / "rasa" / "bin" / "python"
    (root / "rasa" / "old").mkdir(parents=True)
    commands: list[list[str]] = []

    def runs(command: list[str]) -> None:
        commands.append(command)
        python.parent.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(module, "RASA_LOCK", lock)
    monkeypatch.setattr(module, "find_python310", lambda: Path("/usr/bin/python3.10"))
    monkeypatch.setattr(module, "run", runs)
    step = steps(Settings(data_dir=root, rasa_python=python))[0]
    assert not step.done()
    step.run()
    assert step.done() and not (root / "rasa" / "old").exists()
    assert commands[0] == ["/usr/bin/python3.10", "-m", "venv", str(root / "rasa")]
    assert {"--require-hashes", "--no-deps", str(lock)} <= set(commands[1])
    lock.write_text("rasa==3.6.22")
    assert not step.done()


def test_a_command_that_fails_is_told_with_its_last_lines(root: Path) -> None:
    code = "import sys; [print('line', n) for n in range(40)]; sys.exit(3)"
    with pytest.raises(SetupError) as caught:
        run([sys.executable, "-c", code], cwd=root)
    message = str(caught.value)
    assert "failed (3)" in message and "line 39" in message and "line 10\n" not in message


def test_a_command_that_is_not_there_is_told_by_name(root: Path) -> None:
    with pytest.raises(SetupError, match="no-such-command"):
        run(["no-such-command"], cwd=root)


def test_commands_find_the_tools_of_the_apps_environment_and_no_telemetry(root: Path) -> None:
    code = (
        "import os, pathlib; pathlib.Path('env').write_text(os.environ['PATH'] + os.environ['RASA_TELEMETRY_ENABLED'])"
    )
    run([sys.executable, "-c", code], cwd=root)
    seen = (root / "env").read_text()
    assert seen.startswith(str(Path(sys.executable).parent)) and seen.endswith("false")
