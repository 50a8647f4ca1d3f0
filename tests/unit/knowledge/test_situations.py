"""Which situation of an item a message speaks of."""

import pytest

from knowledge.model import Situation
from knowledge.situations import cues_in, named, situation_in, stands
from tests.unit.helpers import AGENT, MINOR, make_guide

GUIDE = make_guide(situations=[MINOR, AGENT])


def found(text: str) -> str | None:
    situation = situation_in(GUIDE, text)
    return situation.id if situation else None


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("孩子身份证丢了", "minor"), ("未成年的", "minor"), ("能代办吗", "agent"), ("我帮别人办", "agent"),
        ("孩子未成年,可以代办吗", "minor"), ("身份证丢了", None), ("", None),
    ],
)  # fmt: skip
def test_cues_show_the_situation_and_the_more_of_them_the_better(text: str, id_: str | None) -> None:
    assert found(text) == id_


def test_two_situations_as_likely_are_none() -> None:
    assert found("孩子代办") is None


@pytest.mark.parametrize("text", ["不是代办", "没有代办", "我不代办", "非未成年", "不是孩子"])
def test_a_denied_cue_does_not_count(text: str) -> None:
    assert found(text) is None


def test_a_cue_that_is_denied_once_and_meant_once_counts() -> None:
    assert found("不是代办,哦是代办") == "agent"
    assert stands("代办", "不代办不行就代办") and not stands("代办", "不代办")


def test_cues_are_compared_as_messages_are_normalised() -> None:
    situation = Situation.model_validate({"id": "abroad", "name": "境外", "cues": ["ＡＢ 证"], "changes": {}})
    assert cues_in(situation, "我有ab 证") == ["ab 证"]


def test_a_situation_is_found_by_its_name_in_any_width() -> None:
    assert named(GUIDE, "他人代办(委托)") is GUIDE.situations[1]
    assert named(GUIDE, "别的") is None


def test_a_guide_without_situations_has_none() -> None:
    assert situation_in(make_guide(), "孩子") is None
