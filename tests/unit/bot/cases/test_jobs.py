"""What the clock does, once each."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import handling, jobs
from knowledge.calendar import CHINA
from tests.unit.bot.cases.helpers import COMPLAINT, MONDAY, REQUEST, Cases

MINUTE = timedelta(minutes=1)


def at(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, minute, tzinfo=CHINA)


def test_the_department_is_warned_once_when_the_deadline_comes_near(cases: Cases) -> None:
    row = cases.assigned(REQUEST, department="RS")
    jobs.warn_nearly_due(cases.desk, row.nearly_due_at - MINUTE)
    assert cases.alarms("case_nearly_due") == []
    for _ in range(2):
        jobs.warn_nearly_due(cases.desk, row.nearly_due_at)
    [(audience, text)] = cases.alarms("case_nearly_due")
    assert audience == "RS" and row.number in text


def test_three_quarters_of_the_working_time_are_over_then(cases: Cases) -> None:
    row = cases.assigned()  # Monday 10:00 to Tuesday 17:00: 5.5 and 6.5 hours of opening
    assert row.nearly_due_at == at(24, 9) + timedelta(hours=12 * 0.75 - 5.5) + timedelta(hours=1.5)  # after lunch


def test_an_overdue_case_is_supervised_once_and_explained_to_the_citizen(cases: Cases) -> None:
    row = cases.assigned()
    told = len(cases.outbox())
    jobs.escalate_overdue(cases.desk, row.due_at)
    assert cases.read(row).escalated_at is None
    for late in (MINUTE, 2 * MINUTE):
        jobs.escalate_overdue(cases.desk, row.due_at + late)
    fresh = cases.read(row)
    assert fresh.escalated_at == row.due_at + MINUTE and fresh.missed and fresh.state == "assigned"
    assert [audience for audience, _ in cases.alarms("case_overdue")] == ["supervisors"]
    assert "督办" in cases.outbox()[-1][2] and len(cases.outbox()) == told + 1


def test_a_reopened_round_and_an_extension_are_watched_anew(cases: Cases) -> None:
    row = cases.assigned()
    jobs.escalate_overdue(cases.desk, row.due_at + MINUTE)
    row = cases.do(row, lambda deed: handling.extend(deed, 1, "需要调查"), row.due_at + MINUTE)
    jobs.escalate_overdue(cases.desk, row.due_at + MINUTE)
    row = cases.do(row, lambda deed: handling.settle(deed, "办好"), row.due_at + MINUTE)
    jobs.escalate_overdue(cases.desk, row.due_at + timedelta(days=9))
    row = cases.do(row, lambda deed: handling.reopen(deed, "没有"), row.due_at + 2 * MINUTE)
    jobs.escalate_overdue(cases.desk, row.due_at + MINUTE)
    assert len(cases.alarms("case_overdue")) == 3


def test_workers_at_once_alarm_once(cases: Cases) -> None:
    rows = [cases.assigned(replace(COMPLAINT, deed_id=f"deed{n}")) for n in range(5)]
    told = len(cases.outbox())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.escalate_overdue(cases.desk, rows[0].due_at + MINUTE), range(4)))
    assert len(cases.alarms("case_overdue")) == 5 and len(cases.outbox()) == told + 5


def test_what_is_not_handed_over_is_shown_an_hour_before_closing_time(cases: Cases) -> None:
    row = cases.open()
    cases.assigned(REQUEST)
    jobs.warn_not_handed_over(cases.desk, at(23, 15, 59))
    assert cases.alarms("case_handover") == []
    for minute in (0, 1):
        jobs.warn_not_handed_over(cases.desk, at(23, 16, minute))
    [(audience, text)] = cases.alarms("case_handover")
    assert audience == "supervisors" and row.number in text


def test_a_decided_case_is_followed_up(cases: Cases) -> None:
    row = cases.settled(department="GA")
    assert row.follow_up_by is not None
    jobs.remind_follow_up(cases.desk, row.follow_up_by - MINUTE)
    assert cases.alarms("case_follow_up") == []
    for _ in range(2):
        jobs.remind_follow_up(cases.desk, row.follow_up_by)
    assert [audience for audience, _ in cases.alarms("case_follow_up")] == ["GA"]


def test_who_was_asked_in_time_is_not_reminded_of(cases: Cases) -> None:
    row = cases.settled()
    cases.do(row, lambda deed: handling.follow_up(deed, "满意"), MONDAY + MINUTE)
    jobs.remind_follow_up(cases.desk, MONDAY + timedelta(days=9))
    assert cases.alarms("case_follow_up") == []


def test_the_jobs_need_no_library(cases: Cases) -> None:
    row = cases.open()
    alone = replace(cases.desk, library=None, encoder=None)  # type: ignore[arg-type]
    for job in jobs.jobs():
        job.run(alone, row.due_at + timedelta(days=1))
    assert cases.read(row).escalated_at is not None
    assert len({job.name for job in jobs.jobs()}) == 4
