"""`wenban check`, run as a clerk runs it, in a folder of its own."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


@pytest.fixture
def folder(knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command line is told to use."""
    monkeypatch.setenv("WENBAN_KNOWLEDGE_DIR", str(knowledge_folder))
    monkeypatch.setenv("COLUMNS", "300")
    return knowledge_folder


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "guides").iterdir())}


def test_the_real_files_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENBAN_KNOWLEDGE_DIR", raising=False)
    assert run("check") == (0, "知识文件检查通过。\n")


def test_check_tells_every_problem_with_file_and_line(folder: Path) -> None:
    guide = folder / "guides" / "GA-003.yaml"
    guide.write_text(guide.read_text(encoding="utf-8").replace("kind: main", "kind: primary", 1), encoding="utf-8")
    (folder / "linking.yaml").write_text("encoder: x\n", encoding="utf-8")
    status, output = run("check")
    assert status == 1
    assert f"{guide}:" in output and "取值不在允许范围内" in output
    assert re.search(rf"{folder / 'linking.yaml'}:1: \w+: 缺少必填项", output)
    assert "处问题。" in output.splitlines()[-1]


def test_check_changes_nothing(folder: Path) -> None:
    before = content(folder)
    run("check")
    assert content(folder) == before


def test_check_reads_the_mapping_files_too(folder: Path) -> None:
    (folder / "mappings").mkdir()
    (folder / "mappings" / "mine.yaml").write_text("format: pdf\n", encoding="utf-8")
    status, output = run("check")
    assert status == 1 and "mine.yaml:1: format: 取值不在允许范围内" in output
