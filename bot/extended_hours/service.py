"""S17: takes requests for extended hours down; staff accept, propose another time, or refuse with his consent."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import Refused
from bot.extended_hours.model import OPEN, ConsentBy, ExtendedHoursRow, ExtendedHoursState, NewExtendedHours
from bot.extended_hours.rules import ExtendedHoursRules
from bot.requests.request import Office, change, check_assignee, take_down, tell_citizen, tell_staff
from knowledge.calendar import CHINA, HallCalendar
from knowledge.clock import spoken

PREFIX = "YS"


def request(office: Office, rules: ExtendedHoursRules, new: NewExtendedHours, now: datetime) -> ExtendedHoursRow:
    """The row with its receipt number; staff are told. The same deed twice gives the same row."""
    more = {
        "why": office.vault.seal(new.why),
        "wished": new.wished,
        "wished_at": new.wished_at,
        "state": ExtendedHoursState.RECEIVED.value,
        "due_at": answer_by(rules, office.calendar, new.wished_at, now),
    }
    row = take_down(office, ExtendedHoursRow, PREFIX, new.told, more, now)
    tell_staff(office, row, "new", _alarm_new(office, row), now)
    return row


def answer_by(rules: ExtendedHoursRules, calendar: HallCalendar, wished_at: datetime | None, now: datetime) -> datetime:
    """Until when the citizen hears from us: before the wished time, while somebody is still here to answer."""
    latest = [calendar.after_working_time(now, timedelta(minutes=rules.answer_minutes))]
    if wished_at is not None:
        latest.append(wished_at - timedelta(minutes=rules.lead_minutes))
        closing = calendar.end_of_day(now)
        latest += [closing] if closing < wished_at else []
    return max(min(latest), now + timedelta(minutes=rules.least_minutes))


def minutes_to_closing(calendar: HallCalendar, now: datetime) -> int | None:
    """Whole minutes until the hall closes for the day; None when it is not open."""
    here = now.astimezone(CHINA)
    sessions = calendar.sessions_on(here.date())
    if not sessions or not sessions[0].opens <= here.time() < sessions[-1].closes:
        return None
    closes = datetime.combine(here.date(), sessions[-1].closes, CHINA)
    return int((closes - here).total_seconds() // 60)


def assign(office: Office, id_: str, department: str, assigned_to: str | None, now: datetime) -> ExtendedHoursRow:
    """Hands it to a department, perhaps to one clerk. Raises Refused for one that cannot take it."""
    check_assignee(office, department, assigned_to)
    row = change(office.session, ExtendedHoursRow, id_, OPEN, department=department, assigned_to=assigned_to)
    tell_staff(office, row, "new", _alarm_new(office, row), now)
    return row


def accept(office: Office, id_: str, at: datetime | None, now: datetime) -> ExtendedHoursRow:
    """He will be served at `at`, else at the time proposed, else at the time wished for. Raises Refused when there is
    no such time, or it is over."""
    before = office.session.get(ExtendedHoursRow, id_)
    agreed = at or (before and (before.agreed_at or before.wished_at))
    if before is not None and agreed is None:
        raise Refused("extended_hours.needs_time", 422, "needs-time")
    if agreed:
        _check_time(agreed, now)
    state = ExtendedHoursState.ACCEPTED.value
    row = change(office.session, ExtendedHoursRow, id_, OPEN, state=state, agreed_at=agreed, ended_at=now)
    assert row.agreed_at is not None
    text = office.wording.say("extended_hours.accepted", number=row.number, time=spoken(row.agreed_at))
    tell_citizen(office, row, "accepted", text, now)
    return row


def propose(office: Office, id_: str, at: datetime, reason: str, now: datetime) -> ExtendedHoursRow:
    """Another time for the citizen to agree to. Raises Refused for one that is over."""
    _check_time(at, now)
    row = change(
        office.session, ExtendedHoursRow, id_, OPEN,
        state=ExtendedHoursState.PROPOSED.value, agreed_at=at, reason=office.vault.seal(reason),
    )  # fmt: skip
    text = office.wording.say(
        "extended_hours.proposed", number=row.number, reason=reason, time=spoken(at),
        telephone=office.calendar.hall.telephone,
    )  # fmt: skip
    tell_citizen(office, row, f"proposed:{at:%Y%m%d%H%M}", text, now)
    return row


def refuse(office: Office, id_: str, reason: str, consent_by: ConsentBy | None, now: datetime) -> ExtendedHoursRow:
    """Raises Refused unless the citizen's consent is on record (S17)."""
    if consent_by is None:
        raise Refused("extended_hours.needs_consent", 422, "needs-consent")
    row = change(
        office.session, ExtendedHoursRow, id_, OPEN, state=ExtendedHoursState.REFUSED.value,
        reason=office.vault.seal(reason), consent_at=now, consent_by=consent_by.value, ended_at=now,
    )  # fmt: skip
    text = office.wording.say(
        "extended_hours.refused", number=row.number, reason=reason, telephone=office.calendar.hall.telephone
    )
    tell_citizen(office, row, "refused", text, now)
    return row


def _check_time(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Refused("extended_hours.past_time", 422, "past-time")


def _alarm_new(office: Office, row: ExtendedHoursRow) -> str:
    return office.wording.say("extended_hours.alarm_new", number=row.number, wished=row.wished, time=spoken(row.due_at))
