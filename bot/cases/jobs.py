"""What the clock does with cases: alarms before the deadline and at the end of the day, supervision (督办) after the
deadline, reminders to follow up (S15, S16). They need neither calendar nor library: all times are in the table."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.cases import history
from bot.cases.messages import alarm, tell
from bot.cases.model import CaseRow
from bot.cases.office import Clerical, clerical_of, spoken_with_year
from bot.cases.rules import SUPERVISORS
from bot.cases.states import DECIDED, RUNNING, CaseAction, CaseState
from bot.worker.jobs import Job

if TYPE_CHECKING:
    from bot.desk import Desk

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=1)
BATCH = 100
"""Cases of one run of a job; the rest follow a minute later."""
_RUNS = CaseRow.state.in_([state.value for state in RUNNING])


def jobs() -> tuple[Job, ...]:
    """All jobs of cases."""
    return (
        Job("cases_nearly_due", EVERY, warn_nearly_due),
        Job("cases_overdue", EVERY, escalate_overdue),
        Job("cases_handover", EVERY, warn_not_handed_over),
        Job("cases_follow_up", EVERY, remind_follow_up),
    )


def warn_nearly_due(desk: Desk, now: datetime) -> None:
    """The department in charge is alarmed once a round when the deadline comes near."""

    def act(session: Session, clerical: Clerical, row: CaseRow) -> None:
        due = spoken_with_year(row.due_at)
        text = clerical.wording.say("case.alarm_nearly_due", title=clerical.title(row), number=row.number, due=due)
        alarm(session, clerical, row, row.assignee_department, f"nearly_due:{row.due_at.timestamp():.0f}", text, now)

    due = (_RUNS, CaseRow.nearly_due_at <= now, CaseRow.due_at >= now)
    _each(desk, now, CaseRow.nearly_due_alarmed_at, due, act)


def escalate_overdue(desk: Desk, now: datetime) -> None:
    """Supervisors are alarmed once a round (and once after an extension) when the deadline is over; the citizen gets
    an explanation (DB42/T 2327, 7.2.7.5)."""

    def act(session: Session, clerical: Clerical, row: CaseRow) -> None:
        row.missed = True
        history.add(session, clerical.vault, row, CaseAction.ESCALATE, CaseState(row.state), now, visible=True)
        title, due = clerical.title(row), spoken_with_year(row.due_at)
        step = f"overdue:{row.due_at.timestamp():.0f}"
        text = clerical.wording.say("case.alarm_overdue", title=title, number=row.number, due=due)
        alarm(session, clerical, row, SUPERVISORS, step, text, now)
        tell(
            session, clerical, row, step, clerical.wording.say("case.told_overdue", title=title, number=row.number), now
        )
        log.info("case_escalated id=%s", row.id)

    _each(desk, now, CaseRow.escalated_at, (_RUNS, CaseRow.due_at < now), act)


def warn_not_handed_over(desk: Desk, now: datetime) -> None:
    """Supervisors see before closing time what of the day is not handed over."""
    clerical = clerical_of(desk)
    soon = now + timedelta(minutes=clerical.rules.handover_warning_minutes)

    def act(session: Session, clerical: Clerical, row: CaseRow) -> None:
        by = spoken_with_year(row.hand_over_by)
        text = clerical.wording.say("case.alarm_handover", title=clerical.title(row), number=row.number, by=by)
        alarm(session, clerical, row, SUPERVISORS, "handover", text, now)

    due = (_RUNS, CaseRow.handed_over_at.is_(None), CaseRow.hand_over_by <= soon)
    _each(desk, now, CaseRow.hand_over_alarmed_at, due, act)


def remind_follow_up(desk: Desk, now: datetime) -> None:
    """The department in charge is reminded to ask the citizen whether the answer helped."""

    def act(session: Session, clerical: Clerical, row: CaseRow) -> None:
        text = clerical.wording.say("case.alarm_follow_up", title=clerical.title(row), number=row.number)
        alarm(session, clerical, row, row.assignee_department, "follow_up", text, now)

    due = (CaseRow.state.in_([state.value for state in DECIDED]), CaseRow.follow_up_by <= now)
    _each(desk, now, CaseRow.follow_up_alarmed_at, due, act)


def _each(
    desk: Desk,
    now: datetime,
    mark: InstrumentedAttribute[Any],
    due: tuple[ColumnElement[bool], ...],
    act: Callable[[Session, Clerical, CaseRow], None],
) -> None:
    """Acts on each due case whose `mark` is empty, in a transaction of its own that begins with setting the mark: of
    two workers only one acts."""
    clerical = clerical_of(desk)
    with desk.database.transaction() as session:
        ids = list(session.scalars(select(CaseRow.id).where(*due, mark.is_(None)).limit(BATCH)))
    for id_ in ids:
        with desk.database.transaction() as session:
            claim = update(CaseRow).where(CaseRow.id == id_, *due, mark.is_(None)).values({mark.key: now})
            taken = session.execute(claim.execution_options(synchronize_session=False))
            assert isinstance(taken, CursorResult)
            if taken.rowcount == 1:
                act(session, clerical, session.get_one(CaseRow, id_))
