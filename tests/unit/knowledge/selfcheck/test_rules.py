"""The rules over one publication and over references: for each what it finds and what it leaves alone."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from knowledge.base import Published
from knowledge.model import Disclosure
from knowledge.selfcheck import rules
from knowledge.selfcheck.check import RULES
from knowledge.selfcheck.findings import Finding
from tests.unit.helpers import four_guides, make_guide, make_hall, make_published, make_scenario
from tests.unit.knowledge.selfcheck.samples import TODAY, with_faq, with_guest, with_guide

HOLES: dict[str, Any] = {
    "location": None, "legal_basis": [], "conditions": [], "materials": [], "procedure": [], "time_limit": None,
    "fees": None,
}  # fmt: skip
LIMIT = {"statutory": "60日", "promised": "20个工作日"}
Rule = Callable[[Published, date], Iterator[Finding]]


def found(rule: Rule, published: Published, today: date = TODAY) -> list[str]:
    return [f"{f.severity.value} {f.kind.value} {f.id} {f.field}" for f in rule(published, today)]


@pytest.mark.parametrize("rule", RULES)
def test_what_is_right_is_left_alone(rule: Rule) -> None:
    assert found(rule, make_published()) == []


# Disclosures and names.


@pytest.mark.parametrize("hole", sorted(HOLES))
def test_a_disclosure_that_is_missing_is_an_error(hole: str) -> None:
    assert found(rules.missing_disclosures, with_guide(**{hole: HOLES[hole]})) == [f"error guide GA-003 {hole}"]


def test_all_eight_disclosures_are_looked_at() -> None:
    assert {*HOLES, "name"} == {d.value for d in Disclosure}


def test_disclosures_of_other_platforms_are_not_ours_to_fill() -> None:
    assert found(rules.missing_disclosures, with_guest()) == []


@pytest.mark.parametrize(("count", "expected"), [(3, []), (2, ["warning guide GA-003 colloquial"])])
def test_three_ways_in_which_citizens_say_it_are_wanted(count: int, expected: list[str]) -> None:
    ways = ["身份证丢了", "身份证不见了", "补身份证"][:count]
    assert found(rules.missing_disclosures, with_guide(colloquial=ways)) == expected


# Dates.


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(1, ["error guide GA-003 checked_on"], id="tomorrow"),
        pytest.param(0, [], id="today"),
        pytest.param(-365, [], id="just new enough"),
        pytest.param(-366, ["warning guide GA-003 checked_on"], id="too old"),
    ],
)
def test_the_day_of_the_last_check(days: int, expected: list[str]) -> None:
    assert found(rules.dates, with_guide(checked_on=TODAY + timedelta(days=days))) == expected


def test_the_hall_says_how_old_a_check_may_be() -> None:
    published = make_published(hall=make_hall(checked_within_days=10))
    assert found(rules.dates, published) == [f"warning guide {code} checked_on" for code in four_guides()]


@pytest.mark.parametrize(("days", "expected"), [(0, []), (-1, ["error guide GA-003 valid_until"])])
def test_a_guide_past_its_date_is_an_error(days: int, expected: list[str]) -> None:
    assert found(rules.dates, with_guide(valid_until=TODAY + timedelta(days=days))) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, []), (-1, ["warning faq FAQ-GA-001 valid_until"])])
def test_an_faq_entry_past_its_date_is_a_warning(days: int, expected: list[str]) -> None:
    assert found(rules.dates, with_faq(valid_until=TODAY + timedelta(days=days))) == expected


@pytest.mark.parametrize("review", ["draft", "withdrawn"])
def test_an_entry_that_does_not_answer_may_be_past_its_date(review: str) -> None:
    assert found(rules.dates, with_faq(valid_until=date(2026, 2, 1), review=review)) == []


def test_dates_of_other_platforms_are_theirs() -> None:
    guest = with_guest(checked_on=date(2001, 1, 1), valid_until=date(2002, 1, 1))
    assert found(rules.dates, guest) == []


# Fees.


@pytest.mark.parametrize(
    ("fees", "field"),
    [
        pytest.param({"charged": True, "amount_yuan": 40, "text": "每证工本费40元。"}, None, id="amount in the text"),
        pytest.param({"charged": True, "amount_yuan": 4.5, "text": "每份4.5元。"}, None, id="amount with decimals"),
        pytest.param({"charged": True, "amount_yuan": None, "text": "按面积收费。"}, None, id="no fixed amount"),
        pytest.param({"charged": True, "amount_yuan": 40, "text": "每证20元。"}, "amount_yuan", id="other amount"),
        pytest.param({"charged": True, "amount_yuan": 40, "text": "每证140元。"}, "amount_yuan", id="part of a number"),
        pytest.param({"charged": True, "amount_yuan": 40, "text": "每证400元。"}, "amount_yuan", id="begins a number"),
        pytest.param({"charged": False, "text": "不收费。"}, None, id="free"),
        pytest.param({"charged": False, "text": "收费0元。"}, None, id="zero"),
        pytest.param({"charged": False, "text": "原价40元，现在免收。"}, None, id="exempted"),
        pytest.param({"charged": False, "text": "首次不收，以前40元。"}, None, id="no longer"),
        pytest.param({"charged": False, "text": "每证工本费40 元。"}, "text", id="free, yet an amount"),
    ],
)
def test_fees_agree_with_what_is_said_of_them(fees: dict[str, Any], field: str | None) -> None:
    expected = [f"error guide GA-003 fees.{field}"] if field else []
    assert found(rules.contradictions, with_guide(fees=fees)) == expected


def test_contradictions_of_other_platforms_count_too() -> None:
    fees = {"charged": True, "amount_yuan": 40, "text": "每证20元。"}
    assert found(rules.contradictions, with_guest(fees=fees)) == ["error guide XX-001 fees.amount_yuan"]


# Time limits.


@pytest.mark.parametrize(
    ("statutory", "promised", "longer"),
    [
        pytest.param("60日", "60日", False, id="as long"),
        pytest.param("60日", "61日", True, id="longer"),
        pytest.param("20个工作日", "21 个工作日", True, id="working days"),
        pytest.param("20日", "30个工作日", False, id="working and calendar days cannot be compared"),
        pytest.param("受理5日，审查10日", "15日", False, id="the steps together"),
        pytest.param("受理5日，审查10日", "16日", True, id="longer than the steps together"),
        pytest.param("10天", "11日", True, id="天 and 日 are the same"),
        pytest.param("没有规定", "3个工作日", False, id="no statutory limit"),
        pytest.param("5日", "尽快", False, id="no promise in days"),
        pytest.param("受理5个工作日，公告30日", "5个工作日，公告31日", True, id="each unit for itself"),
        pytest.param("30日", "一般10日，复杂的30日", False, id="the longest promise fits"),
    ],
)
def test_no_promise_is_longer_than_the_law_allows(statutory: str, promised: str, longer: bool) -> None:
    limit = {"statutory": statutory, "promised": promised}
    expected = ["error guide GA-003 time_limit.promised"] if longer else []
    assert found(rules.contradictions, with_guide(time_limit=limit)) == expected


@pytest.mark.parametrize(
    ("promised", "wrong"),
    [("当场办结", False), ("当场受理，3个工作日办结", False), ("即来即办", False), ("3个工作日", True)],
)
def test_on_the_spot_is_said_in_the_promise(promised: str, wrong: bool) -> None:
    limit = {"statutory": "20个工作日", "promised": promised, "on_the_spot": True}
    expected = ["error guide GA-003 time_limit.on_the_spot"] if wrong else []
    assert found(rules.contradictions, with_guide(time_limit=limit)) == expected


def test_days_alone_do_not_promise_the_spot() -> None:
    assert found(rules.contradictions, with_guide(time_limit={**LIMIT, "on_the_spot": False})) == []


@pytest.mark.parametrize(
    ("promised", "expected"),
    [("10日", []), ("90日", ["error guide GA-003 situations.minor.time_limit.promised"])],
)
def test_limits_of_situations_are_looked_at(promised: str, expected: list[str]) -> None:
    minor = {"id": "minor", "name": "未成年人", "changes": {"time_limit": {"statutory": "60日", "promised": promised}}}
    assert found(rules.contradictions, with_guide(situations=[minor])) == expected


# References.


@pytest.mark.parametrize("field", ["preceding", "following", "related"])
@pytest.mark.parametrize(
    ("code", "wrong"),
    [pytest.param("GA-008", False, id="there"), pytest.param("GA-099", True, id="nowhere"), ("GA-003", True)],
)
def test_items_beside_an_item_are_there_and_others(field: str, code: str, wrong: bool) -> None:
    expected = [f"error guide GA-003 {field}"] if wrong else []
    assert found(rules.references, with_guide(**{field: [code]})) == expected


@pytest.mark.parametrize(("code", "expected"), [("RS-002", []), ("RS-099", ["error faq FAQ-GA-001 items"])])
def test_items_of_an_faq_entry_are_there(code: str, expected: list[str]) -> None:
    assert found(rules.references, with_faq(items=["GA-003", code])) == expected


@pytest.mark.parametrize(("code", "expected"), [("RS-002", []), ("RS-099", ["error scenario lost_papers items"])])
def test_items_of_a_scenario_are_there_in_every_branch(code: str, expected: list[str]) -> None:
    branches = [{"title": "是", "items": [code]}, {"title": "不是"}]
    of_branch = make_scenario(start="what", questions={"what": {"ask": "丢了吗？", "branches": branches}})
    for scenario in (make_scenario(items=[code]), of_branch):
        assert found(rules.references, make_published(scenarios={scenario.id: scenario})) == expected


# Owners.


@pytest.mark.parametrize(
    ("owner", "expected"),
    [("GA", []), ("示范大厅", []), ("ZZ", ["warning faq FAQ-GA-001 owner"])],
)
def test_an_entry_belongs_to_a_department_or_the_hall(owner: str, expected: list[str]) -> None:
    assert found(rules.owners, with_faq(owner=owner)) == expected


@pytest.mark.parametrize(
    ("review", "expected"), [("reviewed", ["warning faq FAQ-GA-001 sources"]), ("draft", []), ("withdrawn", [])]
)
def test_an_entry_that_answers_names_its_sources(review: str, expected: list[str]) -> None:
    assert found(rules.owners, with_faq(sources=[], review=review)) == expected


def test_entries_of_other_platforms_have_owners_of_their_own() -> None:
    assert found(rules.owners, with_faq(owner="水务局", sources=[], origin="省平台")) == []


def test_a_finding_says_where_and_what_to_do() -> None:
    published = make_published(guides={"GA-003": make_guide(fees=None)})
    (finding,) = rules.missing_disclosures(published, TODAY)
    assert str(finding) == "guide GA-003 fees: 没有填写，八公开缺一不可，请补上"
