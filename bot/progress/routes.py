"""Staff look an application up, and keep our own copy where the hall has no acceptance system (S22, S26)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, Field, StringConstraints

from bot.audit.service import record
from bot.deeds.fields import telephone_in
from bot.errors import Refused
from bot.parameters import ThisDesk, Worker
from bot.progress import service
from bot.progress.model import NUMBER, Applicant, ApplicationState, Progress, ProgressStep
from bot.progress.rules import progress_rules
from bot.staff.access import may_see_department
from knowledge.model import Strict

Number = Annotated[str, Path(pattern=NUMBER)]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([0-9A-Za-z+-]{4,32})?$")]


class ApplicationIn(Strict):
    """An application as staff keep it. `id_number` and `telephone` prove the applicant: at least one is needed for a
    new application; both empty leaves those of a known one as they are."""

    item: Annotated[str, StringConstraints(max_length=48)]
    state: ApplicationState
    steps: Annotated[tuple[ProgressStep, ...], Field(max_length=50)] = ()
    due_at: AwareDatetime | None = None
    todo: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    post_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{0,40}$")] = ""
    id_number: Identifier = ""
    telephone: Identifier = ""


def routes() -> APIRouter:
    """GET and PUT /api/v1/staff/applications/{number}."""
    router = APIRouter()
    router.add_api_route("/api/v1/staff/applications/{number}", look_up, methods=["GET"])
    router.add_api_route("/api/v1/staff/applications/{number}", keep_application, methods=["PUT"])
    return router


def look_up(number: Number, desk: ThisDesk, staff: Worker) -> Progress:
    """The progress, without a check; audited, found or not. Another department's is as if it did not exist."""
    found = service.look_up(desk, number)
    mine = found is not None and may_see_department(staff, found.department)
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        record(session, staff, "progress.look_up", f"application:{number}", now, found=mine)
    if found is None or not mine:
        raise Refused("progress_query.unknown", 404, "not-found")
    return found


def keep_application(number: Number, told: ApplicationIn, desk: ThisDesk, staff: Worker) -> Progress:
    """Takes an application of the clerk's department in, or its newer state."""
    if progress_rules(desk.rules).source != "database":
        raise Refused("progress_query.not_kept_here", 409, "not-kept-here")
    guide = desk.library.current.guides.get(told.item)
    if guide is None:
        raise Refused("progress_query.no_item", 422, "wrong-field")
    if not may_see_department(staff, guide.department):
        raise Refused("progress_query.other_department", 403, "not-allowed")
    progress = Progress(
        number=number,
        item_name=guide.name,
        department=guide.department,
        **told.model_dump(exclude={"id_number", "telephone"}),
    )
    telephone = telephone_in(told.telephone) if told.telephone else ""
    if telephone is None:
        raise Refused("form.bad_telephone", 422, "wrong-field")
    applicant = Applicant(told.id_number, telephone) if told.id_number or telephone else None
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        service.keep(session, desk.vault, progress, applicant, now)
        record(session, staff, "progress.keep", f"application:{number}", now, state=told.state.value)
    return progress
