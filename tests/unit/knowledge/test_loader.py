"""A bad file is refused with file, line and a reason in Chinese."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.loader import KnowledgeError, Problem, load_guides, load_hall, load_yaml
from knowledge.model import Guide
from tests.unit.helpers import make_hall

GOOD = """\
code: GA-003
name: 居民身份证遗失补领
department: GA
applicant: natural_person
checked_on: 2026-11-01
checked_by: 公安局身份证窗口
aliases: [身份证挂失补领]
colloquial: [身份证丢了, 身份证不见了, 补身份证]
location:
  windows: [A01]
legal_basis:
  - law: 中华人民共和国居民身份证法
conditions:
  - 居民身份证丢失。
materials:
  - name: 居民户口簿
    kind: main
    form: original
    issuer: 公安机关
procedure:
  - {name: 申请, text: 到窗口申请。}
time_limit:
  statutory: 60日
  promised: 20个工作日
fees:
  charged: true
  amount_yuan: 40
  text: 每证工本费40元。
"""
CHINESE = re.compile(r"[一-鿿]{3,}")


def line_with(text: str, part: str) -> int:
    """The number, from 1, of the one line that holds `part`."""
    (number,) = [n for n, line in enumerate(text.splitlines(), start=1) if part in line]
    return number


def problems_of(load: Callable[[], object]) -> list[Problem]:
    with pytest.raises(KnowledgeError) as caught:
        load()
    return caught.value.problems


def write(folder: Path, text: str, name: str = "GA-003.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_file_loads_with_its_values(tmp_path: Path) -> None:
    guide = load_yaml(write(tmp_path, GOOD), Guide)
    assert guide.fees.amount_yuan == 40
    assert guide.names[:2] == ("居民身份证遗失补领", "身份证挂失补领")


@pytest.mark.parametrize(
    ("right", "wrong", "line_holds", "reason"),
    [
        pytest.param("    kind: main\n", "    kind: main\n    colour: 红\n", "colour", "不认识的键", id="unknown key"),
        pytest.param("kind: main", "kind: primary", "primary", "取值不在允许范围内", id="wrong enum"),
        pytest.param("2026-11-01", "昨天", "昨天", "日期写法不对", id="no date"),
        pytest.param(
            "checked_on: 2026-11-01", "checked_on: 2026年11月1日", "2026年", "日期写法不对", id="Chinese date"
        ),
        pytest.param("name: 居民户口簿", "name: ' '", "name: ' '", "内容为空", id="empty text"),
        pytest.param("windows: [A01]", "windows: [A01", "legal_basis:", "不是正确的 YAML", id="not YAML"),
        pytest.param("  windows: [A01]", "\twindows: [A01]", "windows", "不是正确的 YAML", id="tab"),
        pytest.param("  promised: 20个工作日\n", "", "time_limit:", "promised: 缺少必填项", id="missing field"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, right: str, wrong: str, line_holds: str, reason: str
) -> None:
    text = GOOD.replace(right, wrong)
    path = write(tmp_path, text)
    first = problems_of(lambda: load_yaml(path, Guide))[0]
    assert (first.file, first.line) == (path, line_with(text, line_holds))
    assert reason in first.reason
    assert str(first) == f"{path}:{first.line}: {first.reason}"


def test_a_missing_field_of_the_whole_guide_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("checked_by: 公安局身份证窗口\n", ""))
    assert problems_of(lambda: load_yaml(path, Guide)) == [Problem(path, 1, "checked_by: 缺少必填项，请补上")]


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("original", "papyrus").replace("2026-11-01", "昨天"))
    reasons = " ".join(p.reason for p in problems_of(lambda: load_yaml(path, Guide)))
    assert "checked_on" in reasons and "materials.0.form" in reasons


def test_a_file_that_is_not_there_or_not_utf8_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    missing, foreign = tmp_path / "none.yaml", tmp_path / "gbk.yaml"
    foreign.write_bytes(GOOD.encode("gbk"))
    for path in (missing, foreign):
        (problem,) = problems_of(lambda path=path: load_yaml(path, Guide))
        assert problem.file == path and "文件读不出来" in problem.reason


def test_an_impossible_date_is_a_problem_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("2026-11-01", "2026-13-01"))
    assert [p.line for p in problems_of(lambda: load_yaml(path, Guide))] == [5]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("name: 居民身份证遗失补领", "name: 123"),
        ("code: GA-003", "code: ga3"),
        ("windows: [A01]", "windows: []"),
        ("charged: true", "charged: 也许"),
        ("amount_yuan: 40", "amount_yuan: -1"),
        ("amount_yuan: 40", "amount_yuan: 四十"),
        ("2026-11-01", "20261101"),
        (GOOD, ""),
        (GOOD, "- a\n"),
    ],
)
def test_every_reason_is_chinese(tmp_path: Path, right: str, wrong: str) -> None:
    path = write(tmp_path, GOOD.replace(right, wrong))
    assert all(CHINESE.search(p.reason.partition(": ")[2]) for p in problems_of(lambda: load_yaml(path, Guide)))


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "fees: {charged: false, text: 不收费。}\n")
    assert problems_of(lambda: load_yaml(path, Guide))[0].line == len(GOOD.splitlines()) + 1


def test_an_unknown_key_with_a_block_below_it_is_told_at_its_own_line(tmp_path: Path) -> None:
    text = GOOD.replace("time_limit:", "time_limits:")
    path = write(tmp_path, text)
    unknown = [p for p in problems_of(lambda: load_yaml(path, Guide)) if "time_limits" in p.reason]
    assert [p.line for p in unknown] == [line_with(text, "time_limits:")]


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("code: GA-003", "code: GA-004", "与文件名不一致"),
        ("department: GA", "department: XX", "没有部门 XX"),
        ("windows: [A01]", "windows: [A01, Z99]", "没有窗口 Z99"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(tmp_path: Path, right: str, wrong: str, reason: str) -> None:
    path = write(tmp_path, GOOD.replace(right, wrong))
    (problem,) = problems_of(lambda: load_guides(make_hall(), tmp_path))
    assert problem.file == path and reason in problem.reason


@pytest.mark.parametrize(("right", "wrong"), [("department: GA", "department: XX"), ("[A01]", "[Z99]")])
def test_a_wrong_reference_is_told_with_its_line(tmp_path: Path, right: str, wrong: str) -> None:
    text = GOOD.replace(right, wrong)
    write(tmp_path, text)
    (problem,) = problems_of(lambda: load_guides(make_hall(), tmp_path))
    assert problem.line == line_with(text, wrong)


def test_an_unknown_window_of_a_situation_is_refused(tmp_path: Path) -> None:
    situation = "situations:\n  - {id: minor, name: 未成年人, changes: {location: {windows: [Z99]}}}\n"
    write(tmp_path, GOOD + situation)
    assert "Z99" in problems_of(lambda: load_guides(make_hall(), tmp_path))[0].reason


def test_the_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("kind: main", "kind: primary"))
    write(tmp_path, GOOD, "GA-009.yaml")
    files = {p.file.name for p in problems_of(lambda: load_guides(make_hall(), tmp_path))}
    assert files == {"GA-003.yaml", "GA-009.yaml"}


def test_two_files_cannot_hold_the_same_code(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    copy = write(tmp_path, GOOD, "GA-004.yaml")
    (problem,) = problems_of(lambda: load_guides(make_hall(), tmp_path))
    assert (problem.file, problem.line) == (copy, 1)
    assert "GA-003 与文件名不一致" in problem.reason


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert "没有任何办事指南" in problems_of(lambda: load_guides(make_hall(), tmp_path))[0].reason


def test_guides_come_sorted_by_code(tmp_path: Path) -> None:
    for code in ("GA-009", "GA-003", "GA-005"):
        write(tmp_path, GOOD.replace("GA-003", code), f"{code}.yaml")
    assert list(load_guides(make_hall(), tmp_path)) == ["GA-003", "GA-005", "GA-009"]


def test_a_hall_file_without_hours_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "name: 大厅\n", "hall.yaml")
    assert any("hours" in p.reason for p in problems_of(lambda: load_hall(path)))
