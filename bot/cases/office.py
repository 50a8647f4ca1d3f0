"""What the services of cases work with, as one bundle; the jobs need only its first parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases.model import CaseRow
from bot.cases.rules import SUPERVISORS, CaseKind, CasesRules, cases_rules
from bot.db.vault import Vault
from bot.desk import Desk
from bot.wording.wording import Wording
from knowledge.calendar import CHINA, HallCalendar
from knowledge.clock import spoken


@dataclass(frozen=True)
class Clerical:
    """Enough to tell citizens and staff something about a case."""

    vault: Vault
    wording: Wording
    rules: CasesRules

    def title(self, row: CaseRow) -> str:
        """What citizens read for the kind of case: "投诉"."""
        return self.rules.of(CaseKind(row.kind)).title


@dataclass(frozen=True)
class Office(Clerical):
    """Enough to handle cases: the hall's calendar and departments as well."""

    calendar: HallCalendar

    def handler_of(self, kind: str, assignee: str) -> tuple[str, str]:
        """Who handles cases of that kind at that department (or "supervisors"), as citizens read it, and the
        telephone."""
        hall = self.calendar.hall
        if assignee == SUPERVISORS or assignee not in {d.id for d in hall.departments}:
            return self.rules.of(CaseKind(kind)).receiver.title, hall.telephone
        department = hall.department(assignee)
        return department.name, department.telephone


def clerical_of(desk: Desk) -> Clerical:
    return Clerical(desk.vault, desk.wording, cases_rules(desk.rules))


def office_of(desk: Desk) -> Office:
    return Office(desk.vault, desk.wording, cases_rules(desk.rules), desk.library.current.calendar)


def spoken_with_year(moment: datetime) -> str:
    """A moment as citizens read it: "2026年11月23日17:00", local. Deadlines of cases may lie in the next year."""
    return f"{moment.astimezone(CHINA).year}年{spoken(moment)}"
