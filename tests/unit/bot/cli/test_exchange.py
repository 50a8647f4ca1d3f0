"""`wenban import`, `export`, `template` and `history`, run as a clerk runs them, with a database of their own."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from knowledge.loader import DATA

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line on a folder with the one guide GA-003, and tells status and output."""
    monkeypatch.setenv("WENBAN_KNOWLEDGE_DIR", str(knowledge_folder))
    monkeypatch.setenv("WENBAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("WENBAN_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    (knowledge_folder / "mappings").mkdir()

    def call(*arguments: str | Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return call


def edited(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json", "jsonl"])
def test_what_was_exported_changes_nothing_when_imported(run: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"guides.{suffix}"
    assert run("export", "guides", file)[1].startswith("已导出 1 个事项：")
    status, output = run("import", "guides", file)
    assert status == 0 and "没有变化：1 个事项都与已发布的相同。" in output


def test_an_edited_table_is_published_and_remembered(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "guides.csv"
    run("export", "guides", file)
    edited(file, ",20个工作日,", ",10个工作日,")
    status, output = run("import", "guides", file, "--by", "李四")
    assert status == 0 and "已新增 0 个事项，变更 1 个事项。" in output
    _, told = run("history", "GA-003")
    [change] = [line for line in told.splitlines() if "李四" in line]
    assert [cell.strip() for cell in change.strip("│").split("│")[1:]] == [
        "李四", "guides.csv", "承诺时限", "20个工作日", "10个工作日",
    ]  # fmt: skip
    assert "首次发布" in told and "数据文件夹" in told


def test_a_dry_run_publishes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "guides.json"
    run("export", "guides", file)
    edited(file, "20个工作日", "10个工作日")
    assert (
        "试运行，没有发布。如果导入，将新增 0 个事项，变更 1 个事项。" in run("import", "guides", file, "--dry-run")[1]
    )
    assert "变更 1 个事项" in run("import", "guides", file)[1]


def test_a_refused_file_tells_every_row_and_publishes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "guides.csv"
    run("export", "guides", file)
    before = file.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(before.splitlines(keepends=True)))
    second = ["GA-900", "新事项", *rows[1][2:]]
    second[rows[0].index("收费")] = "也许"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([*rows, second])
    status, output = run("import", "guides", edited(file, ",20个工作日,", ",10个工作日,"))
    assert status == 1 and "没有导入任何内容" in output
    assert f"第 {len(rows) + 1} 行" in output and "“收费”" in output and "只能填“是”或者“否”" in output
    assert "承诺时限" not in run("history", "GA-003")[1]
    assert run("history", "GA-900")[0] == 1


def test_a_yaml_guide_of_the_old_kind_is_published(run: Run) -> None:
    status, output = run("import", "guides", DATA / "guides" / "GA-001.yaml")
    assert status == 0 and "新增 1 个事项" in output


def test_faq_entries_come_in_and_go_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    document = {"id": "FAQ-GA-900", "questions": ["甲"], "answer": "乙。", "owner": "GA", "valid_from": "2026-11-01"}
    guest = document | {"id": "TP-0001", "origin": "甲平台"}
    file.write_text("\n".join(json.dumps(d, ensure_ascii=False) for d in (document, guest)), encoding="utf-8")
    assert "已新增 2 条问答" in run("import", "faq", file)[1]
    assert "已导出 1 条问答" in run("export", "faq", tmp_path / "own.xlsx")[1]
    assert "已导出 2 条问答" in run("export", "faq", tmp_path / "all.xlsx", "--origin", "all")[1]
    assert "没有变化：2 条问答" in run("import", "faq", tmp_path / "all.xlsx")[1]
    assert "首次发布" in run("history", "TP-0001")[1]


def test_another_platforms_export_by_a_mapping_file(run: Run, tmp_path: Path, knowledge_folder: Path) -> None:
    (knowledge_folder / "mappings" / "mine.yaml").write_text(
        "{format: csv, kind: faq, origin: 甲平台, defaults: {owner: 甲局, valid_from: 2026-11-01},"
        " fields: {id: {from: 序号, template: 'AB-{}'}, questions: {all: [问题]}, answer: 回答}}",
        encoding="utf-8",
    )
    file = tmp_path / "export.csv"
    file.write_text("序号,问题,回答,点击量\n7,几点开门,九点。,12\n", encoding="gb18030")
    status, output = run("import", "faq", file, "--mapping", "mine")
    assert status == 0 and "AB-7" in output and "这一列没有用到" in output and "点击量" in output
    status, output = run("import", "guides", file, "--mapping", "mine")
    assert status == 1 and "这个映射文件是给常见问答用的" in output
    status, output = run("import", "faq", file, "--mapping", "none")
    assert status == 1 and "映射文件有误" in output and "自带的有：mine" in output


def test_templates(run: Run, tmp_path: Path) -> None:
    for kind in ("guides", "faq"):
        assert run("template", kind, tmp_path / f"{kind}.xlsx")[0] == 0
    status, output = run("template", "guides", tmp_path / "guides.json")
    assert status == 1 and "模板的文件类型可以是 .xlsx 或者 .csv" in output
    status, output = run("template", "guides", tmp_path / "none" / "guides.xlsx")
    assert status == 1 and "写不进去" in output


def test_a_code_that_nobody_has(run: Run) -> None:
    status, output = run("history", "ZZ-999")
    assert status == 1 and "没有编号为 ZZ-999 的事项或者问答" in output


def test_a_file_or_a_database_that_is_not_there(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("import", "guides", tmp_path / "none.csv")[0] == 2
    monkeypatch.setenv("WENBAN_DATABASE_URL", "nosuch://x")
    status, output = run("export", "guides", tmp_path / "guides.csv")
    assert status == 1 and "WENBAN_DATABASE_URL" in output


def test_a_broken_data_folder_stops_before_the_database(run: Run, tmp_path: Path, knowledge_folder: Path) -> None:
    edited(knowledge_folder / "guides" / "GA-003.yaml", "department: GA", "department: XX")
    status, output = run("export", "guides", tmp_path / "guides.csv")
    assert status == 1 and "知识文件有误" in output and not (tmp_path / "var").exists()
