"""Tables as clerks fill them in: what is understood, and what is refused with row, column, reason and remedy."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from knowledge.exchange.columns import ContentKind
from knowledge.exchange.columns import table as columns
from knowledge.exchange.incoming import incoming_guides
from knowledge.exchange.outgoing import write, write_blank
from knowledge.exchange.problems import Refused
from knowledge.model import Material
from tests.unit.knowledge.exchange.samples import HALL, guide, read_faq, read_guides, refusals

PLAIN = {
    "编码": "GA-003", "名称": "甲证补领", "部门": "GA", "服务对象": "自然人", "核对日期": "2026-11-01",
    "核对人": "甲窗口",
}  # fmt: skip
MINOR = {"编码": "GA-003", "情形编号": "minor", "情形名称": "未成年人"}


def table(folder: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    """A CSV of those rows; columns in the order in which they first come."""
    file = folder / "guides.csv"
    headers = list(dict.fromkeys(header for row in rows for header in row))
    with file.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, headers)
        writer.writeheader()
        writer.writerows(rows)
    return file


def workbook(folder: Path, *rows: list[Any], title: str = "办事指南") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(folder / "guides.xlsx")
    return folder / "guides.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_spreadsheet_programs(tmp_path: Path, encoding: str) -> None:
    assert read_guides(table(tmp_path, PLAIN, encoding=encoding))[0].name == "甲证补领"


def test_a_csv_in_another_encoding_is_refused(tmp_path: Path) -> None:
    assert "请另存为 UTF-8" in refusals(table(tmp_path, PLAIN, encoding="utf-16"))[0]


def test_cells_become_fields(tmp_path: Path) -> None:
    row = PLAIN | {
        "别名": "甲证挂失\n\n 甲证补办 ",
        "申报材料": "户口簿|主要|原件|2|公安机关\n证明｜容缺｜｜｜｜没有户口簿时｜｜5",
        "法定时限": "60日", "承诺时限": "20日", "当场办结": "否", "收费": "是", "收费金额": "40",
        "收费说明": "每证40元。", "办理窗口": "A01\n户籍窗口", "相关事项": "GA-001",
        "表格": "申领表|窗口打印|原因|丢失|方式|自取",
    }  # fmt: skip
    [found] = read_guides(table(tmp_path, row))
    assert found.aliases == ("甲证挂失", "甲证补办") and found.related == ("GA-001",)
    assert found.materials[0] == Material(name="户口簿", form="original", count=2, issuer="公安机关")
    assert found.materials[1].defer_days == 5 and found.materials[1].required_if == "没有户口簿时"
    assert found.location and found.location.windows == ("A01", "A02")
    assert found.fees and found.fees.amount_yuan == 40
    assert [(f.label, f.value) for f in found.forms[0].sample] == [("原因", "丢失"), ("方式", "自取")]


def test_names_of_departments_and_windows_stand_for_their_ids(tmp_path: Path) -> None:
    [found] = read_guides(table(tmp_path, PLAIN | {"部门": "公安局", "办理窗口": "身份证窗口"}))
    assert found.department == "GA" and found.location and found.location.windows == ("A01",)


def test_a_window_name_that_two_windows_have_is_refused(tmp_path: Path) -> None:
    assert "没有窗口 综合窗口" in refusals(table(tmp_path, PLAIN | {"办理窗口": "综合窗口"}))[0]


@pytest.mark.parametrize("written", ["2026/11/1", "2026.11.01", "2026年11月1日", " 2026-11-01 "])
def test_dates_as_people_write_them(tmp_path: Path, written: str) -> None:
    assert read_guides(table(tmp_path, PLAIN | {"核对日期": written}))[0].checked_on == date(2026, 11, 1)


def test_a_workbook_gives_dates_and_numbers_as_it_shows_them(tmp_path: Path) -> None:
    headers, values = list(PLAIN), list(PLAIN.values())
    values[headers.index("核对日期")] = datetime(2026, 11, 1)  # noqa: DTZ001 as a spreadsheet program saves it
    row = [*values, True, 40.0, "每证40元。"]
    file = workbook(tmp_path, [*headers, "收费", "收费金额", "收费说明"], row, title="Sheet1")
    [found] = read_guides(file)
    assert found.checked_on == date(2026, 11, 1) and found.fees and found.fees.amount_yuan == 40


def test_rows_with_a_situation_change_only_what_they_fill_in(tmp_path: Path) -> None:
    row = PLAIN | {"申报材料": "户口簿", "办理条件": "甲"}
    variant = MINOR | {"情形提示词": "孩子", "申报材料": "监护人户口簿", "办理条件": "（清空）"}
    [found] = read_guides(table(tmp_path, row, variant))
    changes = found.situations[0].changes
    assert found.situations[0].id == "minor" and changes.materials == (Material(name="监护人户口簿"),)
    assert changes.conditions == () and changes.location is None and changes.fees is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"收费": "收"}, "第 2 行，“收费”：只能填“是”或者“否”", id="yes or no"),
        pytest.param({"收费金额": "四十"}, "第 2 行，“收费金额”：这里应当是数字", id="number"),
        pytest.param({"核对日期": "2026-02-30"}, "第 2 行，“核对日期”：日期写法不对", id="impossible day"),
        pytest.param({"核对日期": "86400"}, "第 2 行，“核对日期”：日期写法不对", id="a number is no day"),
        pytest.param({"核对日期": ""}, "第 2 行，“核对日期”：缺少必填项", id="missing"),
        pytest.param(
            {"服务对象": "公民"}, "第 2 行，“服务对象”：没有“公民”这个取值，只能填：自然人、法人", id="choice"
        ),
        pytest.param({"编码": "ga3"}, "第 2 行，“编码”：写法不对，请对照说明文档中的格式（两个大写字母", id="code"),
        pytest.param({"部门": "XX"}, "第 2 行，“部门”：hall.yaml 里没有部门 XX", id="department"),
        pytest.param({"办理窗口": "A01\nZ99"}, "第 2 行，“办理窗口”第2项：hall.yaml 里没有窗口 Z99", id="window"),
        pytest.param({"主管部门": "甲局"}, "必须且只能填写一个", id="two owners"),
        pytest.param({"承诺时限": "1日"}, "第 2 行，“法定时限”：缺少必填项", id="half a group"),
        pytest.param({"地点说明": "二楼"}, "“办理窗口、其他办理地点、网上办理、网址、地点说明”：", id="group"),
        pytest.param({"申报材料": "甲|主要|纸"}, "“申报材料”：第1项：没有“纸”这个取值", id="part"),
        pytest.param({"申报材料": "甲\n乙|主要|原件|两"}, "“申报材料”第2项“份数”：这里应当是整数", id="number in part"),
        pytest.param({"申报材料": "甲|容缺"}, "“申报材料”第1项：容缺材料", id="rule of the model"),
        pytest.param(
            {"办理流程": "甲|乙|丙"}, "“办理流程”：第1项有3段，最多2段，请写成 步骤|内容", id="too many parts"
        ),
        pytest.param({"情形名称": "甲"}, "“情形名称”：情形编号为空时不能填写", id="situation without id"),
        pytest.param({"收费金颜": "1"}, "表头，“收费金颜”：不认识的列，是不是“收费金额”？", id="header"),
    ],
)
def test_what_is_refused(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    assert any(told in refusal for refusal in refusals(table(tmp_path, PLAIN | changes)))


@pytest.mark.parametrize(
    ("variant", "told"),
    [
        pytest.param({"编码": "GA-009"}, "第 3 行，“编码”：情形所属的事项 GA-009", id="orphan"),
        pytest.param({"名称": "乙证"}, "第 3 行，“名称”：与事项的名称不一致", id="another name"),
        pytest.param({"别名": "甲"}, "第 3 行，“别名”：情形只能改变公开内容", id="no disclosure"),
        pytest.param({"情形名称": ""}, "第 3 行，“情形名称”：缺少必填项", id="no name"),
        pytest.param({"情形编号": "Minor"}, "第 3 行，“情形编号”：写法不对", id="bad id"),
        pytest.param({"办理窗口": "Z99"}, "第 3 行，“办理窗口”第1项：hall.yaml 里没有窗口 Z99", id="window"),
        pytest.param({"收费": "是"}, "第 3 行，“收费说明”：缺少必填项", id="half a group"),
    ],
)
def test_what_is_refused_in_rows_of_situations(tmp_path: Path, variant: dict[str, str], told: str) -> None:
    assert any(told in refusal for refusal in refusals(table(tmp_path, PLAIN, MINOR | variant)))


def test_a_situation_twice_is_refused(tmp_path: Path) -> None:
    assert "第 4 行，“情形编号”：情形 minor 已经有一行" in refusals(table(tmp_path, PLAIN, MINOR, MINOR))[0]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    second = PLAIN | {"编码": "GA-004", "名称": "", "核对日期": "昨天", "服务对象": "x"}
    told = refusals(table(tmp_path, PLAIN | {"收费金额": "x"}, second))
    assert [t.split("，")[1] for t in told] == ["第 2 行", "第 3 行", "第 3 行", "第 3 行"]


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "guides.xlsx"
    file.write_text("编码,名称\n", encoding="utf-8")
    assert "不是正确的 XLSX 文件" in refusals(file)[0]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param([["编码", "编码"], ["GA-003", "x"]], "“编码”：这一列出现了两次", id="header twice"),
        pytest.param([["编码"], ["GA-003", "x"]], "工作表“办事指南”第 2 行：有内容写在没有表头的列里", id="no header"),
        pytest.param([[], ["编码"]], "没有表头", id="empty first row"),
        pytest.param([["编码", "名称"]], "没有任何可以导入的内容", id="only a header"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, rows: list[list[str]], told: str) -> None:
    assert told in refusals(workbook(tmp_path, *rows))[0]


def test_formulas_are_never_written(tmp_path: Path) -> None:
    found = guide(name="=HYPERLINK(1)", checked_by="'=1")
    write(tmp_path / "guides.xlsx", ContentKind.GUIDES, [found])
    sheet = openpyxl.load_workbook(tmp_path / "guides.xlsx").active
    assert sheet["B2"].data_type == "s" and sheet["B2"].value == "=HYPERLINK(1)"
    write(tmp_path / "guides.csv", ContentKind.GUIDES, [found])
    assert ",'=HYPERLINK(1)," in (tmp_path / "guides.csv").read_text(encoding="utf-8")
    assert read_guides(tmp_path / "guides.csv") == [found]


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="超过表格一格的上限"):
        write(tmp_path / "guides.xlsx", ContentKind.GUIDES, [guide(conditions=["甲" * 40_000])])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_examples_of_the_template_are_right_but_not_taken_in(tmp_path: Path, suffix: str) -> None:
    for kind in ContentKind:
        write_blank(tmp_path / f"{kind}.{suffix}", kind)
    assert "没有任何可以导入的内容" in refusals(tmp_path / f"guides.{suffix}")[0]
    write_blank(tmp_path / "guides.csv", ContentKind.GUIDES)
    write_blank(tmp_path / "faq.csv", ContentKind.FAQ)
    for name in ("guides.csv", "faq.csv"):
        file = tmp_path / name
        file.write_text(file.read_text(encoding="utf-8-sig").replace("示例", ""), encoding="utf-8-sig")
    [example] = read_guides(tmp_path / "guides.csv")
    assert example.code == "GA-900" and example.situations[0].id == "minor" and example.forms
    assert read_faq(tmp_path / "faq.csv")[0].owner == "GA"


def test_a_row_of_the_template_left_standing_is_noted(tmp_path: Path) -> None:
    file = table(tmp_path, PLAIN | {"编码": "示例GA-900"}, PLAIN)
    items, notes = incoming_guides(file, None, {}, HALL)
    assert [item.model.code for item in items] == ["GA-003"]
    assert [(note.place, note.reason) for note in notes] == [("第 2 行", "示例行没有导入")]


def test_the_template_explains_every_column(tmp_path: Path) -> None:
    write_blank(tmp_path / "guides.xlsx", ContentKind.GUIDES)
    book = openpyxl.load_workbook(tmp_path / "guides.xlsx")
    headers = {cell.value for cell in book["办事指南"][1]}
    explained = {row[0].value: row[2].value for row in book["填写说明"].iter_rows(min_row=2)}
    assert headers <= set(explained) and all(explained.values())
    assert any("自然人" in v.formula1 for v in book["办事指南"].data_validations.dataValidation)


def test_the_documentation_names_every_column() -> None:
    documented = (Path(__file__).parents[4] / "docs" / "import-and-export.md").read_text(encoding="utf-8")
    for kind in ContentKind:
        assert [c.header for c in columns(kind).columns if f"| {c.header} |" not in documented] == []
