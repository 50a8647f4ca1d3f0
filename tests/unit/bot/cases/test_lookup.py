"""Citizens ask after their cases; wrong questions are counted by the database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases import handling, lookup
from bot.cases.asking import checked_number
from bot.errors import Refused
from tests.unit.bot.cases.helpers import COMPLAINT, MONDAY, Cases
from tests.unit.helpers import SENDER_KEY


def outcome(cases: Cases, number: str, telephone: str, minutes: int = 0, sender: str | None = None) -> str:
    try:
        return checked_number(cases.desk, number, telephone, MONDAY + timedelta(minutes=minutes), sender)
    except Refused as refused:
        return refused.wording


def test_number_and_telephone_must_fit(cases: Cases) -> None:
    row = cases.open()
    other = cases.open(replace(COMPLAINT, deed_id="deed9", telephone="+8613800002222"))
    assert outcome(cases, row.number, "138 0000 1111") == row.number
    assert outcome(cases, f" {row.number.lower()} ", "13800001111") == row.number
    wrong = [(row.number, "13800002222"), (other.number, "13800001111"), ("TS20261123ABCDEF", "13800001111")]
    wrong += [(row.number, ""), ("' or 1=1 --", "13800001111")]
    assert {outcome(cases, *pair) for pair in wrong} == {"case.not_found"}


def test_the_last_digits_do_not_suffice(cases: Cases) -> None:
    assert outcome(cases, cases.open().number, "1111") == "case.not_found"


def test_an_anonymous_case_has_its_number_only(cases: Cases) -> None:
    row = cases.open(replace(COMPLAINT, anonymous=True))
    assert outcome(cases, row.number, "") == row.number


def test_five_wrong_questions_lock_the_number_for_a_while(cases: Cases) -> None:
    row = cases.open()
    assert [outcome(cases, row.number, "13800002222") for _ in range(6)] == ["case.not_found"] * 5 + [
        "case.too_many_questions"
    ]
    assert outcome(cases, row.number, "13800001111", minutes=14) == "case.too_many_questions"
    assert outcome(cases, row.number, "13800001111", minutes=15) == row.number


def test_a_sender_who_tries_numbers_is_locked_as_well(cases: Cases) -> None:
    row = cases.open()
    numbers = [f"TS20261123AAAAA{letter}" for letter in "ABCDE"]
    assert {outcome(cases, number, "13800001111", sender="e" * 64) for number in numbers} == {"case.not_found"}
    assert outcome(cases, row.number, "13800001111", sender="e" * 64) == "case.too_many_questions"
    assert outcome(cases, row.number, "13800001111", sender="d" * 64) == row.number


def test_right_questions_are_not_counted(cases: Cases) -> None:
    row = cases.open()
    assert {outcome(cases, row.number, "13800001111") for _ in range(8)} == {row.number}


def test_questions_at_once_are_no_way_around(cases: Cases) -> None:
    row = cases.open()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: outcome(cases, row.number, "13800002222"), range(16)))
    assert told.count("case.not_found") == 5 and told.count("case.too_many_questions") == 11


def test_own_cases_are_the_newest_that_are_not_closed(cases: Cases) -> None:
    rows = [
        cases.open(replace(COMPLAINT, deed_id=f"deed{n}"), MONDAY + timedelta(minutes=n))
        for n in range(lookup.MOST_SHOWN + 2)
    ]
    closed = cases.settled(replace(COMPLAINT, deed_id="closed"), MONDAY + timedelta(hours=1))
    cases.do(cases.do(closed, lambda deed: handling.follow_up(deed, "满意")), handling.close)
    with cases.database.transaction() as session:
        own = lookup.own_cases(session, SENDER_KEY)
        assert lookup.own_cases(session, "e" * 64) == []
        assert lookup.is_own(session, SENDER_KEY, rows[0].number) and not lookup.is_own(
            session, "e" * 64, rows[0].number
        )
    assert [row.id for row in own] == [row.id for row in rows[::-1][: lookup.MOST_SHOWN]]


@pytest.mark.parametrize("visible", [True, False])
def test_only_what_is_meant_for_the_citizen_is_told(cases: Cases, visible: bool) -> None:
    row = cases.settled()
    if not visible:
        row = cases.do(row, lambda deed: handling.follow_up(deed, "内部记录"), MONDAY + timedelta(hours=1))
    with cases.database.transaction() as session:
        told = lookup.progress_of(session, cases.office, row)
    assert told.note == "已经办好" and told.decided and told.handler == "中心投诉处理专员"
