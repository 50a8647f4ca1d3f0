"""`/api/v1/staff/accounts` for administrators, `/api/v1/staff/audit` for them and supervisors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.parameters import Administrator, Id, InCharge, LongLimit, ThisDesk
from bot.staff import passwords, service
from bot.staff.rules import staff_rules
from bot.staff.service import NewAccount
from bot.staff.views import AccountChange, AccountNew, AccountView, AuditPage, PasswordSet, account_view, audit_page

Word = Annotated[str | None, Query(max_length=80, pattern=r"^[\w.:/-]+$")]
Before = Annotated[int | None, Query(ge=1, lt=2**31)]


def account_routes() -> APIRouter:
    """Accounts and the audit log."""
    router = APIRouter()
    router.add_api_route("/accounts", all_accounts, methods=["GET"])
    router.add_api_route("/accounts", add_account, methods=["POST"], status_code=201)
    router.add_api_route("/accounts/{id}", change_account, methods=["PATCH"])
    router.add_api_route("/accounts/{id}/password", set_password, methods=["POST"])
    router.add_api_route("/accounts/{id}/unlock", unlock, methods=["POST"])
    router.add_api_route("/audit", audit, methods=["GET"])
    return router


def all_accounts(_by: Administrator, desk: ThisDesk) -> list[AccountView]:
    """Every account, by user name."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        return [account_view(row, now) for row in service.accounts(session)]


def add_account(body: AccountNew, by: Administrator, desk: ThisDesk) -> AccountView:
    """A new account; without a password it waits to be linked to an identity of the provider."""
    now, password_hash = datetime.now(UTC), None
    if body.password is not None:
        passwords.check(staff_rules(desk.rules), body.username, body.password)
        password_hash = passwords.hashed(body.password)
    new = NewAccount(body.username, body.name, body.role, body.department, body.window, password_hash)
    with desk.database.transaction() as session:
        return account_view(service.add(session, desk.hall, by, new, now), now)


def change_account(id: Id, body: AccountChange, by: Administrator, desk: ThisDesk) -> AccountView:
    """Changes what was sent."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        return account_view(service.change(session, desk.hall, by, id, body.values(), now=now), now)


def set_password(id: Id, body: PasswordSet, by: Administrator, desk: ThisDesk) -> AccountView:
    """A new password for somebody who forgot his."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        username = service.by_id(session, id).username
    passwords.check(staff_rules(desk.rules), username, body.password)
    password_hash = passwords.hashed(body.password)
    with desk.database.transaction() as session:
        return account_view(service.set_password(session, by, id, password_hash, now), now)


def unlock(id: Id, by: Administrator, desk: ThisDesk) -> AccountView:
    """Lets a locked account try again at once."""
    now = datetime.now(UTC)
    with desk.database.transaction() as session:
        return account_view(service.unlock(session, by, id, now), now)


def audit(
    _by: InCharge,
    desk: ThisDesk,
    *,
    action: Word = None,
    subject: Word = None,
    staff: Word = None,
    before: Before = None,
    limit: LongLimit = 50,
) -> AuditPage:
    """The audit log, newest first; `staff` is an account's id, `before` the `next` of the page before."""
    with desk.database.transaction() as session:
        return audit_page(entries(session, Wanted(action, subject, staff), limit + 1, before), limit)
