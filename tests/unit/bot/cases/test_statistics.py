"""Deadlines kept and missed (S28)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.cases import handling, jobs
from bot.cases.statistics import CaseCount, counts
from tests.unit.bot.cases.helpers import COMPLAINT, MONDAY, REQUEST, Cases

TODAY = MONDAY.date()


def counted(cases: Cases, first: date, last: date, now: datetime) -> list[CaseCount]:
    with cases.database.transaction() as session:
        return counts(session, first, last, now)


def test_cases_are_counted_by_kind_department_window_and_state(cases: Cases) -> None:
    late = MONDAY + timedelta(days=4)
    cases.settled()
    missed = cases.assigned(replace(COMPLAINT, deed_id="d3"))
    cases.do(missed, lambda deed: handling.settle(deed, "晚了"), late)
    cases.open(replace(COMPLAINT, deed_id="d4"))
    cases.open(REQUEST)
    jobs.escalate_overdue(cases.desk, late)
    assert counted(cases, TODAY, TODAY, late) == [
        CaseCount("complaint", "GA", "A01", "received", 1, 0, 1, 1, 0, 0),
        CaseCount("complaint", "GA", "A01", "settled", 2, 1, 1, 0, 0, 0),
        CaseCount("fallback_request", "RS", None, "received", 1, 0, 0, 0, 0, 0),
    ]


def test_a_case_that_is_reopened_and_extended_is_neither_kept_nor_missed_while_it_runs(cases: Cases) -> None:
    row = cases.do(cases.settled(), lambda deed: handling.reopen(deed, "没有解决"))
    cases.do(row, lambda deed: handling.extend(deed, 1, "需要调查"))
    assert counted(cases, TODAY, TODAY, MONDAY) == [CaseCount("complaint", "GA", "A01", "reopened", 1, 0, 0, 0, 1, 1)]


def test_overdue_cases_are_missed_before_the_clock_noticed(cases: Cases) -> None:
    row = cases.open()
    assert counted(cases, TODAY, TODAY, row.due_at + timedelta(seconds=1))[0].missed == 1
    assert counted(cases, TODAY, TODAY, row.due_at)[0].missed == 0


def test_the_period_is_of_days_in_china(cases: Cases) -> None:
    cases.open(now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC))  # half past midnight on the 24th
    assert counted(cases, TODAY, TODAY, MONDAY) == []
    assert len(counted(cases, date(2026, 11, 24), date(2026, 11, 24), MONDAY)) == 1
