"""Routes of cases for staff: lists, one case, every deed with it, statistics (S15, S16, S21, S28). All are audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints

from bot.audit.service import record
from bot.cases import handling, privacy, repository, statistics
from bot.cases.handling import Assignment, Deed
from bot.cases.office import office_of
from bot.cases.repository import Due, Wanted
from bot.cases.rules import SUPERVISORS, CaseKind, Grading
from bot.cases.states import CaseState
from bot.cases.statistics import CaseCount
from bot.cases.views import CaseInFull, CaseInList, Cases, Identity
from bot.desk import Desk
from bot.errors import Refused
from bot.parameters import FirstDay, InCharge, LastDay, Limit, ThisDesk, Worker
from bot.staff.access import allow
from bot.staff.model import Role, Staff
from knowledge.model import Strict

LONGEST_PERIOD = timedelta(days=366)
Leader = Annotated[Staff, Depends(allow(Role.SUPERVISOR))]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
ShortCode = Annotated[str, StringConstraints(max_length=16)]


class Assigning(Strict):
    """`department`: an id of hall.yaml, or "supervisors"."""

    grading: Grading
    department: ShortCode = SUPERVISORS
    staff_id: Annotated[str, StringConstraints(max_length=32)] | None = None


class Settling(Strict):
    result: Said


class Refusing(Strict):
    """`reason` with its legal basis; `way`: what the citizen can do now."""

    reason: Said
    way: Said


class Transferring(Strict):
    authority: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
    contact: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


class Extending(Strict):
    working_days: Annotated[int, Field(ge=1, le=90)]
    reason: Said


class FollowingUp(Strict):
    note: Said


class WithReason(Strict):
    reason: Said


class Counts(BaseModel):
    first: date
    last: date
    counts: list[CaseCount]


def staff_routes() -> APIRouter:
    """All of them, below /api/v1/staff/cases."""
    router = APIRouter(prefix="/api/v1/staff/cases")
    router.add_api_route("", list_cases, methods=["GET"])
    router.add_api_route("/statistics", count_cases, methods=["GET"])  # before /{id_}
    router.add_api_route("/{id_}", read_case, methods=["GET"])
    deeds: dict[str, Callable[..., Any]] = {
        "assign": assign, "start": start, "settle": settle, "refuse": refuse, "transfer": transfer, "extend": extend,
        "follow-up": follow_up, "close": close, "reopen": reopen, "reveal": reveal,
    }  # fmt: skip
    for name, endpoint in deeds.items():
        router.add_api_route(f"/{{id_}}/{name}", endpoint, methods=["POST"])
    return router


def list_cases(
    desk: ThisDesk,
    staff: Worker,
    state: CaseState | None = None,
    kind: CaseKind | None = None,
    due: Due | None = None,
    department: ShortCode | None = None,
    assignee: ShortCode | None = None,
    limit: Limit = 20,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Cases:
    """Masked; clerks get their department's."""
    now, office = datetime.now(UTC), office_of(desk)
    wanted = Wanted(state, kind, due, department, assignee)
    with desk.database.transaction() as session:
        total, rows = repository.listed(session, staff, wanted, now, limit, offset)
        record(session, staff, "case.list", "cases", now, count=len(rows))
        return Cases(total=total, cases=[CaseInList.of(office, row, staff, now) for row in rows])


def read_case(id_: str, desk: ThisDesk, staff: Worker) -> CaseInFull:
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = repository.seen_by(session, staff, id_)
        record(session, staff, "case.read", f"case:{id_}", now)
        return CaseInFull.of(session, office_of(desk), row, staff, now)


def count_cases(
    desk: ThisDesk,
    staff: InCharge,
    first: FirstDay,
    last: LastDay,
) -> Counts:
    """Cases that came in during the period, by kind, department, window and state, with deadlines kept and missed."""
    if not timedelta(0) <= last - first <= LONGEST_PERIOD:
        raise Refused("case.bad_period", 422, "bad-period", most=LONGEST_PERIOD.days)
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        record(session, staff, "case.statistics", "cases", now, first=f"{first}", last=f"{last}")
        return Counts(first=first, last=last, counts=statistics.counts(session, first, last, now))


def assign(id_: str, body: Assigning, desk: ThisDesk, staff: Worker) -> CaseInFull:
    to = Assignment(body.department, body.staff_id, body.grading)
    return _do(desk, staff, id_, "assign", lambda deed: handling.assign(deed, to), **asdict(to))


def start(id_: str, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "start", handling.start)


def settle(id_: str, body: Settling, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "settle", lambda deed: handling.settle(deed, body.result))


def refuse(id_: str, body: Refusing, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "refuse", lambda deed: handling.refuse(deed, body.reason, body.way))


def transfer(id_: str, body: Transferring, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "transfer", lambda deed: handling.transfer(deed, body.authority, body.contact))


def extend(id_: str, body: Extending, desk: ThisDesk, staff: Leader) -> CaseInFull:
    days = body.working_days
    return _do(desk, staff, id_, "extend", lambda deed: handling.extend(deed, days, body.reason), working_days=days)


def follow_up(id_: str, body: FollowingUp, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "follow_up", lambda deed: handling.follow_up(deed, body.note))


def close(id_: str, desk: ThisDesk, staff: Worker) -> CaseInFull:
    return _do(desk, staff, id_, "close", handling.close)


def reopen(id_: str, body: WithReason, desk: ThisDesk, staff: Leader) -> CaseInFull:
    return _do(desk, staff, id_, "reopen", lambda deed: handling.reopen(deed, body.reason))


def reveal(id_: str, body: WithReason, desk: ThisDesk, staff: Worker) -> Identity:
    """Who complained; the look is kept in case_reveals and in the audit log."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        row = repository.locked(session, staff, id_)
        name, telephone = privacy.reveal(session, office_of(desk), row, staff, body.reason, now)
        record(session, staff, "case.reveal", f"case:{id_}", now)
    return Identity(name=name, telephone=telephone)


def _do(desk: Desk, staff: Staff, id_: str, name: str, act: Callable[[Deed], None], **details: Any) -> CaseInFull:
    """One deed in one transaction, and the case as it is then (for those who may still see it: a clerk who handed it
    on sees it once more)."""
    now, office = datetime.now(UTC), office_of(desk)
    with desk.database.transaction() as session:
        row = repository.locked(session, staff, id_)
        act(Deed(session, office, row, staff, now))
        record(session, staff, f"case.{name}", f"case:{id_}", now, state=row.state, **details)
        session.flush()
        return CaseInFull.of(session, office, row, staff, now)
