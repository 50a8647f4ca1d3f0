"""Asking for the one-time notice in writing."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from bot.deeds.form import Context
from bot.desk import Desk
from bot.notices.form import NOTICE
from bot.notices.model import NoticeRow
from tests.unit.bot.deeds.talk import Talk
from tests.unit.bot.notices.conftest import NOW


@pytest.fixture
def context(desk: Desk) -> Context:
    return Context(desk, "d" * 32, "web", "f" * 64, NOW)


def told(talk: Talk) -> dict[str, Any]:
    return {name: talk.values[name] for name in ("item", "recipient")}


def count(desk: Desk) -> int:
    with desk.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(NoticeRow)) or 0


def test_item_and_name_then_the_address(context: Context, client: TestClient, desk: Desk) -> None:
    talk = Talk(NOTICE, context)
    talk.say("给我出一份一次性告知书")
    assert talk.keys() == ["notice.ask_item"]
    talk.say("居民身份证遗失补领")
    assert talk.keys() == ["notice.ask_recipient"]
    talk.say("我叫王小明")
    assert talk.done and told(talk) == {"item": "GA-003", "recipient": "王小明"}
    line = talk.done.lines[0]
    path = re.sub(r"^http://[^/]+", "", line.values["address"])
    assert line.wording == "notice.done" and client.get(path).content.startswith(b"%PDF")


def test_all_in_one_opening(context: Context) -> None:
    talk = Talk(NOTICE, replace(context, items=("GA-008",)))
    talk.say("我叫王小明，帮我打一份换护照的告知书")
    assert talk.done and told(talk) == {"item": "GA-008", "recipient": "王小明"}


def test_the_item_of_the_turn_before_is_meant(context: Context) -> None:
    talk = Talk(NOTICE, replace(context, item="GA-003"))
    talk.say("给我出一份书面的")
    assert talk.values["item"] == "GA-003" and talk.keys() == ["notice.ask_recipient"]


def test_several_items_are_offered_and_chosen_by_number(context: Context) -> None:
    talk = Talk(NOTICE, replace(context, items=("GA-003", "GA-008")))
    step = talk.say("打印一份材料清单")
    assert step.lines[-1].options == ("居民身份证遗失补领", "普通护照换发")
    talk.say("第二个")
    assert talk.values["item"] == "GA-008"


def test_an_answer_that_names_several_items_is_asked_again(context: Context) -> None:
    talk = Talk(NOTICE, context)
    talk.say("打印一份材料清单")
    talk.context = replace(talk.context, items=("GA-003", "GA-008"))
    step = talk.say("证件的")
    assert talk.keys() == ["notice.which_item", "notice.ask_item"] and step.failures == 0
    assert step.lines[-1].options == ("居民身份证遗失补领", "普通护照换发")


def test_a_correction_in_the_middle(context: Context) -> None:
    talk = Talk(NOTICE, replace(context, item="GA-003"))
    talk.say("给我出一份书面的")
    talk.context = replace(talk.context, items=("GA-008",))
    talk.say("不对，是换护照的！")
    assert talk.values["item"] == "GA-008" and talk.keys()[0] == "form.changed"


@pytest.mark.parametrize("answer", ["不用", "跳过", "没有"])
def test_no_name_is_needed(context: Context, answer: str) -> None:
    talk = Talk(NOTICE, replace(context, items=("GA-003",)))
    talk.say("要书面的")
    talk.say(answer)
    assert talk.done and talk.values["recipient"] == ""


@pytest.mark.parametrize("name", ["示范市好味道餐饮（个体）有限公司2部", "王𬭚"])
def test_companies_and_rare_names_are_taken(context: Context, name: str) -> None:
    talk = Talk(NOTICE, replace(context, items=("GA-003",)))
    talk.say("要书面的")
    talk.say(name)
    assert talk.values["recipient"] == name


def test_nonsense_three_times_shows_a_way_out(context: Context) -> None:
    talk = Talk(NOTICE, context)
    talk.say("要书面的")
    for _ in range(3):
        talk.say("呃呃呃")
    assert talk.keys() == ["notice.bad_item", "form.way_out"]


def test_submitting_twice_issues_once(context: Context, desk: Desk) -> None:
    whole = replace(context, values={"item": "GA-003", "recipient": ""})
    first, second = NOTICE.submit(whole), NOTICE.submit(whole)
    assert first.lines[0].values["number"] == second.lines[0].values["number"] and count(desk) == 1
