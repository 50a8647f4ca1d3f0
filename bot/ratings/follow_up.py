"""S19: bad ratings are followed up: handed on, contacted, settled with a result, and never forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import Refused
from bot.outbox.alarms import raise_alarm
from bot.ratings.model import FollowUpRow, FollowUpState, RatingRow
from bot.requests.request import Office, alarm_late, check_assignee, send, update_where
from knowledge.clock import spoken

OPEN = (FollowUpState.OPEN,)
RUNNING = (FollowUpState.OPEN, FollowUpState.CONTACTED)


def assign(office: Office, rating_id: str, department: str, assigned_to: str | None, now: datetime) -> None:
    """Hands a follow-up to a department, perhaps to one of its clerks or a supervisor."""
    check_assignee(office, department, assigned_to)
    row = _change(office.session, rating_id, RUNNING, department=department, assigned_to=assigned_to)
    rating = _rating(office.session, rating_id)
    text = office.wording.say("rating.alarm_bad", number=rating.number, time=spoken(row.due_at))
    key = f"rating:{rating_id}:bad:{department}"
    raise_alarm(office.session, office.vault, key, department, "rating.bad", text, now)


def contacted(office: Office, rating_id: str, now: datetime) -> None:
    """The citizen was spoken to; of an anonymous rating: it was looked into."""
    _change(office.session, rating_id, OPEN, state=FollowUpState.CONTACTED.value, contacted_at=now)


def settle(office: Office, rating_id: str, result: str, now: datetime) -> None:
    """Ends it with what came of it; who gave his name is told. Raises Refused when nobody spoke to him before."""
    follow_up = _of(office.session, rating_id)
    if follow_up.must and follow_up.state == FollowUpState.OPEN.value:
        raise Refused("rating.contact_first", 409, "contact-first")
    values = {"state": FollowUpState.SETTLED.value, "settled_at": now, "result": office.vault.seal(result)}
    values["contacted_at"] = follow_up.contacted_at or now
    _change(office.session, rating_id, RUNNING, **values)
    rating = _rating(office.session, rating_id)
    if rating.named:
        text = office.wording.say("rating.settled", number=rating.number, text=result)
        send(office, rating, f"rating:{rating_id}:settled", "rating", text, now)


def alarm_overdue(office: Office, now: datetime) -> int:
    """Alarms department and supervisors of bad ratings that nobody followed up in time, once; gives how many."""
    late = office.session.execute(
        select(FollowUpRow, RatingRow)
        .join(RatingRow, RatingRow.id == FollowUpRow.rating_id)
        .where(FollowUpRow.state.in_(OPEN), FollowUpRow.due_at < now, FollowUpRow.overdue_at.is_(None))
    ).all()
    return sum(_alarm(office, follow_up, rating, now) for follow_up, rating in late)


def _alarm(office: Office, follow_up: FollowUpRow, rating: RatingRow, now: datetime) -> bool:
    where = (FollowUpRow.id == follow_up.id, FollowUpRow.state.in_(OPEN), FollowUpRow.overdue_at.is_(None))
    if not update_where(office.session, FollowUpRow, *where, overdue_at=now):
        return False
    text = office.wording.say("rating.alarm_overdue", number=rating.number, time=spoken(follow_up.due_at))
    alarm_late(office, follow_up.department, f"rating:{rating.id}:overdue", "rating.overdue", text, now)
    return True


def _of(session: Session, rating_id: str) -> FollowUpRow:
    row = session.scalar(select(FollowUpRow).where(FollowUpRow.rating_id == rating_id))
    if row is None:
        raise Refused("rating.no_follow_up", 409, "no-follow-up")
    return row


def _rating(session: Session, rating_id: str) -> RatingRow:
    row = session.get(RatingRow, rating_id)
    assert row is not None
    return row


def _change(session: Session, rating_id: str, states: Collection[str], **values: Any) -> FollowUpRow:
    """The follow-up after the change. Raises Refused for whoever comes late."""
    where = (FollowUpRow.rating_id == rating_id, FollowUpRow.state.in_(states))
    changed = update_where(session, FollowUpRow, *where, **values)
    row = _of(session, rating_id)
    if not changed:
        raise Refused("rating.wrong_state", 409, "wrong-state")
    session.refresh(row)
    return row
