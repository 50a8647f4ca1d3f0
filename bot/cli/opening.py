"""How commands open the hall's database, and how they tell what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.cli.console import fail
from bot.db.database import Database
from bot.db.opening import open_database
from bot.errors import Refused
from bot.settings import Settings, SettingsError
from knowledge.loader import KnowledgeError


@contextmanager
def told_plainly(
    bad_file: str = "知识文件有误，请先修改", bad_database: str = "数据库不能使用，没有改动任何内容"
) -> Iterator[None]:
    """A bad file, setting or database, or a wish that is refused, ends the command with one plain message."""
    from bot.wording.wording import load_wording

    try:
        yield
    except KnowledgeError as error:
        raise fail(f"{bad_file}：\n{error}") from error
    except SettingsError as error:
        raise fail(f"设置有误：{error}") from error
    except SQLAlchemyError as error:
        raise fail(f"{bad_database}：{error}") from error
    except Refused as refused:
        raise fail(load_wording().say(refused.wording, **refused.values)) from refused


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database of the settings with its newest tables, closed at the end."""
    database = open_database(settings)
    try:
        database.migrate()
        yield database
    finally:
        database.close()
