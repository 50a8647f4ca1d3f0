"""`wenban check`, run as a clerk runs it, in a folder of its own."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.publishing import library

TODAY = date(2026, 11, 22)
ONE_SCENARIO = """
scenarios:
  - id: one
    name: 一件事
    phrases: [甲甲, 乙乙, 丙丙, 丁丁, 戊戊]
    start: what
    questions:
      what: {ask: 什么？, branches: [{title: 是}, {title: 不是}]}
"""


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


def clean(folder: Path) -> None:
    """Leaves no reference to guides that the folder does not hold."""
    (folder / "scenarios.yaml").write_text(ONE_SCENARIO, encoding="utf-8")
    guide = folder / "guides" / "GA-003.yaml"
    lines = guide.read_text(encoding="utf-8").splitlines(keepends=True)
    guide.write_text("".join(x for x in lines if not re.match("(preceding|following|related):", x)), encoding="utf-8")


def test_the_real_files_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENBAN_KNOWLEDGE_DIR", raising=False)
    monkeypatch.setattr(library, "today", lambda: TODAY)
    status, output = run("check")
    *found, last = output.splitlines()
    assert status == 0 and last == f"知识文件检查通过，{len(found)} 处提醒。"
    assert all(line.startswith("提醒 ") for line in found)


def test_warnings_can_be_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "today", lambda: date(2040, 1, 1))
    clean(folder)
    assert "提醒 guide GA-003 checked_on: 上次核对是" in run("check")[1]
    status, output = run("check", "--no-warnings")
    assert status == 0 and re.fullmatch(r"知识文件检查通过，\d+ 处提醒。\n", output)


def test_an_error_in_the_content_is_told_and_the_exit_is_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "today", lambda: date(2000, 1, 1))
    clean(folder)
    status, output = run("check", "--no-warnings")
    first, last = output.splitlines()
    assert status == 1 and first.startswith("错误 guide GA-003 checked_on: ")
    assert re.fullmatch(r"共发现 1 处错误，\d+ 处提醒。", last)


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
