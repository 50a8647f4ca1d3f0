"""The history of a case: every step, in an append-only table (S15: every complaint in writing)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases.model import CaseEventRow, CaseRow
from bot.cases.states import CaseAction, CaseState
from bot.db.vault import Vault


def add(
    session: Session,
    vault: Vault,
    row: CaseRow,
    action: CaseAction,
    before: CaseState | None,
    now: datetime,
    *,
    staff_id: str | None = None,
    note: str = "",
    visible: bool,
) -> None:
    """Appends one step, whose outcome is the row's state now. `visible`: the citizen may read the note."""
    event = CaseEventRow(
        case_id=row.id,
        at=now,
        staff_id=staff_id,
        action=action.value,
        from_state=before.value if before else None,
        to_state=row.state,
        note=vault.seal(note) if note else None,
        visible_to_citizen=visible,
    )
    session.add(event)


def of(session: Session, case_id: str, *, visible_only: bool = False) -> list[CaseEventRow]:
    """The steps, oldest first."""
    statement = select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.number)
    if visible_only:
        statement = statement.where(CaseEventRow.visible_to_citizen.is_(True))
    return list(session.scalars(statement))
