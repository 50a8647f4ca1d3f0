"""`wenban staff`: accounts from the command line: the first administrator, and whoever is locked out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.cli.console import console, settings_or_exit
from bot.cli.opening import opened_database, told_plainly
from bot.db.database import Database
from bot.staff.model import Role
from bot.staff.rules import StaffRules, staff_rules
from knowledge.loader import load_hall

if TYPE_CHECKING:
    from bot.staff.model import StaffRow
    from knowledge.model import Hall

staff = typer.Typer(help="Accounts of staff.", no_args_is_help=True)

ROLES = {Role.CLERK: "窗口人员", Role.REVIEWER: "审核人员", Role.SUPERVISOR: "主管", Role.ADMINISTRATOR: "管理员"}
Username = Annotated[str, typer.Argument(metavar="NAME", help="用户名")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码，不询问")]


@dataclass(frozen=True)
class _Office:
    """What the commands work with."""

    database: Database
    rules: StaffRules
    hall: Hall


@staff.command("add")
def add(
    username: Username,
    *,
    role: Annotated[Role, typer.Option("--role", help="角色")],
    department: Annotated[str | None, typer.Option("--department", help="hall.yaml 里的部门编号，例如 GA")] = None,
    window: Annotated[str | None, typer.Option("--window", help="hall.yaml 里的窗口编号，例如 A01")] = None,
    name: Annotated[str | None, typer.Option("--name", help="姓名；不填为用户名")] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Add an account; asks for its password."""
    from bot.staff import service

    with _opened() as office:
        password_hash = _new_password(office.rules, username, from_stdin=password_stdin)
        new = service.NewAccount(username, (name or username)[:64], role, department, window, password_hash)
        with office.database.transaction() as session:
            row = service.add(session, office.hall, None, new, datetime.now(UTC))
    console.print(f"已添加{ROLES[role]}账号：{escape(row.username)}", highlight=False)


@staff.command("list")
def list_accounts() -> None:
    """List all accounts."""
    from bot.staff import service

    now = datetime.now(UTC)
    with _opened() as office, office.database.transaction() as session:
        rows = service.accounts(session)
    table = Table("用户名", "姓名", "角色", "部门", "窗口", "状态")
    for row in rows:
        place = (row.department or "", row.window or "")
        table.add_row(escape(row.username), escape(row.name), ROLES[Role(row.role)], *place, _state(row, now))
    console.print(table)


@staff.command("password")
def password(username: Username, password_stdin: FromStdin = False) -> None:
    """Set a new password; ends the account's sessions and unlocks it."""
    from bot.staff import service

    with _opened() as office:
        with office.database.transaction() as session:
            row = service.by_username(session, username)
        password_hash = _new_password(office.rules, row.username, from_stdin=password_stdin)
        with office.database.transaction() as session:
            service.set_password(session, None, row.id, password_hash, datetime.now(UTC))
    console.print(f"已设置新密码：{escape(row.username)}", highlight=False)


@staff.command("deactivate")
def deactivate(username: Username) -> None:
    """Deactivate an account and end its sessions."""
    from bot.staff import service

    with _opened() as office, office.database.transaction() as session:
        row = service.by_username(session, username)
        service.change(session, office.hall, None, row.id, {"active": False}, now=datetime.now(UTC))
    console.print(f"已停用：{escape(row.username)}", highlight=False)


@staff.command("unlock")
def unlock(username: Username) -> None:
    """Let a locked account try again at once."""
    from bot.staff import service

    with _opened() as office, office.database.transaction() as session:
        row = service.by_username(session, username)
        service.unlock(session, None, row.id, datetime.now(UTC))
    console.print(f"已解除锁定：{escape(row.username)}", highlight=False)


@contextmanager
def _opened() -> Iterator[_Office]:
    """Database, rules and hall; what goes wrong is told plainly."""
    settings = settings_or_exit()
    with told_plainly():
        rules, hall = staff_rules(settings.rules), load_hall(settings.knowledge / "hall.yaml")
        with opened_database(settings) as database:
            yield _Office(database, rules, hall)


def _new_password(rules: StaffRules, username: str, *, from_stdin: bool) -> str:
    """The hash of a good enough password; raises Refused."""
    from bot.staff import passwords

    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = typer.prompt("密码", hide_input=True, confirmation_prompt="再次输入密码")
    passwords.check(rules, username, typed)
    return passwords.hashed(typed)


def _state(row: StaffRow, now: datetime) -> str:
    if not row.active:
        return "已停用"
    return "已锁定" if row.locked_until and row.locked_until > now else "正常"
