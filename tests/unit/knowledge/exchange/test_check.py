"""What a file must not do to what is published: codes, origins, names."""

import json
from pathlib import Path

import pytest

from knowledge.changes import document_of
from knowledge.exchange.check import missing, unknown_items
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.incoming import incoming_faq
from knowledge.exchange.problems import Refused
from knowledge.model import Guide
from tests.unit.knowledge.exchange.samples import HALL, entry, guide, read_guides, refusals


def file_of(folder: Path, *guides: Guide) -> Path:
    file = folder / "guides.json"
    file.write_text(json.dumps([document_of(g) for g in guides], ensure_ascii=False), encoding="utf-8")
    return file


def guest(code: str, origin: str = "甲平台", **changes: object) -> Guide:
    return guide(code=code, origin=origin, department=None, authority={"name": "甲局"}, location=None, **changes)


def test_the_same_code_twice_is_refused(tmp_path: Path) -> None:
    told = refusals(file_of(tmp_path, guide(), guide()))
    assert told == ["guides.json，第 2 条，code：GA-003 在这个文件里出现了不止一次，请只保留一个"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, "第 1 条，name：名称“甲证补领”已经属于 GA-001", id="name"),
        pytest.param({"name": "乙"}, "第 1 条，aliases.第1项：名称“甲证挂失”已经属于 GA-001", id="alias"),
        pytest.param({"name": "乙", "aliases": []}, "第 1 条，colloquial.第1项：名称“甲证丢了”", id="colloquial"),
        pytest.param(
            {"name": "乙", "aliases": [], "colloquial": [],
             "situations": [{"id": "minor", "name": "孩子", "ask": ["丙", "甲证丢了"], "changes": {}}]},
            "situations.第1项.ask.第2项：名称“甲证丢了”已经属于 GA-001", id="question of a situation",
        ),
    ],
)  # fmt: skip
def test_names_of_another_published_guide_are_refused(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    published = {"GA-001": guide(code="GA-001")}
    assert any(told in refusal for refusal in refusals(file_of(tmp_path, guide(**changes)), published))


def test_two_guides_of_a_file_must_not_share_a_name_either(tmp_path: Path) -> None:
    told = refusals(file_of(tmp_path, guide(), guide(code="GA-004", name="乙", colloquial=[])))
    assert told == ["guides.json，第 2 条，aliases.第1项：名称“甲证挂失”已经属于 GA-003，请换一个说法"]


def test_a_guide_may_replace_itself_and_give_a_name_to_another(tmp_path: Path) -> None:
    published = {"GA-003": guide(), "GA-004": guide(code="GA-004", name="乙", aliases=[], colloquial=[])}
    moved = [guide(aliases=[]), guide(code="GA-004", name="乙", aliases=["甲证挂失"], colloquial=[])]
    assert read_guides(file_of(tmp_path, *moved), published) == moved


def test_guests_may_be_called_as_the_halls_own_and_as_guests_of_a_third_platform(tmp_path: Path) -> None:
    published = {"GA-003": guide(), "BB-001": guest("BB-001", "乙平台")}
    assert read_guides(file_of(tmp_path, guest("AA-001")), published)
    published["AA-000"] = guest("AA-000")
    assert "已经属于 AA-000" in refusals(file_of(tmp_path, guest("AA-001")), published)[0]


def test_a_code_does_not_change_its_platform(tmp_path: Path) -> None:
    assert "GA-003 已经是本大厅的编号" in refusals(file_of(tmp_path, guest("GA-003")), {"GA-003": guide()})[0]
    assert (
        "AA-001 已经是甲平台的编号" in refusals(file_of(tmp_path, guide(code="AA-001")), {"AA-001": guest("AA-001")})[0]
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[{]", "guides.json，第 1 行：不是正确的 JSON", id="syntax"),
        pytest.param('[{"code": "GA-003", "code": "GA-004"}]', "“code”这个键出现了两次", id="key twice"),
        pytest.param("[1]", "第 1 条：这里应当是一个 JSON 对象", id="no object"),
        pytest.param("[]", "没有任何可以导入的内容", id="empty"),
        pytest.param('[{"fees": {"amount_yuan": NaN}}]', "NaN 不是数字", id="NaN"),
        pytest.param('{"code": "GA-003", "nane": "x"}', "第 1 条，nane：不认识的键", id="unknown key"),
    ],
)
def test_json_that_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "guides.json"
    file.write_text(text, encoding="utf-8")
    assert any(told in refusal for refusal in refusals(file))


def test_every_bad_line_of_json_lines_is_told(tmp_path: Path) -> None:
    file = tmp_path / "guides.jsonl"
    file.write_text("{\n\n" + json.dumps(document_of(guide())) + "\n3\n", encoding="utf-8")
    assert [told.split("：")[0] for told in refusals(file)] == ["guides.jsonl，第 1 行", "guides.jsonl，第 4 行"]


def test_a_yaml_file_of_one_guide_is_taken_in_and_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "any-name.yaml"
    good = json.dumps(document_of(guide()), ensure_ascii=False)
    file.write_text(good, encoding="utf-8")
    assert read_guides(file) == [guide()]
    file.write_text("code: GA-003\nname: 甲\ndepartment: GA\napplicant: x\n", encoding="utf-8")
    assert any("any-name.yaml，第 4 行：applicant: 取值不在允许范围内" in told for told in refusals(file))


def test_an_unknown_kind_of_file_is_refused(tmp_path: Path) -> None:
    assert "旧的 .xls 请另存为 .xlsx" in refusals(tmp_path / "guides.xls")[0]


def test_faq_ids_and_items(tmp_path: Path) -> None:
    file = tmp_path / "faq.json"
    found = [entry(), entry(items=["GA-003", "GA-404"])]
    file.write_text(json.dumps([document_of(e) for e in found], ensure_ascii=False), encoding="utf-8")
    with pytest.raises(Refused, match="FAQ-GA-001 在这个文件里出现了不止一次"):
        incoming_faq(file, None, {}, {}, HALL)
    file.write_text(json.dumps(document_of(found[1]), ensure_ascii=False), encoding="utf-8")
    items, notes = incoming_faq(file, None, {}, {"GA-003": guide()}, HALL)
    assert [note.reason for note in notes] == ["事项 GA-404 没有发布"]
    assert unknown_items(items, {"GA-003": guide(), "GA-404": guide()}) == []


def test_missing_counts_what_was_never_published() -> None:
    lacking = missing(ContentKind.GUIDES, [guide(), guest("AA-001", fees=None)])
    assert lacking["收费标准"] == 1 and lacking["办理流程"] == 2 and lacking["办理地点"] == 1
    assert lacking["主管部门电话"] == 1, "the hall's own guides have no authority to call"
