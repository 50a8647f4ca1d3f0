"""Mapping files: what their keys do, what is left out is noted, and what is wrong with them is told."""

import json
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.exchange.incoming import incoming_guides
from knowledge.exchange.mapping import load_mapping
from knowledge.exchange.problems import Note, Refused
from knowledge.loader import DATA, KnowledgeError
from knowledge.model import Guide
from tests.unit.knowledge.exchange.samples import HALL, guide

FIELDS: dict[str, Any] = {
    "code": {"from": "id", "template": "XX-{}"}, "name": "title", "authority.name": "dept",
    "applicant": {"from": "who", "map": {"个人": "natural_person", "单位": "legal_person"}},
}  # fmt: skip
RECORD = {"id": "0001", "title": "甲证补领", "dept": "甲局", "who": "个人"}
NEEDED = {"checked_on": "2026-11-01", "checked_by": "甲平台"}


class Platform:
    """A mapping file and the export of a platform."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.published: Dictionary[str, Guide] = {}

    def read(
        self, *records: dict[str, Any], fields: dict[str, Any] | None = None, **keys: Any
    ) -> tuple[list[Guide], list[Note]]:
        mapping = {
            "format": "json", "kind": "guides", "origin": "甲平台", "empty": ["无"], "defaults": NEEDED,
            "fields": FIELDS | (fields or {}), **keys,
        }  # fmt: skip
        path = self.folder / "mapping.yaml"
        path.write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
        file = self.folder / "export.json"
        file.write_text(json.dumps(records or [RECORD], ensure_ascii=False), encoding="utf-8")
        items, notes = incoming_guides(file, load_mapping(str(path), DATA), self.published, HALL)
        return [item.model for item in items], notes


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


def test_columns_become_fields(platform: Platform) -> None:
    [found], notes = platform.read()
    assert (found.code, found.name, found.origin, found.applicant) == (
        "XX-0001",
        "甲证补领",
        "甲平台",
        "natural_person",
    )
    assert found.authority and found.authority.name == "甲局" and notes == []


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        pytest.param({"from": "x"}, "甲", ["甲"], id="text"),
        pytest.param({"from": "x"}, ["甲", "无", "", None, "乙"], ["甲", "乙"], id="list without empty entries"),
        pytest.param({"from": ["y", "x"]}, "甲", ["甲"], id="alternatives"),
        pytest.param({"from": "x", "strip": "条件："}, ["条件：甲", "乙"], ["甲", "乙"], id="strip"),
        pytest.param({"from": "x", "strip": "条件："}, "条件：无", [], id="empty once stripped"),
        pytest.param({"from": "x", "replace": {"[；;]$": ""}}, ["甲；", "乙"], ["甲", "乙"], id="replace"),
        pytest.param({"from": "x", "split": "[，、]"}, "甲，乙、无", ["甲", "乙"], id="split"),
        pytest.param({"from": "x", "take": r"第(\d+)条"}, ["按第8条办", "第9条"], ["8", "9"], id="take"),
        pytest.param({"from": "x", "template": "满{}岁"}, "18", ["满18岁"], id="template"),
        pytest.param({"from": "x", "join": "、"}, ["甲", "乙"], ["甲、乙"], id="join"),
        pytest.param({"from": "x", "value": "有"}, "随便", ["有"], id="value"),
        pytest.param({"from": "x.y"}, {"y": "甲"}, ["甲"], id="nested"),
        pytest.param({"from": "x"}, 12, ["12"], id="number"),
    ],
)
def test_what_the_keys_do(platform: Platform, rule: dict[str, Any], value: Any, expected: list[str]) -> None:
    [found], _ = platform.read(RECORD | {"x": value}, fields={"conditions": {"all": [rule]}})
    assert list(found.conditions) == expected


def test_several_sources(platform: Platform) -> None:
    fields = {"aliases": {"all": ["x", "z", "dept", "x"]}, "authority.telephone": {"first": ["z", "x", "id"]}}
    [found], _ = platform.read(RECORD | {"x": "12345", "z": "无"}, fields=fields)
    assert found.aliases == ("12345", "甲局")
    assert found.authority and found.authority.telephone == "12345"


def test_entries_become_records(platform: Platform) -> None:
    fields = {"materials": {"from": "papers", "each": {"name": "{}", "issuer": "自备"}}}
    [found], _ = platform.read(RECORD | {"papers": ["甲表", "乙表"]}, fields=fields)
    assert [(m.name, m.issuer) for m in found.materials] == [("甲表", "自备"), ("乙表", "自备")]


@pytest.mark.parametrize(("address", "places"), [("一号", 1), ("无", 0)])
def test_a_record_is_made_only_with_what_it_needs(platform: Platform, address: str, places: int) -> None:
    rule = {"record": {"authority": "dept", "address": "address"}, "needs": "address"}
    [found], _ = platform.read(RECORD | {"address": address}, fields={"location.elsewhere": rule})
    assert len(found.location.elsewhere if found.location else ()) == places


def test_defaults_of_a_group_stand_only_in_a_group_that_is_there(platform: Platform) -> None:
    fields = {"time_limit.statutory": "law", "time_limit.promised": "promise"}
    records = [RECORD | {"promise": "3日"}, RECORD | {"id": "0002", "title": "乙", "promise": "无", "law": "无"}]
    (first, second), notes = platform.read(
        *records, fields=fields, defaults=NEEDED | {"time_limit.statutory": "未公布", "time_limit.local": False}
    )
    assert first.time_limit and first.time_limit.statutory == "未公布" and not first.time_limit.local
    assert second.time_limit is None
    assert notes == [Note("第 1 条", "time_limit.statutory", "原平台没有公布，填为“未公布”")]


@pytest.mark.parametrize(
    ("rule", "value", "kept", "told"),
    [
        pytest.param({"from": "x", "reject": "：$"}, "条件：", [], "reject", id="reject"),
        pytest.param({"from": "x", "suspect": "；$"}, "甲；", ["甲；"], "suspect", id="suspect"),
        pytest.param({"from": "x", "take": r"^\d+$"}, "甲", [], "take", id="take"),
        pytest.param({"from": "x", "map": {"甲": "乙"}}, "丙", [], "map", id="map"),
    ],
)
def test_what_is_left_out_or_doubtful_is_noted(
    platform: Platform, rule: dict[str, Any], value: str, kept: list[str], told: str
) -> None:
    [found], notes = platform.read(RECORD | {"x": value}, fields={"conditions": {"all": [rule]}})
    assert list(found.conditions) == kept
    assert [(note.place, note.column) for note in notes] == [("第 1 条", "x")] and told in notes[0].reason


@pytest.mark.parametrize(
    ("fields", "values", "left"),
    [
        pytest.param({"location.link": "x", "location.online": "dept"}, {"x": "no address"}, "网址", id="one field"),
        pytest.param({"location.note": "x"}, {"x": "二楼"}, "办理地点", id="a group that is not enough"),
        pytest.param({"time_limit.promised": "x"}, {"x": "3日"}, "法定时限", id="half a group"),
        pytest.param({"related": {"all": ["x"]}}, {"x": ["GA-001", "bad"]}, "相关事项", id="an entry of a list"),
    ],
)
def test_what_does_not_fit_the_model_is_left_out_and_noted(
    platform: Platform, fields: dict[str, Any], values: dict[str, Any], left: str
) -> None:
    [found], [note] = platform.read(RECORD | values, fields=fields)
    assert left in note.column and note.reason.endswith("；这一项没有导入")
    assert found.time_limit is None
    assert found.related == (("GA-001",) if "related" in fields else ())
    assert (found.location is not None) == ("location.link" in fields)


def test_what_cannot_be_left_out_refuses_the_file(platform: Platform) -> None:
    with pytest.raises(Refused) as caught:
        platform.read(RECORD, RECORD | {"id": "x y", "title": "乙"}, RECORD | {"id": "3333", "title": "无"})
    told = [str(refusal) for refusal in caught.value.refusals]
    assert told[0].startswith("export.json，第 2 条，“编码”（列 id）：写法不对")
    assert told[1].startswith("export.json，第 3 条，“名称”（列 title）：缺少必填项")


def test_items_of_the_same_name_are_told_apart(platform: Platform) -> None:
    records = [RECORD, RECORD | {"id": "0002", "dept": "乙局"}, RECORD | {"id": "0003", "title": "丙"}]
    found, notes = platform.read(*records, same_name={"from": "dept", "template": "（{}）"})
    assert [g.name for g in found] == ["甲证补领（甲局）", "甲证补领（乙局）", "丙"]
    assert [note.place for note in notes] == ["第 1 条", "第 2 条"]
    with pytest.raises(Refused, match="已经属于 XX-0001"):
        platform.read(*records)


def test_aliases_that_several_items_share_are_left_out(platform: Platform) -> None:
    platform.published = {"XX-9": guide(code="XX-9999", name="丁", origin="甲平台", aliases=["旧名"], colloquial=[])}
    records = [
        RECORD | {"other": ["目录", "只有甲", "甲证补领", "乙证"]},
        RECORD | {"id": "0002", "title": "乙证", "other": ["目录", "旧名"]},
    ]
    (first, second), notes = platform.read(*records, fields={"aliases": {"from": "other"}})
    assert first.aliases == ("只有甲",) and second.aliases == ()
    assert [note.place for note in notes] == ["第 1 条", "第 1 条", "第 2 条", "第 2 条"]


def test_columns_that_nothing_uses_are_noted(platform: Platform) -> None:
    _, notes = platform.read(RECORD | {"fax": "1", "void": "", "known": "x"}, ignored=["known"])
    assert notes == [Note("全部", "fax", "这一列没有用到")]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param({"fields": {"nane": "x"}}, "没有这些字段：nane", id="unknown field"),
        pytest.param({"fields": {"name": {"from": "x", "tmplate": "{}"}}}, "tmplate: 不认识的键", id="unknown key"),
        pytest.param({"fields": {"name": {"from": "x", "take": "("}}}, "不是正确的正则表达式", id="pattern"),
        pytest.param({"fields": {"name": {"first": ["x"], "all": ["y"]}}}, "中的一种", id="two kinds"),
        pytest.param({"fields": {"name": {"record": {"a": "x"}, "needs": ["b"]}}}, "needs 里的字段", id="needs"),
        pytest.param({"format": "pdf"}, "取值不在允许范围内", id="format"),
    ],
)
def test_a_wrong_mapping_file_is_told_with_its_line(platform: Platform, keys: dict[str, Any], told: str) -> None:
    with pytest.raises(KnowledgeError, match=r"mapping\.yaml:\d+: ") as caught:
        platform.read(**{"fields": {}, **keys})
    assert told in str(caught.value)


def test_a_mapping_of_the_other_kind_and_one_that_is_not_there(platform: Platform) -> None:
    with pytest.raises(Refused, match="这个映射文件是给常见问答用的"):
        incoming_guides(platform.folder / "x.jsonl", load_mapping("taipei", DATA), {}, HALL)
    with pytest.raises(KnowledgeError, match="没有这个映射文件；自带的有：guangdong、taipei"):
        load_mapping("guangxi", DATA)


def test_records_below_a_key_and_tables_with_a_title(platform: Platform) -> None:
    path = platform.folder / "data.json"
    path.write_text(json.dumps({"data": {"items": [RECORD]}}, ensure_ascii=False), encoding="utf-8")
    mapping = {"kind": "guides", "origin": "甲平台", "defaults": NEEDED, "fields": FIELDS}
    for name, keys in (("a", {"format": "json", "records": "data.items"}), ("b", {"format": "csv", "header_row": 2})):
        (platform.folder / f"{name}.yaml").write_text(yaml.safe_dump(mapping | keys), encoding="utf-8")
    sheet = platform.folder / "data.csv"
    sheet.write_text("甲平台导出\n" + ",".join(RECORD) + "\n" + ",".join(RECORD.values()) + "\n", encoding="utf-8")
    for name, file in (("a", path), ("b", sheet)):
        mapping_file = load_mapping(str(platform.folder / f"{name}.yaml"), DATA)
        items, _ = incoming_guides(file, mapping_file, {}, HALL)
        assert [item.model.code for item in items] == ["XX-0001"]


def test_a_file_that_is_not_what_the_mapping_says(platform: Platform) -> None:
    with pytest.raises(Refused, match="不是正确的 XLSX 文件"):
        platform.read(format="xlsx")
    with pytest.raises(Refused, match="第 1 行：这里应当是一个 JSON 对象"):
        platform.read(format="jsonl", records=None)
