"""Walking the question tree of a scenario, and reading the answers of citizens."""

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge import scenarios
from knowledge.model import Question
from tests.unit.helpers import make_scenario

SCENARIO = make_scenario()


@pytest.mark.parametrize(
    ("taken", "ask", "items", "notes"),
    [
        ((), "请问丢了哪些证件？", (), ()),
        (("身份证和社保卡",), "请问护照丢了吗？", ("GA-003", "RS-002"), ()),
        (("身份证和社保卡", "护照也丢了"), None, ("GA-003", "RS-002", "GA-008"), ()),
        (("身份证和社保卡", "护照还在"), None, ("GA-003", "RS-002"), ()),
        (("只有身份证",), None, ("GA-003",), ("请尽快挂失。",)),
    ],
)
def test_a_walk_stands_at_its_question_with_items_and_notes_so_far(
    taken: tuple[str, ...], ask: str | None, items: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    stand = scenarios.walk(SCENARIO, taken)
    assert stand is not None
    assert (stand.question.ask if stand.question else None, stand.items, stand.notes) == (ask, items, notes)


@pytest.mark.parametrize("taken", [("没有这样的",), ("只有身份证", "护照还在"), ("护照还在",)])
def test_there_is_no_other_way(taken: tuple[str, ...]) -> None:
    assert scenarios.walk(SCENARIO, taken) is None


def test_items_of_the_scenario_itself_come_first_and_each_once() -> None:
    scenario = make_scenario(items=["GA-008", "GA-003"])
    stand = scenarios.walk(scenario, ("身份证和社保卡", "护照也丢了"))
    assert stand is not None and stand.items == ("GA-008", "GA-003", "RS-002")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": "nowhere"}, "没有名为 nowhere 的问题"),
        (
            {"questions": {"what": {"ask": "？", "branches": [{"title": "一"}, {"title": "二", "next": "x"}]}}},
            "没有名为 x",
        ),
        (
            {"questions": {"what": {"ask": "？", "branches": [{"title": "一"}, {"title": "二", "next": "what"}]}}},
            "绕回了自己",
        ),
        ({"questions": {"what": {"ask": "？", "branches": [{"title": "一"}]}}}, "branches"),
        ({"questions": {"what": {"ask": "？", "branches": [{"title": str(n)} for n in range(6)]}}}, "branches"),
    ],
)
def test_a_tree_with_a_hole_or_a_circle_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        make_scenario(**change)


FUND = Question.model_validate(
    {
        "ask": "您缴存过住房公积金吗？",
        "branches": [
            {"title": "缴存过", "words": ["有", "有公积金", "交过"]},
            {"title": "没有", "words": ["没交过", "无"]},
            {"title": "不清楚，Ａ类", "words": ["不知道"]},
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("1", "缴存过", id="number"),
        pytest.param(" 2。", "没有", id="number with marks"),
        pytest.param("缴存过", "缴存过", id="title"),
        pytest.param("应该是没有吧", "没有", id="title inside"),
        pytest.param("不清楚,a类", "不清楚，Ａ类", id="title, normalised"),
        pytest.param("我以前交过的", "缴存过", id="word inside"),
        pytest.param("有", "缴存过", id="a single character"),
        pytest.param("有的", "缴存过", id="a single character with a particle"),
        pytest.param("没有公积金", "没有", id="a denied word does not count"),
        pytest.param("我没交过", "没有", id="the longest match wins"),
    ],
)
def test_an_answer_takes_its_branch(text: str, title: str) -> None:
    branch = scenarios.choose(FUND, text)
    assert branch is not None and branch.title == title


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("0", id="no such number"),
        pytest.param("4", id="too large a number"),
        pytest.param("护照丢了", id="something else"),
        pytest.param("公积金贷款有什么条件", id="a single character in a long message"),
        pytest.param("不是缴存过", id="a denied title"),
    ],
)
def test_what_is_no_answer_takes_none(text: str) -> None:
    assert scenarios.choose(FUND, text) is None


def test_two_branches_that_fit_as_well_are_no_answer() -> None:
    branches = [{"title": "个体工商户", "words": ["小店"]}, {"title": "有限公司", "words": ["大店"]}]
    question = Question.model_validate({"ask": "？", "branches": branches})
    assert scenarios.choose(question, "小店还是大店") is None


def test_written_titles_are_read_even_with_the_joint_in_them() -> None:
    questions = {
        "what": {"ask": "？", "branches": [{"title": "卡", "next": "more"}, {"title": "卡、证，Ａ", "next": "more"}]},
        "more": {"ask": "？", "branches": [{"title": "证"}, {"title": "没有"}]},
    }
    scenario = make_scenario(questions=questions)
    assert scenarios.titles_in(scenario, "卡、证", "、") == ("卡", "证")
    assert scenarios.titles_in(scenario, "卡、证,a", "、") == ("卡、证，Ａ",)
    assert scenarios.titles_in(scenario, "卡、证,a、没有", "、") == ("卡、证，Ａ", "没有")
    for other in ("", "证", "卡、", "卡、没", "卡、证、没有"):
        assert scenarios.titles_in(scenario, other, "、") is None
