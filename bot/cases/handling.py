"""What staff do with a case (S15, S16): each deed checks who and when, changes the state, writes the history, and
tells the citizen what he must know. The row is locked (`repository.locked`), so of two clerks at once one comes second
and meets the new state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases import deadlines, history
from bot.cases.messages import alarm, tell
from bot.cases.model import CaseRow
from bot.cases.office import Office, spoken_with_year
from bot.cases.rules import SUPERVISORS, Grading
from bot.cases.states import CaseAction, CaseState, next_state
from bot.errors import Refused
from bot.staff.model import Role, Staff, StaffRow


@dataclass(frozen=True)
class Assignment:
    """To whom a case goes: a department of the hall or "supervisors", and perhaps one member of staff."""

    department: str
    staff_id: str | None
    grading: Grading


@dataclass(frozen=True)
class Deed:
    """One staff member's deed on one case at one moment."""

    session: Session
    office: Office
    row: CaseRow
    staff: Staff | None
    now: datetime

    def step(
        self, action: CaseAction, note: str = "", *, visible: bool, change: Callable[[], None] | None = None
    ) -> None:
        """Takes the step; `change` sets further columns. Raises Refused when the state does not allow it."""
        before = CaseState(self.row.state)
        after = next_state(before, action)
        if after is None:
            raise Refused("case.not_now", 409, "not-now", state=self.office.rules.states[before])
        self.row.state = after.value
        if change:
            change()
        staff_id = self.staff.id if self.staff else None
        history.add(
            self.session, self.office.vault, self.row, action, before, self.now,
            staff_id=staff_id, note=note, visible=visible,
        )  # fmt: skip

    def tell(self, step: str, text: str) -> bool:
        return tell(self.session, self.office, self.row, step, text, self.now)


def assign(deed: Deed, to: Assignment) -> None:
    """Hands the case over, or on. The citizen is told to whom, and by when (XC 5.1.5)."""
    office, row, now = deed.office, deed.row, deed.now
    assignee = _checked_assignee(deed, to)
    if row.state == CaseState.ASSIGNED and (row.assignee_department, row.assigned_to, row.grading) == (
        to.department, to.staff_id, to.grading,
    ):  # fmt: skip
        return  # sent twice: the citizen has been told

    def change() -> None:
        row.assignee_department, row.assigned_to = to.department, to.staff_id
        row.handed_over_at = now
        row.missed = deadlines.is_missed(row, now)
        if to.grading != row.grading:
            deadlines.set_grading(office, row, to.grading)

    who, telephone = _named(deed, to, assignee)
    deed.step(CaseAction.ASSIGN, note=who, visible=True, change=change)
    due = spoken_with_year(row.due_at)
    text = office.wording.say(
        "case.told_assigned", title=office.title(row), number=row.number, who=who, telephone=telephone, due=due
    )
    deed.tell(f"assign:{now.timestamp():.0f}", text)
    told = office.wording.say("case.alarm_assigned", title=office.title(row), number=row.number, due=due)
    alarm(deed.session, office, row, to.department, f"assigned:{now.timestamp():.0f}", told, now)


def start(deed: Deed) -> None:
    """Somebody works on it now."""
    if deed.row.state == CaseState.REOPENED and deed.row.handed_over_at is None:
        raise Refused("case.not_assigned", 409, "not-assigned")
    deed.step(CaseAction.START, visible=True)


def settle(deed: Deed, result: str) -> None:
    """The result, told to the citizen."""
    deed.step(CaseAction.SETTLE, result, visible=True, change=lambda: _decided(deed))
    row, office = deed.row, deed.office
    deed.tell(
        "settle",
        office.wording.say("case.told_settled", title=office.title(row), number=row.number, result=_inside(result)),
    )


def refuse(deed: Deed, reason: str, way: str) -> None:
    """Not accepted: the reason with its legal basis, and which way the law leaves open."""
    row, office = deed.row, deed.office
    deed.step(CaseAction.REFUSE, f"{reason}\n{way}", visible=True, change=lambda: _decided(deed))
    title = office.title(row)
    text = office.wording.say(
        "case.told_refused", title=title, number=row.number, reason=_inside(reason), way=_inside(way)
    )
    deed.tell("refuse", text)


def transfer(deed: Deed, authority: str, contact: str) -> None:
    """Another level's or authority's matter: which one, and how it is reached."""
    row, office = deed.row, deed.office
    deed.step(CaseAction.TRANSFER, f"{authority}\n{contact}", visible=True, change=lambda: _decided(deed))
    title = office.title(row)
    text = office.wording.say(
        "case.told_transferred", title=title, number=row.number, authority=authority, contact=contact
    )
    deed.tell("transfer", text)


def extend(deed: Deed, working_days: int, reason: str) -> None:
    """A later deadline, with a leader's approval and an explanation to the citizen (DB42/T 2327, 7.2.7.4)."""
    if deed.staff is None or deed.staff.role is not Role.SUPERVISOR:
        raise Refused("staff.not_allowed", 403, "not-allowed")
    office, row = deed.office, deed.row
    most = office.rules.most_extra_working_days
    if not 1 <= working_days <= most:
        raise Refused("case.bad_extension", 422, "bad-extension", most=most)
    due = office.calendar.end_of_working_day_after(max(row.due_at, deed.now), working_days)

    def change() -> None:
        row.extended_at = deed.now
        row.missed = deadlines.is_missed(row, deed.now)
        deadlines.set_due(office, row, due)

    deed.step(CaseAction.EXTEND, reason, visible=True, change=change)
    title = office.title(row)
    text = office.wording.say(
        "case.told_extended", title=title, number=row.number, due=spoken_with_year(due), reason=_inside(reason)
    )
    deed.tell(f"extend:{due.timestamp():.0f}", text)


def follow_up(deed: Deed, note: str) -> None:
    """What the citizen said of the answer; for the file, the citizen knows it."""
    deed.step(CaseAction.FOLLOW_UP, note, visible=False)


def close(deed: Deed) -> None:
    """The end, after the follow-up."""

    def change() -> None:
        deed.row.closed_at = deed.now

    deed.step(CaseAction.CLOSE, visible=True, change=change)


def reopen(deed: Deed, reason: str) -> None:
    """The answer did not help: a new round with a deadline of its own, by the same hands. Refused when the answer is
    older than the rules allow."""
    office, row, now = deed.office, deed.row, deed.now
    if row.settled_at and now > row.settled_at + timedelta(days=office.rules.reopen_days):
        raise Refused("case.too_old", 409, "too-old", days=office.rules.reopen_days)

    def change() -> None:
        row.missed = deadlines.is_missed(row, now)
        row.round += 1
        deadlines.begin_round(office, row, now)

    deed.step(CaseAction.REOPEN, reason, visible=True, change=change)
    title = office.title(row)
    due = spoken_with_year(row.due_at)
    deed.tell("reopen", office.wording.say("case.told_reopened", title=title, number=row.number, due=due))
    told = office.wording.say("case.alarm_reopened", title=title, number=row.number, due=due)
    alarm(deed.session, office, row, row.assignee_department, "reopened", told, now)


def _decided(deed: Deed) -> None:
    """The citizen has an answer; when he is to be asked whether it helped."""
    row, days = deed.row, deed.office.rules.follow_up_working_days
    row.settled_at = deed.now
    row.missed = deadlines.is_missed(row, deed.now)
    row.follow_up_by = deed.office.calendar.end_of_working_day_after(deed.now, days)


def _checked_assignee(deed: Deed, to: Assignment) -> StaffRow | None:
    """The one member of staff, if one is named. Refused for unknown ones, for a clerk who gives away what is his
    department's, and for somebody of the very window that is complained of (S21)."""
    hall = deed.office.calendar.hall
    if to.department != SUPERVISORS and to.department not in {d.id for d in hall.departments}:
        raise Refused("case.unknown_department", 422, "unknown-department")
    if deed.staff and deed.staff.role is not Role.SUPERVISOR and to.department != deed.staff.department:
        raise Refused("case.not_yours_to_give", 403, "not-allowed")
    if to.staff_id is None:
        return None
    found = deed.session.scalar(select(StaffRow).where(StaffRow.id == to.staff_id, StaffRow.active.is_(True)))
    fits = found is not None and (
        found.role == Role.SUPERVISOR
        if to.department == SUPERVISORS
        else found.role == Role.CLERK and found.department == to.department
    )
    if found is None or not fits:
        raise Refused("case.unknown_assignee", 422, "unknown-assignee")
    if found.window is not None and found.window == deed.row.window:
        raise Refused("case.own_window", 409, "own-window")
    return found


def _named(deed: Deed, to: Assignment, assignee: StaffRow | None) -> tuple[str, str]:
    """Department and person in charge as the citizen is told them, and the telephone."""
    who, telephone = deed.office.handler_of(deed.row.kind, to.department)
    return (f"{who}（{assignee.name}）" if assignee else who), telephone


def _inside(text: str) -> str:
    """What staff wrote, to stand inside a sentence: without its own full stop."""
    return text.strip().rstrip("。.！!；;")
