"""What goes wrong when a command opens the hall's database is told plainly, and nothing is left behind."""

from pathlib import Path

import pytest
import typer
from sqlalchemy.exc import OperationalError

from bot.cli.opening import opened_database, told_plainly
from bot.db.opening import open_database, open_vault
from bot.errors import Refused
from bot.settings import Settings, SettingsError
from knowledge.loader import KnowledgeError, Problem

LOCKED = OperationalError("select 1", {}, Exception("locked"))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KnowledgeError([Problem(Path("staff.yaml"), 3, "不认识的键")]), "规则不对：\nstaff.yaml:3: 不认识的键"),
        (SettingsError("WENBAN_DATA_KEY: bad"), "设置有误：WENBAN_DATA_KEY: bad"),
        (LOCKED, "数据库没有打开："),
        (Refused("privacy.bad_telephone"), "电话"),
    ],
)
def test_it_is_told_in_one_message(error: Exception, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, told_plainly("规则不对", "数据库没有打开"):
        raise error
    assert ended.value.exit_code == 1 and told in capsys.readouterr().err


def test_what_nobody_foresaw_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), told_plainly():
        raise ZeroDivisionError


@pytest.mark.parametrize("address", ["nonsense", "nosuchdb://x/y"])
def test_an_address_of_no_database_is_told_by_its_variable(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match=r"^WENBAN_DATABASE_URL: "):
        open_database(Settings(data_dir=tmp_path, database_url=address))


def test_a_key_that_is_none_is_told_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^WENBAN_DATA_KEY: "):
        open_vault(Settings(data_dir=tmp_path, data_key="too-short"))


def test_the_database_is_migrated_and_closed_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened_database(Settings(data_dir=tmp_path)) as database:
        with database.transaction() as session:
            assert session.connection().dialect.has_table(session.connection(), "staff")
        pool = database.engine.pool
        raise ZeroDivisionError
    assert database.engine.pool is not pool
