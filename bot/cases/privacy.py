"""Who sees what of a case (S21): complainants' identities are kept from those complained of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.cases.model import CaseRevealRow, CaseRow
from bot.cases.office import Clerical
from bot.cases.rules import SUPERVISORS
from bot.errors import Refused
from bot.privacy.masks import leave_out_identity, mask_complainant
from bot.staff.model import Role, Staff


def may_handle(staff: Staff, row: CaseRow) -> bool:
    """Supervisors handle every case, clerks those of their department, nobody one about his own window."""
    if staff.window is not None and staff.window == row.window:
        return False
    if staff.role is Role.SUPERVISOR:
        return True
    if staff.role is not Role.CLERK or row.assignee_department == SUPERVISORS:
        return False
    return staff.department is not None and staff.department == row.assignee_department


def may_reveal(staff: Staff, row: CaseRow) -> bool:
    """Supervisors, and the clerk to whom the case is assigned if it is not confidential; never the window that is
    complained of, nor, when the case is confidential, anybody of that department."""
    if not may_handle(staff, row):
        return False
    if row.confidential and row.department is not None and staff.department == row.department:
        return False
    return staff.role is Role.SUPERVISOR or (row.assigned_to == staff.id and not row.confidential)


def reveal(
    session: Session, clerical: Clerical, row: CaseRow, staff: Staff, reason: str, now: datetime
) -> tuple[str, str]:
    """Name and telephone of the citizen, "" what was not told; who looked and why is kept. Raises Refused for those
    who may not know."""
    if not may_reveal(staff, row):
        raise Refused("case.identity_kept", 403, "identity-kept")
    kept = CaseRevealRow(case_id=row.id, staff_id=staff.id, at=now, reason=clerical.vault.seal(reason))
    session.add(kept)
    return _identity(clerical, row)


def masks(clerical: Clerical, row: CaseRow, staff: Staff) -> tuple[str, str]:
    """Name and telephone as lists show them: "王＊＊", "138＊＊＊＊0001"; nothing to those who may not know."""
    if not may_reveal(staff, row):
        return "", ""
    return mask_complainant(*_identity(clerical, row))


def without_identity(clerical: Clerical, row: CaseRow, sealed: str | None) -> str:
    """A text of the case in which the citizen's name, telephones and document numbers are hidden."""
    return leave_out_identity(clerical.vault.open_or_empty(sealed), clerical.vault.open_or_empty(row.name))


def _identity(clerical: Clerical, row: CaseRow) -> tuple[str, str]:
    return clerical.vault.open_or_empty(row.name), clerical.vault.open_or_empty(row.telephone)
