"""Nothing personal is kept without a decision how long."""

from pathlib import Path
from types import MappingProxyType

import pytest
import yaml
from sqlalchemy import Column, MetaData, String, Table

from bot.db.database import Base
from bot.privacy import holdings
from bot.privacy.holdings import HOLDINGS, NOT_PERSONAL, load_models, personal_columns, table_of, uncovered
from bot.privacy.retention import FILE, Then, retention_rules
from knowledge.loader import DATA, KnowledgeError

RULES = retention_rules(DATA / "deeds")
MODES = MappingProxyType({name: rule.then.value for name, rule in RULES.items()})


def test_every_personal_column_has_an_end() -> None:
    assert uncovered(MODES) == []


def test_a_table_that_nobody_named_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = MetaData()
    marked = Column("colour", String, info={"personal": True})
    excused = Column("note", String, info={"personal": False})
    Table("letters", metadata, Column("id", String, primary_key=True), Column("facts", String), marked, excused)
    monkeypatch.setattr(holdings.Base, "metadata", metadata)
    assert uncovered(MODES) == ["letters.facts", "letters.colour"]


def test_a_column_that_a_holding_forgets_to_empty_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lax = tuple(h for h in HOLDINGS if h.name != "turns")
    monkeypatch.setattr(holdings, "HOLDINGS", lax)
    assert "turns.sender_key" in uncovered(MODES)


def test_holdings_name_only_what_there_is() -> None:
    names = [h.name for h in HOLDINGS]
    assert len(names) == len(set(names)) and set(names) == set(RULES)
    for number, h in enumerate(HOLDINGS):
        columns = set(table_of(h).columns.keys())
        used = {*h.ended, *h.blank, h.sender, h.lookup, h.telephone, h.through, h.over} - {None}
        assert used <= columns, h.name
        assert (h.through is None) == (h.parent is None)
        assert h.parent is None or h.parent in names[number + 1 :], "children stand before their parents"
        assert h.ended or h.parent, h.name
        assert "state" in columns or not h.states
        table = table_of(h)
        assert all(table.c[name].nullable for name, value in h.blank.items() if value is None), h.name


def test_excuses_name_only_what_there_is() -> None:
    load_models()
    tables = Base.metadata.tables
    missing = [
        x for x in NOT_PERSONAL if x.split(".")[0] in tables and x.split(".")[1] not in tables[x.split(".")[0]].c
    ]
    assert missing == []


def test_names_and_marks_make_a_column_personal() -> None:
    assert {"question", "name", "telephone", "close_reason"} <= {
        c.name for c in personal_columns(Base.metadata.tables["consultations"])
    }
    assert personal_columns(Base.metadata.tables["staff"]) == []


@pytest.mark.parametrize(
    ("name", "rule", "reason"),
    [
        ("letters", {"days": 3, "then": "delete"}, "没有这种数据"),
        ("turns", None, "没有写保存期限"),
        ("turns", {"days": 0, "then": "delete"}, "turns"),
        ("turns", {"then": "delete"}, "days"),
        ("turns", {"days": 3, "then": "keep"}, "days"),
        ("turns", {"then": "keep"}, "kept_because"),
        ("senders", {"days": 3, "then": "blank"}, "只能整条删除"),
        ("consultations", {"days": 3, "then": "blank"}, "open_kept_because"),
        ("case_events", {"then": "keep", "kept_because": "留存。"}, None),
    ],
)  # fmt: skip
def test_a_bad_rule_is_refused_with_its_reason(
    tmp_path: Path, name: str, rule: dict[str, object] | None, reason: str | None
) -> None:
    data = yaml.safe_load((DATA / "deeds" / FILE).read_text(encoding="utf-8"))
    data.pop(name, None)
    if rule is not None:
        data[name] = rule
    (tmp_path / FILE).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    if reason is None:
        assert retention_rules(tmp_path)[name].then is Then.KEEP
        return
    with pytest.raises(KnowledgeError, match=reason):
        retention_rules(tmp_path)


def test_what_belongs_to_a_row_that_goes_cannot_stay(tmp_path: Path) -> None:
    data = yaml.safe_load((DATA / "deeds" / FILE).read_text(encoding="utf-8"))
    data["cases"] |= {"then": "delete"}
    (tmp_path / FILE).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="case_events"):
        retention_rules(tmp_path)
