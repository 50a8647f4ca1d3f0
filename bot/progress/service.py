"""Asks for an application's progress, guards against guessing, and says it in plain Chinese (S26, S21)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.deeds.form import Line
from bot.desk import Desk
from bot.errors import Refused
from bot.progress import sql_system
from bot.progress.model import (
    OPEN_STATES,
    Applicant,
    ApplicationRow,
    ApplicationState,
    Progress,
    ProgressAttemptRow,
)
from bot.progress.rules import ProgressRules, progress_rules
from bot.progress.system import AcceptanceSystem, SystemAway, system_of
from knowledge.calendar import CHINA

MOST_STEPS = 6
"""The newest are told."""


def ask(desk: Desk, asker: str, number: str, check: str, now: datetime) -> Progress | None:
    """None for an unknown number and for a wrong check alike. `asker` is a sender key. Opens its own transactions,
    none while the acceptance system is asked. Raises Refused: 429 after too many questions in vain, 503 when the
    system is away (which counts for nothing)."""
    attempt = _begin(desk, asker, number, now)
    try:
        found = _asked(system_of(desk), number, check)
    except Refused:
        _forget(desk, attempt)
        raise
    if found is not None:
        _forget(desk, attempt)
    return found


def _asked(system: AcceptanceSystem, number: str, check: str) -> Progress | None:
    try:
        return system.find(number, check)
    except SystemAway as away:
        raise Refused("progress_query.away", 503, "unavailable") from away


def look_up(desk: Desk, number: str) -> Progress | None:
    """For staff, who need no check. Raises Refused (503)."""
    try:
        return system_of(desk).look_up(number)
    except SystemAway as away:
        raise Refused("progress_query.away", 503, "unavailable") from away


def keep(session: Session, vault: Vault, told: Progress, applicant: Applicant | None, now: datetime) -> None:
    """Into our own copy. Raises Refused when a new application has no applicant, or the known one is another
    department's."""
    known = session.get(ApplicationRow, told.number)
    if known is None and applicant is None:
        raise Refused("progress_query.no_applicant", 422, "wrong-field")
    if known is not None and known.department != told.department:
        raise Refused("progress_query.number_taken", 409, "taken")
    sql_system.keep(session, vault, told, applicant, now)


def _begin(desk: Desk, asker: str, number: str, now: datetime) -> str:
    """Writes the attempt down before it is counted: of many at once, each sees all that came before it, so that
    never more than the allowed ones get through. Raises Refused (429)."""
    rules, application = progress_rules(desk.rules), desk.vault.lookup("application", number)
    attempt = ProgressAttemptRow(id=uuid.uuid4().hex, asker=asker, application=application, at=now)
    id_ = attempt.id
    with desk.database.transaction() as session:
        session.add(attempt)
    since = now - timedelta(minutes=rules.failures_minutes)
    with desk.database.transaction() as session:
        counted = select(func.count()).select_from(ProgressAttemptRow).where(ProgressAttemptRow.at > since)
        own = session.scalar(counted.where(ProgressAttemptRow.asker == asker)) or 0
        of_number = session.scalar(counted.where(ProgressAttemptRow.application == application)) or 0
    if own > rules.failures or of_number > rules.failures_of_a_number:
        _forget(desk, id_)
        raise Refused("progress_query.too_many", 429, "too-many", minutes=rules.failures_minutes)
    return id_


def _forget(desk: Desk, attempt: str) -> None:
    with desk.database.transaction() as session:
        session.execute(delete(ProgressAttemptRow).where(ProgressAttemptRow.id == attempt))


def told(rules: ProgressRules, progress: Progress, now: datetime) -> tuple[Line, ...]:
    """State, steps, due day, and what the citizen has to do."""
    line = Line("progress_query.state", _values(rules, progress))
    steps = sorted(progress.steps, key=lambda step: step.at)[-MOST_STEPS:]
    taken = "；".join(f"{_day(step.at)}{step.name}" for step in steps)
    lines = [line, *([Line("progress_query.steps", {"steps": taken})] if taken else [])]
    if progress.state in OPEN_STATES and progress.due_at is not None:
        due = {"due": _day(progress.due_at)}
        late = progress.due_at < now
        lines.append(Line("progress_query.overdue", due) if late else Line("progress_query.due", due))
    return (*lines, *_todo(progress))


def _values(rules: ProgressRules, progress: Progress) -> dict[str, str]:
    return {"number": progress.number, "item": progress.item_name, "state": rules.states[progress.state]}


def _todo(progress: Progress) -> list[Line]:
    match progress.state:
        case ApplicationState.SUPPLEMENT if progress.todo:
            return [Line("progress_query.supplement", {"todo": progress.todo.rstrip("。")})]
        case ApplicationState.SUPPLEMENT:
            return [Line("progress_query.supplement_ask")]
        case ApplicationState.READY if progress.place:
            return [Line("progress_query.collect", {"place": progress.place})]
        case ApplicationState.READY:
            return [Line("progress_query.collect_here")]
        case ApplicationState.POSTED if progress.post_number:
            return [Line("progress_query.posted", {"post": progress.post_number})]
        case ApplicationState.REFUSED:
            return [Line("progress_query.refused")]
    return []


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y年%-m月%-d日}"
