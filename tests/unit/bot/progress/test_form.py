"""Asking how far an application is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.deeds.form import Context
from bot.desk import Desk
from bot.errors import Refused
from bot.progress import service
from bot.progress.form import PROGRESS_QUERY
from bot.progress.rules import progress_rules
from connectors.contract import TurnStatus
from tests.unit.bot.deeds.talk import Talk
from tests.unit.bot.notices.conftest import NOW
from tests.unit.bot.progress.conftest import NUMBER, progress

Kept = Callable[..., None]


@pytest.fixture
def context(desk: Desk, kept: Kept) -> Context:
    kept()
    return Context(desk, "d" * 32, "web", "f" * 64, NOW)


def answer(talk: Talk) -> str:
    assert talk.done
    return "".join(talk.context.desk.wording.say(line.wording, **line.values) for line in talk.done.lines)


def told(talk: Talk) -> dict[str, Any]:
    return {name: talk.values[name] for name in ("number", "check")}


def test_number_and_check_then_the_answer(context: Context) -> None:
    talk = Talk(PROGRESS_QUERY, context)
    talk.say("我的身份证办好了没")
    assert talk.keys() == ["progress_query.ask_number"]
    talk.say("sl20261120a001")
    assert talk.keys() == ["progress_query.ask_check"]
    talk.say("123x")
    assert talk.done and talk.done.status is TurnStatus.ANSWERED_PROGRESS
    said = answer(talk)
    assert "正在审查" in said and "2026年11月19日收件；2026年11月20日受理" in said and "2026年12月18日" in said


@pytest.mark.parametrize(
    "text",
    [
        f"查一下{NUMBER}办到哪了，身份证后四位123x",
        f"{NUMBER} 尾号1111",
        "编号SL2026 1120 A001，手机13800001111",
        f"受理号是{NUMBER}，证件11010119900307123X",
    ],
)
def test_all_in_one_opening(context: Context, text: str) -> None:
    talk = Talk(PROGRESS_QUERY, context)
    talk.say(text)
    assert told(talk)["number"] == NUMBER and "正在审查" in answer(talk)


def test_a_correction_in_the_middle(context: Context) -> None:
    talk = Talk(PROGRESS_QUERY, context)
    talk.say("查SL20261120A009")
    talk.say(f"不对，编号是{NUMBER}")
    assert talk.keys() == ["form.changed", "progress_query.ask_check"]
    talk.say("后四位是1111")
    assert "正在审查" in answer(talk)


def test_nonsense_three_times_shows_a_way_out(context: Context) -> None:
    talk = Talk(PROGRESS_QUERY, context)
    talk.say("办好了没")
    for _ in range(3):
        talk.say("不清楚呀")
    assert talk.keys() == ["progress_query.bad_number", "form.way_out"]


def ask(context: Context, number: str, check: str) -> Talk:
    talk = Talk(PROGRESS_QUERY, context)
    talk.say(f"查{number}，后四位{check}")
    return talk


def test_unknown_numbers_and_wrong_checks_are_answered_alike(context: Context) -> None:
    wrong, unknown = ask(context, NUMBER, "0000"), ask(context, "SL20261120A009", "1111")
    assert wrong.done == unknown.done and wrong.done and wrong.done.status is TurnStatus.ANSWERED_PROGRESS
    assert NUMBER not in answer(wrong)


def test_after_five_in_vain_nobody_asks_for_a_quarter_of_an_hour(context: Context) -> None:
    for n in range(5):
        ask(context, NUMBER, f"000{n}")
    with pytest.raises(Refused) as refused:
        ask(context, NUMBER, "1111")
    assert (refused.value.wording, refused.value.status) == ("progress_query.too_many", 429)
    assert "正在审查" in answer(ask(replace(context, sender_key="e" * 64), NUMBER, "1111"))
    assert "正在审查" in answer(ask(replace(context, now=NOW + timedelta(minutes=15)), NUMBER, "1111"))


def test_questions_that_found_something_do_not_count(context: Context) -> None:
    for _ in range(7):
        assert "正在审查" in answer(ask(context, NUMBER, "1111"))


def test_one_number_is_not_guessed_by_many_askers(context: Context) -> None:
    limit = progress_rules(context.desk.rules).failures_of_a_number
    for n in range(limit):
        ask(replace(context, sender_key=f"{n:064d}"), NUMBER, "0000")
    with pytest.raises(Refused):
        ask(context, NUMBER, "1111")


def test_many_guesses_at_once_are_no_more_than_five(context: Context) -> None:
    def guess(n: int) -> bool:
        try:
            return service.ask(context.desk, "f" * 64, NUMBER, f"{n:04d}", NOW) is None
        except Refused:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(16))) <= 5


def test_submitting_twice_answers_twice(context: Context) -> None:
    whole = replace(context, values={"number": NUMBER, "check": "1111"})
    assert PROGRESS_QUERY.submit(whole) == PROGRESS_QUERY.submit(whole)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "supplement", "todo": "近期照片。"}, "请您补正：近期照片。"),
        ({"state": "supplement"}, "补正通知书"),
        ({"state": "ready", "place": "1楼A01窗口"}, "到1楼A01窗口领取"),
        ({"state": "ready"}, "到受理的窗口领取"),
        ({"state": "posted", "post_number": "EMS123"}, "邮件号码是EMS123"),
        ({"state": "refused"}, "救济途径"),
        ({"state": "examining", "due_at": "2026-11-20T09:00:00Z"}, "已经超过期限"),
    ],
)
def test_what_the_citizen_has_to_do_is_said(desk: Desk, changes: dict[str, Any], said: str) -> None:
    lines = service.told(progress_rules(desk.rules), progress(**changes), NOW)
    text = "".join(desk.wording.say(line.wording, **line.values) for line in lines)
    assert said in text and "。。" not in text
    assert ("办结日期" in text) == (changes["state"] == "supplement")


def test_a_system_that_is_away_counts_for_nothing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.progress.file_system import FileSystem

    with monkeypatch.context() as patch:
        patch.setattr(service, "system_of", lambda desk: FileSystem(desk.rules / "none.csv"))
        for _ in range(7):
            with pytest.raises(Refused) as refused:
                service.ask(context.desk, "f" * 64, NUMBER, "1111", NOW)
            assert refused.value.status == 503
    assert service.ask(context.desk, "f" * 64, NUMBER, "1111", NOW)
