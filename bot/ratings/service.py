"""S19: takes ratings down and opens the follow-up of every bad one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.deeds.numbers import receipt_number
from bot.errors import Refused
from bot.outbox.alarms import SUPERVISORS, raise_alarm
from bot.ratings.model import BAD, FollowUpRow, FollowUpState, NewRating, RatingKindRow, RatingRow
from bot.ratings.rules import RatingRules
from bot.requests.request import TELEPHONE, Office
from bot.senders.insert import insert_missing
from knowledge.clock import spoken

PREFIX = "PJ"


@dataclass(frozen=True)
class Taken:
    """A rating and, for a bad one, until when it is followed up."""

    row: RatingRow
    follow_up_by: datetime | None


def rate(office: Office, rules: RatingRules, new: NewRating, now: datetime) -> Taken:
    """The rating with its receipt number; a bad one gets a follow-up, and those who see to it are told. The same deed
    twice gives the same rating. Raises Refused for a kind, window or item that the hall has not."""
    _check(office, rules, new)
    row, is_new = _insert(office, new, now)
    if is_new and row.bad:
        _follow_up(office, rules, row, now)
    due = office.session.scalar(select(FollowUpRow.due_at).where(FollowUpRow.rating_id == row.id))
    return Taken(row, due)


def _check(office: Office, rules: RatingRules, new: NewRating) -> None:
    hall = office.calendar.hall
    if new.window and new.window not in {w.id for zone in hall.zones for w in zone.windows}:
        raise Refused("rating.unknown_window", 422, "unknown-window")
    if not set(new.kinds) <= {kind.id for kind in rules.all_kinds}:
        raise Refused("rating.bad_kinds", 422, "unknown-kind")
    if bool(new.name) != bool(new.telephone):
        raise Refused("rating.half_a_name", 422, "half-a-name")


def _insert(office: Office, new: NewRating, now: datetime) -> tuple[RatingRow, bool]:
    bad, named = new.grade in BAD, bool(new.telephone)
    while True:  # a second round only if the number was drawn before
        values = {
            "id": uuid.uuid4().hex,
            "number": receipt_number(PREFIX, now),
            "deed_id": new.deed_id,
            "channel": new.channel,
            "sender_key": new.sender_key if named else None,
            "grade": new.grade.value,
            "bad": bad,
            "words": office.vault.seal(new.words) if new.words else None,
            "window": new.window,
            "department": new.department,
            "item": new.item,
            "place": new.place[:40] or None,
            "assistant": new.assistant,
            "named": named,
            "name": office.vault.seal(new.name) if named else None,
            "telephone": office.vault.seal(new.telephone) if named else None,
            "telephone_lookup": office.vault.lookup(TELEPHONE, new.telephone) if named else None,
            "created_at": now,
        }
        is_new = insert_missing(office.session, RatingRow, values)
        row = office.session.scalar(select(RatingRow).where(RatingRow.deed_id == new.deed_id))
        if row is not None:
            break
    if is_new and bad:
        office.session.add_all(RatingKindRow(rating_id=row.id, kind=kind) for kind in dict.fromkeys(new.kinds))
    return row, is_new


def _follow_up(office: Office, rules: RatingRules, row: RatingRow, now: datetime) -> None:
    days = rules.named_working_days if row.named else rules.anonymous_working_days
    due = office.calendar.end_of_working_day_after(now, days)
    department = row.department if rules.follow_up_by == "department" else None
    office.session.add(
        FollowUpRow(
            id=uuid.uuid4().hex,
            rating_id=row.id,
            must=row.named,
            department=department,
            state=FollowUpState.OPEN.value,
            due_at=due,
        )
    )
    office.session.flush()
    text = office.wording.say("rating.alarm_bad", number=row.number, time=spoken(due))
    audience = department or SUPERVISORS
    raise_alarm(office.session, office.vault, f"rating:{row.id}:bad:{audience}", audience, "rating.bad", text, now)
