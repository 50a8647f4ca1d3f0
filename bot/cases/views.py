"""Cases as staff and citizens get them over HTTP; identities only as `privacy` allows (S21)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel
from sqlalchemy.orm import Session

from bot.cases import history, privacy
from bot.cases.lookup import Progress
from bot.cases.model import CaseEventRow, CaseRow
from bot.cases.office import Office
from bot.cases.rules import CaseKind
from bot.cases.states import RUNNING, CaseState
from bot.staff.model import Staff


class CaseInList(BaseModel):
    """`name` and `telephone` are masked, and empty for those who may not know them."""

    id: str
    number: str
    kind: CaseKind
    complaint_kind: str | None
    complaint_kind_label: str
    grading: str
    state: CaseState
    state_label: str
    department: str | None
    window: str | None
    item: str | None
    confidential: bool
    anonymous: bool
    name: str
    telephone: str
    assignee_department: str
    assigned_to: str | None
    created_at: datetime
    due_at: datetime
    overdue: bool
    escalated_at: datetime | None
    extended_at: datetime | None
    handed_over_at: datetime | None
    settled_at: datetime | None
    round: int

    @classmethod
    def of(cls, office: Office, row: CaseRow, staff: Staff, now: datetime) -> Self:
        name, telephone = privacy.masks(office, row, staff)
        made = {
            "complaint_kind_label": office.rules.label_of(row.complaint_kind),
            "state_label": office.rules.states[CaseState(row.state)],
            "overdue": row.state in {s.value for s in RUNNING} and row.due_at < now,
            "name": name,
            "telephone": telephone,
        }
        kept = {field: getattr(row, field) for field in CaseInList.model_fields if field not in made}
        return cls.model_validate({**kept, **made})


class Cases(BaseModel):
    total: int
    cases: list[CaseInList]


class Event(BaseModel):
    at: datetime
    staff_id: str | None
    action: str
    from_state: str | None
    to_state: str
    note: str
    visible_to_citizen: bool


class CaseInFull(BaseModel):
    """`may_reveal`: whether this member of staff may ask for the identity, which the texts never hold."""

    case: CaseInList
    facts: str
    wish: str
    when: str
    place: str
    whom: str
    may_reveal: bool
    events: list[Event]

    @classmethod
    def of(cls, session: Session, office: Office, row: CaseRow, staff: Staff, now: datetime) -> Self:
        def read(sealed: str | None) -> str:
            return privacy.without_identity(office, row, sealed)

        def event(e: CaseEventRow) -> Event:
            return Event(
                at=e.at, staff_id=e.staff_id, action=e.action, from_state=e.from_state, to_state=e.to_state,
                note=read(e.note), visible_to_citizen=e.visible_to_citizen,
            )  # fmt: skip

        return cls(
            case=CaseInList.of(office, row, staff, now),
            facts=read(row.facts),
            wish=read(row.wish),
            when=read(row.when_text),
            place=read(row.place),
            whom=read(row.whom),
            may_reveal=privacy.may_reveal(staff, row),
            events=[event(e) for e in history.of(session, row.id)],
        )


class Identity(BaseModel):
    name: str
    telephone: str


class CaseForCitizen(BaseModel):
    """What the citizen of a case sees of it."""

    number: str
    title: str
    state: CaseState
    state_label: str
    handler: str
    telephone: str
    due_at: datetime
    note: str
    noted_at: datetime | None

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls(**{field: getattr(progress, field) for field in cls.model_fields})
