"""`wenban staff` as an administrator runs it, with a database of its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.cli.staff import staff
from bot.db.database import Database
from bot.staff import passwords
from bot.staff.model import StaffRow
from tests.unit.bot.staff.helpers import NEW_PASSWORD, PASSWORD

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `wenban staff`, types what `typed` says, and tells status and output."""
    monkeypatch.setenv("WENBAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("WENBAN_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "300")

    def call(*arguments: str, typed: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(staff, list(arguments), input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return call


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[], StaffRow]:
    """The one account that there is."""

    def read() -> StaffRow:
        with opened(tmp_path).transaction() as session:
            return session.scalars(select(StaffRow)).one()

    return read


def opened(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'var' / 'wenban.sqlite3'}")


ADD = ("add", "Wang", "--role", "clerk", "--department", "GA")


def test_the_password_is_asked_for_twice_and_not_shown(run: Run, stored: Callable[[], StaffRow]) -> None:
    status, output = run(*ADD, "--name", "王女士", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert status == 0 and "已添加窗口人员账号：wang" in output and PASSWORD not in output
    row = stored()
    assert (row.username, row.name, row.role, row.department) == ("wang", "王女士", "clerk", "GA")
    assert row.password_hash and passwords.matches(row.password_hash, PASSWORD)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_script_gives_the_password_on_stdin(run: Run, stored: Callable[[], StaffRow], end: str) -> None:
    status, _ = run("add", "admin", "--role", "administrator", "--password-stdin", typed=f"{PASSWORD}{end}")
    row = stored()
    assert status == 0 and row.password_hash and passwords.matches(row.password_hash, PASSWORD)
    assert (row.role, row.department, row.name) == ("administrator", None, "admin")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "wang", "--role", "clerk"), "要有所属部门"),
        (("add", "wang", "--role", "clerk", "--department", "XX"), "没有这个部门"),
        (("add", "wang", "--role", "reviewer", "--window", "Z99"), "没有这个窗口"),
        (("add", "a b", "--role", "reviewer"), "用户名不能用"),
        (("password", "nobody"), "没有找到这个账号"),
        (("deactivate", "nobody"), "没有找到这个账号"),
        (("unlock", "nobody"), "没有找到这个账号"),
    ],
)
def test_what_cannot_be_done_is_told_plainly(run: Run, arguments: tuple[str, ...], told: str) -> None:
    extra = ("--password-stdin",) if arguments[0] in {"add", "password"} else ()
    status, output = run(*arguments, *extra, typed=PASSWORD)
    assert status == 1 and told in output


def test_a_weak_password_is_refused(run: Run) -> None:
    status, output = run(*ADD, "--password-stdin", typed="short")
    assert status == 1 and "请用12到256个字符" in output
    assert "wang" not in run("list")[1]


def test_a_name_is_given_once(run: Run) -> None:
    run(*ADD, "--password-stdin", typed=PASSWORD)
    status, output = run(*ADD, "--password-stdin", typed=PASSWORD)
    assert status == 1 and "已经有人用了" in output


def test_the_list_shows_states(run: Run, tmp_path: Path) -> None:
    for name in ("wang", "li", "zhao"):
        run("add", name, "--role", "supervisor", "--password-stdin", typed=PASSWORD)
    run("deactivate", "LI")
    with opened(tmp_path).transaction() as session:
        until = datetime.now(UTC) + timedelta(minutes=5)
        session.execute(update(StaffRow).where(StaffRow.username == "zhao").values(locked_until=until))
    lines = run("list")[1].splitlines()
    states = {name: next(line for line in lines if f" {name} " in line) for name in ("wang", "li", "zhao")}
    assert "正常" in states["wang"] and "已停用" in states["li"] and "已锁定" in states["zhao"]
    assert all("主管" in line for line in states.values())
    run("unlock", "zhao")
    assert "已锁定" not in run("list")[1]


def test_a_new_password_helps_who_is_locked_out(run: Run, stored: Callable[[], StaffRow], tmp_path: Path) -> None:
    run(*ADD, "--password-stdin", typed=PASSWORD)
    status, output = run("password", "wang", typed=f"{NEW_PASSWORD}\n{NEW_PASSWORD}\n")
    assert status == 0 and "已设置新密码：wang" in output
    assert passwords.matches(stored().password_hash, NEW_PASSWORD)
    with opened(tmp_path).transaction() as session:
        told = [(e.action, e.staff_id) for e in entries(session, Wanted(), 10)]
    assert told == [("staff.password_set", None), ("staff.added", None)]


def test_the_last_administrator_stays(run: Run) -> None:
    run("add", "admin", "--role", "administrator", "--password-stdin", typed=PASSWORD)
    status, output = run("deactivate", "admin")
    assert status == 1 and "最后一个可用的管理员" in output


def test_a_bad_file_of_rules_is_told_with_its_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deeds").mkdir()
    (tmp_path / "deeds" / "staff.yaml").write_text("idle: 3\n", encoding="utf-8")
    monkeypatch.setenv("WENBAN_KNOWLEDGE_DIR", str(tmp_path))
    status, output = run("list")
    assert status == 1 and "staff.yaml:1: idle: 不认识的键" in output


def test_a_database_that_cannot_be_used_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_DATABASE_URL", "nonsense")
    status, output = run("list")
    assert status == 1 and "WENBAN_DATABASE_URL" in output
