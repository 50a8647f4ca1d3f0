"""What a citizen learns of his own cases, and how he has one taken up again (S15). Whoever does not know both number
and telephone learns nothing, not even whether there is such a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from bot.cases import history
from bot.cases.model import CaseQueryRow, CaseRow
from bot.cases.office import Office
from bot.cases.rules import CaseKind
from bot.cases.states import CaseState
from bot.senders.insert import insert_missing

MOST_SHOWN = 3


@dataclass(frozen=True)
class Progress:
    """A case as its citizen sees it. `note` is what was said at the last step that he may see; `decided`: he has an
    answer."""

    number: str
    title: str
    state: CaseState
    state_label: str
    handler: str
    telephone: str
    due_at: datetime
    decided: bool
    note: str
    noted_at: datetime | None


def own_cases(session: Session, sender_key: str) -> list[CaseRow]:
    """The sender's cases that are not closed, newest first, a few."""
    statement = (
        select(CaseRow)
        .where(CaseRow.sender_key == sender_key, CaseRow.state != CaseState.CLOSED.value)
        .order_by(CaseRow.created_at.desc())
        .limit(MOST_SHOWN)
    )
    return list(session.scalars(statement))


def is_own(session: Session, sender_key: str, number: str) -> bool:
    """Whether the case of that number is this sender's."""
    found = select(CaseRow.id).where(CaseRow.number == number, CaseRow.sender_key == sender_key)
    return session.scalar(found) is not None


def find(
    session: Session, office: Office, number: str, telephone: str, sender_key: str | None = None
) -> CaseRow | None:
    """The case of that number, if the telephone (international form) is its citizen's or the sender is he; an
    anonymous case is found by its number alone, because nothing else is known of it."""
    lookup = office.vault.lookup("telephone", telephone)
    allowed = [CaseRow.telephone_lookup == lookup, CaseRow.anonymous.is_(True)]
    if sender_key is not None:
        allowed.append(CaseRow.sender_key == sender_key)
    return session.scalar(select(CaseRow).where(CaseRow.number == number, or_(*allowed)))


def progress_of(session: Session, office: Office, row: CaseRow) -> Progress:
    who, telephone = office.handler_of(row.kind, row.assignee_department)
    seen = [event for event in history.of(session, row.id, visible_only=True) if event.note]
    last = seen[-1] if seen else None
    state = CaseState(row.state)
    return Progress(
        number=row.number,
        title=office.rules.of(CaseKind(row.kind)).title,
        state=state,
        state_label=office.rules.states[state],
        handler=who,
        telephone=telephone,
        due_at=row.due_at,
        decided=row.settled_at is not None,
        note=office.vault.open_or_empty(last.note) if last else "",
        noted_at=last.at if last else None,
    )


def attempt_keys(office: Office, number: str, sender_key: str | None) -> list[str]:
    """By what wrong questions are counted: the number asked for, since a sender can be changed, and the sender."""
    keys = [office.vault.lookup("case-query", number)]
    return sorted([*keys, sender_key] if sender_key else keys)


def take_attempt(session: Session, office: Office, keys: Sequence[str], now: datetime) -> bool:
    """Counts a question after a case as failed, beforehand; `give_back_attempt` takes it back. False when there were
    too many of late. The database counts, so that questions at once are no way around."""
    rules = office.rules
    begin = now - timedelta(minutes=rules.query_failure_minutes)
    for key in keys:
        insert_missing(session, CaseQueryRow, {"key": key, "since": now, "failures": 0})
        renewed = update(CaseQueryRow).where(CaseQueryRow.key == key, CaseQueryRow.since <= begin)
        session.execute(renewed.values(since=now, failures=0))
        counted = update(CaseQueryRow).where(CaseQueryRow.key == key, CaseQueryRow.failures < rules.query_failures)
        taken = session.execute(counted.values(failures=CaseQueryRow.failures + 1))
        assert isinstance(taken, CursorResult)
        if taken.rowcount != 1:
            return False
    return True


def give_back_attempt(session: Session, keys: Sequence[str]) -> None:
    """The question was right after all."""
    counted = update(CaseQueryRow).where(CaseQueryRow.key.in_(keys), CaseQueryRow.failures > 0)
    session.execute(counted.values(failures=CaseQueryRow.failures - 1))
