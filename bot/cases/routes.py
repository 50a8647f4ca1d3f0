"""Routes of cases: citizens ask after theirs and have one taken up again (S15); those of staff are in staff_routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from bot.cases import handling, lookup, repository
from bot.cases.asking import checked_number, known_case
from bot.cases.handling import Deed
from bot.cases.office import office_of
from bot.cases.staff_routes import staff_routes
from bot.cases.states import CaseState
from bot.cases.views import CaseForCitizen
from bot.parameters import ThisDesk
from knowledge.model import Strict

Number = Annotated[str, StringConstraints(min_length=4, max_length=32)]
Telephone = Annotated[str, StringConstraints(max_length=32)]


class Asking(Strict):
    """The receipt number and the telephone that was left; anonymous cases have none."""

    number: Number
    telephone: Telephone = ""


class Reopening(Strict):
    telephone: Telephone = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


def routes() -> APIRouter:
    """All routes of cases."""
    router = APIRouter()
    router.add_api_route("/api/v1/cases/query", ask, methods=["POST"])
    router.add_api_route("/api/v1/cases/{number}/reopen", reopen, methods=["POST"])
    router.include_router(staff_routes())
    return router


def ask(asking: Asking, desk: ThisDesk) -> CaseForCitizen:
    """How far a case is. What does not fit together is answered as if there were no such case."""
    office = office_of(desk)
    number = checked_number(desk, asking.number, asking.telephone, datetime.now(UTC))
    with desk.database.transaction() as session:
        row = known_case(session, office, number, asking.telephone)
        return CaseForCitizen.of(lookup.progress_of(session, office, row))


def reopen(number: Number, body: Reopening, desk: ThisDesk) -> CaseForCitizen:
    """The answer did not help; the same wish a second time gives the first's result."""
    now, office = datetime.now(UTC), office_of(desk)
    known = checked_number(desk, number, body.telephone, now)
    with desk.database.transaction() as session:
        repository.locked_by_number(session, known)
        row = known_case(session, office, known, body.telephone)
        if row.state != CaseState.REOPENED:
            handling.reopen(Deed(session, office, row, None, now), body.reason)
            session.flush()
        return CaseForCitizen.of(lookup.progress_of(session, office, row))
