"""Tells departments of what is nearly due, and applicants that a result is ready (S26, HL 6.7.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.desk import Desk
from bot.outbox.service import Outgoing, enqueue
from bot.progress.model import OPEN_STATES, ApplicationRow, ApplicationState, ProgressAttemptRow
from bot.progress.rules import progress_rules
from bot.worker.jobs import Job
from knowledge.calendar import CHINA

RECENT = timedelta(days=14)
"""A result that became ready longer ago is not announced any more."""
READY_STATES = (ApplicationState.READY, ApplicationState.POSTED, ApplicationState.SUPPLEMENT)


def announce(desk: Desk, now: datetime) -> None:
    """One pass; each message has a key of its own, so that a second pass sends nothing twice."""
    rules, calendar = progress_rules(desk.rules), desk.library.current.calendar
    until = calendar.end_of_working_day_after(now, rules.remind_days)
    with desk.database.transaction() as session:
        _forget_attempts(session, now - timedelta(minutes=rules.failures_minutes))
        for row in _nearly_due(session, now, until):
            enqueue(session, desk.vault, _reminder(desk, row), now)
        for row in _news(session, now - RECENT):
            message = _announcement(desk, row)
            if message:
                enqueue(session, desk.vault, message, now)


def _forget_attempts(session: Session, before: datetime) -> None:
    session.execute(delete(ProgressAttemptRow).where(ProgressAttemptRow.at <= before))


def _nearly_due(session: Session, now: datetime, until: datetime) -> list[ApplicationRow]:
    states = [s.value for s in OPEN_STATES if s is not ApplicationState.SUPPLEMENT]
    due = (ApplicationRow.due_at > now, ApplicationRow.due_at <= until)
    return list(session.scalars(select(ApplicationRow).where(ApplicationRow.state.in_(states), *due)))


def _news(session: Session, since: datetime) -> list[ApplicationRow]:
    states = [s.value for s in READY_STATES]
    return list(
        session.scalars(
            select(ApplicationRow).where(ApplicationRow.state.in_(states), ApplicationRow.state_since > since)
        )
    )


def _reminder(desk: Desk, row: ApplicationRow) -> Outgoing:
    """To the department, which has to finish it; the limit may be moved, so it is part of the key."""
    assert row.due_at is not None
    due = row.due_at.astimezone(CHINA)
    text = desk.wording.say(
        "progress_query.nearly_due", number=row.number, item=row.item_name, due=f"{due:%Y年%-m月%-d日}"
    )
    key = f"progress:{row.number}:due:{due:%Y%m%d}"
    return Outgoing(key, text, audience=row.department or "hall", expires_at=row.due_at, kind="progress")


def _announcement(desk: Desk, row: ApplicationRow) -> Outgoing | None:
    """To the applicant on his channel, else by telephone; None when neither is known."""
    if row.sender_key is None and row.telephone is None:
        return None
    state = ApplicationState(row.state)
    match state:
        case ApplicationState.READY:
            place = row.place or desk.hall.name
            text = desk.wording.say("progress_query.is_ready", number=row.number, item=row.item_name, place=place)
        case ApplicationState.POSTED:
            post = row.post_number or "请向大厅咨询"
            text = desk.wording.say("progress_query.is_posted", number=row.number, item=row.item_name, post=post)
        case _:
            text = desk.wording.say("progress_query.is_supplement", number=row.number, item=row.item_name)
    telephone = desk.vault.open(row.telephone) if row.telephone and row.sender_key is None else None
    key = f"progress:{row.number}:{state.value}:{row.state_since:%Y%m%d%H%M%S}"
    return Outgoing(key, text, sender_key=row.sender_key, telephone=telephone, kind="progress")


JOBS = (Job("progress_messages", timedelta(minutes=10), announce),)
