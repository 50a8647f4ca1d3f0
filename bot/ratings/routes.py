"""S19, S28: citizens rate at POST /api/v1/ratings; staff see and follow up at /api/v1/staff/ratings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field, StringConstraints

from bot.audit.service import record
from bot.deeds import fields
from bot.deeds.form import Context, FieldError
from bot.desk import Desk
from bot.errors import Refused
from bot.parameters import Department, FirstDay, Id, LastDay, Limit, PageNumber, Reader, ThisDesk, Words, Worker
from bot.ratings import follow_up, overview, service
from bot.ratings.model import FollowUpState, Grade, NewRating
from bot.ratings.overview import Shown, Statistics, Wanted
from bot.ratings.rules import rating_rules
from bot.requests import views
from bot.requests.request import Office, office_of
from bot.requests.views import Assignment, Contact, Reveal
from bot.staff.model import Staff
from connectors.contract import Channel
from knowledge.model import Strict

PATH = "/api/v1/staff/ratings"
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[!-~]{8,128}$")]
Window = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}$")]
Given = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class RatingBody(Strict):
    """Without name and telephone it is anonymous."""

    grade: Grade
    kinds: Annotated[tuple[str, ...], Field(max_length=10)] = ()
    words: Given | None = None
    window: Window | None = None
    item: Annotated[str, StringConstraints(max_length=48)] | None = None
    assistant: bool = False
    name: Annotated[str, StringConstraints(max_length=30)] | None = None
    telephone: Annotated[str, StringConstraints(max_length=30)] | None = None
    channel: Channel = Channel.WEB


class Receipt(BaseModel):
    """`follow_up_by` only for a bad rating."""

    number: str
    follow_up_by: datetime | None


class Result(Strict):
    result: Words


class Page(BaseModel):
    ratings: list[Shown]
    page: int
    total: int


def routes() -> APIRouter:
    """All routes of ratings."""
    router = APIRouter()
    router.add_api_route("/api/v1/ratings", rate, methods=["POST"], status_code=201)
    router.add_api_route(PATH, list_ratings, methods=["GET"])
    router.add_api_route(f"{PATH}/statistics", statistics, methods=["GET"])
    router.add_api_route(f"{PATH}/{{id}}", read_rating, methods=["GET"])
    deeds: dict[str, Callable[..., Any]] = {
        "assign": assign,
        "contacted": contacted,
        "settle": settle,
        "reveal": reveal,
    }
    for name, deed in deeds.items():
        router.add_api_route(f"{PATH}/{{id}}/{name}", deed, methods=["POST"])
    return router


def rate(body: RatingBody, desk: ThisDesk, key: Key) -> Receipt:
    """Takes a rating; the same key again gives the first one's receipt."""
    rules = rating_rules(desk.rules)
    new = _new(desk, body, desk.vault.lookup("rating", key))
    with office_of(desk, rules.by_telephone) as office:
        taken = service.rate(office, rules, new, datetime.now(UTC))
    return Receipt(number=taken.row.number, follow_up_by=taken.follow_up_by)


def _new(desk: Desk, body: RatingBody, deed_id: str) -> NewRating:
    guides = desk.library.current.guides
    if body.item is not None and body.item not in guides:
        raise Refused("rating.unknown_item", 422, "unknown-item")
    context = Context(desk, deed_id, body.channel.value, "", datetime.now(UTC))
    return NewRating(
        deed_id=deed_id,
        channel=body.channel.value,
        sender_key=None,
        grade=body.grade,
        kinds=body.kinds,
        words="".join(c for c in body.words or "" if c == "\n" or c.isprintable()),
        window=body.window,
        department=_department(desk, body),
        item=body.item,
        assistant=body.assistant,
        name=_read(fields.name, body.name, context),
        telephone=_read(fields.telephone, body.telephone, context),
    )


def _read(read: Callable[[str, Context], str], told: str | None, context: Context) -> str:
    """As in the dialogue; raises Refused with the dialogue's sentence."""
    if not told:
        return ""
    try:
        return read(told, context)
    except FieldError as error:
        raise Refused(error.wording, 422, "bad-contact") from error


def _department(desk: Desk, body: RatingBody) -> str | None:
    """That of the window when it is one department's, else that of the item."""
    windows = {w.id: w for zone in desk.hall.zones for w in zone.windows}
    guide = desk.library.current.guides.get(body.item) if body.item else None
    if body.window in windows and len(windows[body.window].departments) == 1:
        return windows[body.window].departments[0]
    return guide.department if guide else None


def list_ratings(
    desk: ThisDesk, staff: Reader, grade: Grade | None = None, bad: bool | None = None, named: bool | None = None,
    department: Department | None = None, window: Window | None = None, follow_up: FollowUpState | None = None,
    overdue: bool = False, page: PageNumber = 1, limit: Limit = 50,
) -> Page:  # fmt: skip
    """One page, newest first, masked."""
    wanted = Wanted(grade, bad, named, department, window, follow_up, overdue)
    with desk.database.transaction() as session:
        rows, total = overview.ratings(session, desk.vault, staff, wanted, datetime.now(UTC), page=page, limit=limit)
    return Page(ratings=rows, page=page, total=total)


def read_rating(id: Id, desk: ThisDesk, staff: Reader) -> Shown:
    """One rating, masked."""
    with desk.database.transaction() as session:
        return overview.shown(session, desk.vault, staff, id, datetime.now(UTC))


def statistics(desk: ThisDesk, staff: Reader, first: FirstDay, last: LastDay) -> Statistics:
    """The ratings of these days by grade, department, window and kind, and how bad ones were followed up."""
    span = views.span_of(first, last)
    with desk.database.transaction() as session:
        return overview.statistics(session, staff, span)


def assign(id: Id, body: Assignment, desk: ThisDesk, staff: Worker) -> Shown:
    """Hands the follow-up to a department, perhaps to one clerk."""

    def step(office: Office, now: datetime) -> None:
        follow_up.assign(office, id, body.department, body.assigned_to, now)

    return _deed("assign", desk, staff, id, step, **body.model_dump())


def contacted(id: Id, desk: ThisDesk, staff: Worker) -> Shown:
    """The citizen was spoken to."""
    return _deed("contacted", desk, staff, id, lambda office, now: follow_up.contacted(office, id, now))


def settle(id: Id, body: Result, desk: ThisDesk, staff: Worker) -> Shown:
    """Ends the follow-up; who gave his name reads the result."""
    return _deed("settle", desk, staff, id, lambda office, now: follow_up.settle(office, id, body.result, now))


def reveal(id: Id, body: Reveal, desk: ThisDesk, staff: Worker, response: Response) -> Contact:
    """Name and telephone; who looked, and why, is in the audit log."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        found = overview.contact(session, desk.vault, staff, id)
        record(session, staff, "rating.reveal", f"rating:{id}", now, reason=body.reason.value)
    response.headers["Cache-Control"] = "no-store"
    return found


def _deed(
    name: str, desk: Desk, staff: Staff, id_: str, step: Callable[[Office, datetime], None], **details: Any
) -> Shown:
    """One deed in one transaction, with its `details` in the audit log; Refused for what this member of staff may not
    see. Handed to another department it may be out of his sight afterwards, so it is shown as whoever handed it on
    last saw it."""
    now = datetime.now(UTC)
    with office_of(desk, rating_rules(desk.rules).by_telephone) as office:
        rating, before = overview.visible(office.session, staff, id_)
        if overview.is_own_window(staff, rating):
            raise Refused("rating.own_window", 403, "own-window")
        step(office, now)
        record(office.session, staff, f"rating.{name}", f"rating:{id_}", now, **details)
        if before is not None:
            office.session.refresh(before)
        return overview.shown_of(office.session, desk.vault, staff, rating, before, now)
