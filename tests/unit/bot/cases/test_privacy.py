"""Who learns who complained (S21)."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.cases import privacy
from bot.cases.model import CaseRevealRow, CaseRow
from bot.errors import Refused
from bot.staff.model import Role, Staff
from tests.unit.bot.cases.helpers import COMPLAINT, MONDAY, VAULT, Cases


def staff(role: Role, department: str | None = None, window: str | None = None, id_: str = "me") -> Staff:
    return Staff(id_, id_, "某某", role, department, window)


def row(**changes: Any) -> CaseRow:
    data = {
        "department": "GA", "window": "A01", "confidential": False, "assignee_department": "GA", "assigned_to": None,
    }  # fmt: skip
    return CaseRow(**{**data, **changes})


SUPERVISOR, CLERK = staff(Role.SUPERVISOR), staff(Role.CLERK, "GA", "A02")


@pytest.mark.parametrize(
    ("who", "changes", "handles", "reveals"),
    [
        (SUPERVISOR, {}, True, True),
        (SUPERVISOR, {"confidential": True, "assignee_department": "supervisors"}, True, True),
        (staff(Role.SUPERVISOR, "GA"), {"confidential": True}, True, False),
        (staff(Role.SUPERVISOR, "GA"), {}, True, True),
        (staff(Role.SUPERVISOR, None, "A01"), {}, False, False),
        (CLERK, {}, True, False),
        (CLERK, {"assigned_to": "me"}, True, True),
        (CLERK, {"assigned_to": "me", "confidential": True}, True, False),
        (CLERK, {"assigned_to": "me", "confidential": True, "department": "RS", "window": None}, True, False),
        (CLERK, {"assigned_to": "other"}, True, False),
        (CLERK, {"assignee_department": "supervisors", "assigned_to": "me"}, False, False),
        (CLERK, {"assignee_department": "RS", "assigned_to": "me"}, False, False),
        (staff(Role.CLERK, "GA", "A01"), {"assigned_to": "me"}, False, False),
        (staff(Role.REVIEWER, "GA"), {"assigned_to": "me"}, False, False),
        (staff(Role.ADMINISTRATOR), {}, False, False),
    ],
)
def test_who_handles_and_who_may_know(who: Staff, changes: dict[str, Any], handles: bool, reveals: bool) -> None:
    assert (privacy.may_handle(who, row(**changes)), privacy.may_reveal(who, row(**changes))) == (handles, reveals)


@pytest.mark.parametrize(("role", "assigned"), product(Role, ("me", None)))
def test_a_confidential_complaint_is_never_known_in_the_department_complained_of(
    role: Role, assigned: str | None
) -> None:
    assert not privacy.may_reveal(staff(role, "GA"), row(confidential=True, assigned_to=assigned))


def test_a_look_is_kept_with_its_reason(cases: Cases) -> None:
    found = cases.open()
    with cases.database.transaction() as session:
        fresh = session.get_one(CaseRow, found.id)
        told = privacy.reveal(session, cases.office, fresh, cases.supervisor, "需要回电话", MONDAY)
    assert told == ("王小美", "+8613800001111")
    with cases.database.transaction() as session:
        look = session.scalars(select(CaseRevealRow)).one()
    assert (look.case_id, look.staff_id, look.at) == (found.id, cases.supervisor.id, MONDAY)
    assert VAULT.open(look.reason) == "需要回电话"
    with pytest.raises(DBAPIError), cases.database.transaction() as session:
        session.execute(text("delete from case_reveals"))


def test_whoever_may_not_know_is_refused_and_sees_no_mask(cases: Cases) -> None:
    found = cases.assigned(replace(COMPLAINT, confidential=True), department="GA", staff_id=cases.clerk.id)
    with pytest.raises(Refused) as caught, cases.database.transaction() as session:
        privacy.reveal(session, cases.office, found, cases.clerk, "想知道", MONDAY)
    assert caught.value.wording == "case.identity_kept"
    assert privacy.masks(cases.office, found, cases.clerk) == ("", "")
    assert privacy.masks(cases.office, found, cases.supervisor) == ("王＊＊", "138＊＊＊＊1111")


@pytest.mark.parametrize(
    "told",
    ["我叫王小美，电话13800001111。", "我叫王小美，电话138 0000 1111", "王小美+8613800001111，110101199003070011"],
)
def test_the_texts_hold_no_identity(cases: Cases, told: str) -> None:
    found = cases.open(replace(COMPLAINT, facts=told))
    shown = privacy.without_identity(cases.office, found, found.facts)
    assert "王小美" not in shown and not any(c.isdigit() for c in shown) and "＊＊" in shown


def test_numbers_that_are_no_identity_stay(cases: Cases) -> None:
    found = cases.open(replace(COMPLAINT, facts="11月3日交了200元，在3号窗口等了120分钟"))
    assert privacy.without_identity(cases.office, found, found.facts) == "11月3日交了200元，在3号窗口等了120分钟"
