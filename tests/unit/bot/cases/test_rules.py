"""The rules: the real file, and bad ones refused with file and line."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cases.rules import CaseKind, CasesRules, Grading, cases_rules, check
from bot.settings import load_settings
from knowledge.loader import KnowledgeError, load_yaml
from tests.unit.bot.cases.helpers import HALL
from tests.unit.helpers import make_hall

FILE = load_settings().knowledge / "deeds" / "cases.yaml"


def test_the_limits_are_those_of_the_standards() -> None:
    rules = cases_rules(FILE.parent)
    assert rules.of(CaseKind.COMPLAINT).limits == {
        Grading.ON_THE_SPOT: 0, Grading.SIMPLE: 1, Grading.COMPLEX: 3,
    }  # fmt: skip
    assert rules.of(CaseKind.FALLBACK_REQUEST).limits == {Grading.SIMPLE: 0, Grading.COMPLEX: 5}
    assert len(rules.complaint_kinds) == 6 and all(len(kind.examples) >= 12 for kind in rules.complaint_kinds)
    assert rules.label_of("delay") == "拖着不办、超过时限" and rules.label_of("other") == "都不是或者说不清"
    assert rules.label_of(None) == ""


def test_receivers_are_departments_of_the_hall_or_its_supervision() -> None:
    rules = cases_rules(FILE.parent)
    check(rules, HALL, FILE)
    receiver = rules.complaint.receiver.model_copy(update={"id": "RS"})
    moved = rules.model_copy(update={"complaint": rules.complaint.model_copy(update={"receiver": receiver})})
    check(moved, HALL, FILE)
    with pytest.raises(KnowledgeError, match=r"hall\.yaml 里没有部门 RS"):
        check(moved, make_hall(), FILE)


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        (("nearly_due_share",), 1.5, "cases.yaml:.*太大"),
        (("complaint", "default_grading"), "hard", "default_grading"),
        (("fallback_request", "default_grading"), "on_the_spot", "没有写在 limits 里"),
        (("fallback_request", "prefix"), "TS", "prefix 不能相同"),
        (("states",), {"received": "已登记"}, "缺少这些状态"),
        (("complaint", "more"), 1, "不认识的键"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused(tmp_path: Path, where: tuple[str, ...], value: Any, reason: str) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    inner = data
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=reason):
        load_yaml(file, CasesRules)
