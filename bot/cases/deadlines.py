"""The times of a case by the hall's calendar (S15, S16)."""

from __future__ import annotations

from datetime import datetime

from bot.cases.model import CaseRow
from bot.cases.office import Office
from bot.cases.rules import CaseKind, Grading
from bot.errors import Refused


def begin_round(office: Office, row: CaseRow, now: datetime) -> None:
    """A new round: the deadline runs from now, and alarms may sound again. `missed` is for the caller to keep."""
    row.round_started_at = now
    row.hand_over_by = office.calendar.end_of_day(now)
    row.hand_over_alarmed_at = row.settled_at = row.follow_up_by = row.follow_up_alarmed_at = row.closed_at = None
    set_grading(office, row, Grading(row.grading))


def set_grading(office: Office, row: CaseRow, grading: Grading) -> None:
    """The limit of the grading, counted from the beginning of the round. Refused when the kind of case does not know
    the grading."""
    limits = office.rules.of(CaseKind(row.kind)).limits
    if grading not in limits:
        raise Refused("case.bad_grading", 422, "bad-grading")
    row.grading = grading.value
    set_due(office, row, office.calendar.end_of_working_day_after(row.round_started_at, limits[grading]))


def set_due(office: Office, row: CaseRow, due: datetime) -> None:
    """The deadline, and when staff are warned of it."""
    row.due_at = due
    whole = office.calendar.working_time_between(row.round_started_at, due)
    row.nearly_due_at = office.calendar.after_working_time(row.round_started_at, whole * office.rules.nearly_due_share)
    row.nearly_due_alarmed_at = row.escalated_at = None


def is_missed(row: CaseRow, now: datetime) -> bool:
    """Whether this or an earlier round of the case missed its deadline."""
    return row.missed or (row.settled_at or now) > row.due_at
