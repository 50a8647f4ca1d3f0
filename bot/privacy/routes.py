"""S24: personal data on request: /api/v1/staff/privacy, for administrators. Every deed is in the audit log.

POST even for reading, so that nothing personal stands in an address.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints, model_validator

from bot.audit.service import record
from bot.deeds.fields import telephone_in
from bot.errors import Refused
from bot.parameters import Administrator, ThisDesk
from bot.privacy import citizen as citizens
from bot.privacy.citizen import Citizen, Deletion
from bot.privacy.purge import due
from bot.privacy.retention import Then, retention_rules
from knowledge.model import Strict


class Whom(Strict):
    """Exactly one of the two. `sender_key`: 64 hexadecimal digits."""

    telephone: Annotated[str, StringConstraints(max_length=40)] | None = None
    sender_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.telephone is None) == (self.sender_key is None):
            raise ValueError("请填写电话或者 sender_key，两者之一")
        return self


class Kind(BaseModel):
    """One holding, how long it is kept, and how many rows wait for the next purge."""

    holding: str
    days: int | None
    then: Then
    due: int


class Exported(BaseModel):
    exported_at: datetime
    data: dict[str, list[dict[str, Any]]]


def routes() -> APIRouter:
    """GET retention, POST export, POST delete."""
    router = APIRouter(prefix="/api/v1/staff/privacy")
    router.add_api_route("/retention", read_retention, methods=["GET"])
    router.add_api_route("/export", export, methods=["POST"])
    router.add_api_route("/delete", delete, methods=["POST"])
    return router


def citizen_of(telephone: str | None, sender_key: str | None) -> Citizen:
    """Raises Refused for what is no Chinese telephone number."""
    if telephone is None:
        return Citizen(sender_key=sender_key)
    number = telephone_in(telephone)
    if number is None:
        raise Refused("privacy.bad_telephone", 422, "bad-telephone")
    return Citizen(telephone=number)


def read_retention(desk: ThisDesk, _staff: Administrator) -> list[Kind]:
    """What is kept, how long, and what the next purge will change."""
    rules = retention_rules(desk.rules)
    with desk.database.transaction() as session:
        waiting = due(session, rules, datetime.now(UTC))
    return [Kind(holding=name, days=r.days, then=r.then, due=waiting.get(name, 0)) for name, r in rules.items()]


def export(whom: Whom, desk: ThisDesk, staff: Administrator, response: Response) -> Exported:
    """Everything that is kept about one citizen."""
    now, citizen = datetime.now(UTC), citizen_of(whom.telephone, whom.sender_key)
    with desk.database.transaction() as session:
        data = citizens.export(session, desk.vault, citizen)
        counts = {table: len(rows) for table, rows in data.items()}
        record(session, staff, "privacy.export", citizen.subject(desk.vault), now, rows=counts)
    response.headers["Cache-Control"] = "no-store"
    return Exported(exported_at=now, data=data)


def delete(whom: Whom, desk: ThisDesk, staff: Administrator) -> Deletion:
    """Deletes what may be deleted; says what stays, and why."""
    now, citizen = datetime.now(UTC), citizen_of(whom.telephone, whom.sender_key)
    rules = retention_rules(desk.rules)
    with desk.database.transaction() as session:
        done = citizens.erase(session, desk.vault, rules, citizen)
        record(session, staff, "privacy.delete", citizen.subject(desk.vault), now, **asdict(done))
    return done
