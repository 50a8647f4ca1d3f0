"""`wenban check` and `wenban import`, run as a clerk runs them, in a folder of their own."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import knowledge_files
from bot.cli.main import app
from knowledge.loader import DATA

GUIDES = DATA / "guides"


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


def incoming(tmp_path: Path, code: str, old: str = "", new: str = "", name: str | None = None) -> Path:
    path = tmp_path / "incoming" / (name or f"{code}.yaml")
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text((GUIDES / f"{code}.yaml").read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return path


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
    assert f"{folder / 'linking.yaml'}:1: floor: 缺少必填项" in output
    assert "处问题。" in output.splitlines()[-1]


def test_check_changes_nothing(folder: Path) -> None:
    before = content(folder)
    run("check")
    assert content(folder) == before


def test_right_files_are_imported(folder: Path, tmp_path: Path) -> None:
    files = [incoming(tmp_path, code) for code in ("GA-001", "GA-002")]
    status, output = run("import", *files)
    assert status == 0 and "已导入 2 个事项：GA-001、GA-002" in output
    assert list(content(folder)) == ["GA-001.yaml", "GA-002.yaml", "GA-003.yaml"]
    assert content(folder)["GA-001.yaml"] == files[0].read_text(encoding="utf-8")
    assert run("check")[0] == 0


def test_an_import_replaces_the_guide_of_the_same_code(folder: Path, tmp_path: Path) -> None:
    assert run("import", incoming(tmp_path, "GA-003", "checked_on: ", "checked_on:  "))[0] == 0
    assert "checked_on:  " in content(folder)["GA-003.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "name", "reason"),
    [
        pytest.param("kind: main", "kind: primary", None, "取值不在允许范围内", id="wrong value"),
        pytest.param("code: GA-002", "code: GA-009", None, "与文件名不一致", id="another code"),
        pytest.param("", "", "mine.yaml", "与文件名不一致", id="another file name"),
        pytest.param("department: GA", "department: XX", None, "没有部门 XX", id="unknown department"),
        pytest.param("windows: [A01]", "windows: [Z99]", None, "没有窗口 Z99", id="unknown window"),
        pytest.param("name:", "name", None, "不是正确的 YAML", id="not YAML"),
    ],
)
def test_one_bad_file_keeps_all_out(
    folder: Path, tmp_path: Path, old: str, new: str, name: str | None, reason: str
) -> None:
    before = content(folder)
    bad = incoming(tmp_path, "GA-002", old, new, name)
    status, output = run("import", incoming(tmp_path, "GA-001"), bad)
    assert status == 1 and content(folder) == before
    assert "没有导入任何文件" in output and f"{bad}:" in output and reason in output


def test_the_same_code_twice_in_one_import_is_refused(folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    first, second = (incoming(tmp_path / side, "GA-001") for side in ("a", "b"))
    status, output = run("import", first, second)
    assert status == 1 and content(folder) == before
    assert f"{second}:1: code: GA-001 在这次导入中重复" in output


def test_a_file_that_is_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    status, output = run("import", tmp_path / "none.yaml")
    assert status == 2 and "none.yaml" in output


def test_no_half_written_file_is_left(folder: Path, tmp_path: Path) -> None:
    run("import", incoming(tmp_path, "GA-001"))
    assert {path.suffix for path in (folder / "guides").iterdir()} == {".yaml"}


def test_a_disk_that_fails_midway_leaves_the_folder_as_it_was(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace, calls = content(folder), os.replace, []

    def fails_at_second(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("disk full")
        replace(source, target)

    monkeypatch.setattr(knowledge_files.os, "replace", fails_at_second)
    status, output = run("import", incoming(tmp_path, "GA-001"), incoming(tmp_path, "GA-002"))
    assert status == 1 and "disk full" in output
    assert content(folder) == before


def test_a_name_that_another_guide_has_already_is_refused(folder: Path, tmp_path: Path) -> None:
    guide = incoming(tmp_path, "GA-001", "colloquial:\n", "colloquial:\n  - 身份证丢了\n")
    status, output = run("import", guide)
    assert status == 1 and "名称“身份证丢了”已经属于" in output
