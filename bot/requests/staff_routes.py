"""Staff routes that every kind of request has alike: one page, one request, statistics, assign, reveal."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Response

from bot.audit.service import record
from bot.db.vault import Vault
from bot.desk import Desk
from bot.parameters import FirstDay, Id, LastDay, Reader, ThisDesk, Worker
from bot.requests import views
from bot.requests.request import Office, RequestRules, Row, office_of, visible
from bot.requests.views import Assignment, Contact, Filter, RequestPage, Reveal, Statistics
from bot.staff.model import Staff

Detail = TypeVar("Detail")


@dataclass(frozen=True)
class RequestKind(Generic[Row, Detail]):
    """What its staff routes must know of a kind of request. `name` begins its audit actions; `waiting`: the states in
    which staff have not moved yet; `hand_on`: its service's `assign`; `detail_of` makes the `detail` that a deed
    answers, `listed` a line of its list, `contact` what reveal answers."""

    name: str
    table: type[Row]
    waiting: Collection[str]
    rules: Callable[[Path], RequestRules]
    hand_on: Callable[[Office, str, str, str | None, datetime], Row]
    detail: type[Detail]
    detail_of: Callable[[Vault, Row, datetime], Detail]
    listed: Callable[[Vault, Row, datetime], Any]
    contact: Callable[[Vault, Row], Contact] = views.contact

    def add_routes(self, router: APIRouter, path: str) -> None:
        """Adds statistics, read_request, assign and reveal. The list is each kind's own: its states differ."""
        router.add_api_route(f"{path}/statistics", self.statistics, methods=["GET"])
        router.add_api_route(f"{path}/{{id}}", self.read_request, methods=["GET"], response_model=self.detail)
        router.add_api_route(f"{path}/{{id}}/assign", self.assign, methods=["POST"], response_model=self.detail)
        router.add_api_route(f"{path}/{{id}}/reveal", self.reveal, methods=["POST"])

    def statistics(self, desk: ThisDesk, staff: Reader, first: FirstDay, last: LastDay) -> Statistics:
        """How many requests of these days are in which state, and how many waited too long."""
        now = datetime.now(UTC)
        span = views.span_of(first, last)
        with desk.database.transaction() as session:
            return Statistics(counts=views.counts(session, self.table, staff, span, self.waiting, now))

    def read_request(self, id: Id, desk: ThisDesk, staff: Reader) -> Detail:
        """One request; the contact stays masked."""
        with desk.database.transaction() as session:
            return self.detail_of(desk.vault, visible(session, self.table, staff, id), datetime.now(UTC))

    def assign(self, id: Id, body: Assignment, desk: ThisDesk, staff: Worker) -> Detail:
        """Hands it to a department, perhaps to one clerk."""

        def step(office: Office, now: datetime) -> Row:
            return self.hand_on(office, id, body.department, body.assigned_to, now)

        return self.deed("assign", desk, staff, id, step, **body.model_dump())

    def reveal(self, id: Id, body: Reveal, desk: ThisDesk, staff: Worker, response: Response) -> Contact:
        """Name and telephone, of a home visit the address; who looked, and why, is in the audit log."""
        now = datetime.now(UTC)
        with desk.database.transaction() as session:
            found = self.contact(desk.vault, visible(session, self.table, staff, id))
            record(session, staff, f"{self.name}.reveal", f"{self.name}:{id}", now, reason=body.reason.value)
        response.headers["Cache-Control"] = "no-store"
        return found

    def page(self, desk: Desk, staff: Staff, state: str | None, chosen: Filter) -> RequestPage:
        """One page of the requests in that state (None: in any), the soonest due first."""
        now = datetime.now(UTC)
        with desk.database.transaction() as session:
            rows, total = views.one_page(session, self.table, staff, state, chosen, self.waiting, now)
        return RequestPage(requests=[self.listed(desk.vault, row, now) for row in rows], page=chosen.page, total=total)

    def deed(
        self, name: str, desk: Desk, staff: Staff, id_: str, step: Callable[[Office, datetime], Row], **details: Any
    ) -> Detail:
        """One deed in one transaction, with its `details` in the audit log; Refused for what this member of staff may
        not see."""
        now = datetime.now(UTC)
        with office_of(desk, self.rules(desk.rules).by_telephone) as office:
            visible(office.session, self.table, staff, id_)
            row = step(office, now)
            record(office.session, staff, f"{self.name}.{name}", f"{self.name}:{id_}", now, **details)
            return self.detail_of(office.vault, row, now)
