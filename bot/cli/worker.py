"""`wenban worker`: the worker alone, for installations where the app runs with WENBAN_WORKER=off."""

from __future__ import annotations

import asyncio
import signal
from typing import NoReturn

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot import logs
from bot.cli.console import console, fail, settings_or_exit
from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.secrets import data_key
from bot.settings import Settings, SettingsError
from bot.wording.wording import load_wording
from bot.worker.hall_only import HallOnly
from bot.worker.registry import all_jobs
from bot.worker.worker import run_worker
from knowledge.loader import KnowledgeError, load_hall


class _Absent:
    """Stands for the encoder, which the worker alone does not load."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(f"the worker alone has no encoder (asked for {name})")


def worker() -> None:
    """Deliver messages and run periodic jobs, without the app. Ctrl-C or SIGTERM finishes the message in hand."""
    settings = settings_or_exit()
    logs.configure(settings.log_level)
    try:
        desk = _open_desk(settings)
        try:
            asyncio.run(_run(desk))
        finally:
            desk.database.close()
    except KnowledgeError as error:
        raise fail(f"规则文件有误，请修改后再启动：\n{error}") from error
    except SettingsError as error:
        raise fail(f"设置有误：{error}") from error
    except SQLAlchemyError as error:
        raise fail(f"数据库不能使用：{error}") from error


def _open_desk(settings: Settings) -> Desk:
    """Raises SettingsError for a database or key that cannot be used."""
    try:
        database = Database(settings.database)
    except (ArgumentError, ModuleNotFoundError) as error:  # NoSuchModuleError is an ArgumentError
        raise SettingsError(f"WENBAN_DATABASE_URL: {error}") from error
    try:
        vault = Vault(data_key(settings))
    except ValueError as error:
        raise SettingsError(f"WENBAN_DATA_KEY: {error}") from error
    database.migrate()
    library = HallOnly(database, load_hall(settings.knowledge / "hall.yaml"))
    return Desk(settings, database, vault, library, load_wording(), _Absent())  # type: ignore[arg-type]


async def _run(desk: Desk) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_, stop.set)
    console.print("The worker runs (Ctrl-C stops it)", highlight=False)
    await run_worker(desk, all_jobs(), stop)
    console.print("Stopped.", highlight=False)
