"""`wenban worker`: the worker alone, for installations where the app runs with WENBAN_WORKER=off."""

from __future__ import annotations

import asyncio
import signal
from typing import NoReturn

from bot import logs
from bot.cli.console import console, settings_or_exit
from bot.cli.opening import opened_database, told_plainly
from bot.db.opening import open_vault
from bot.desk import Desk
from bot.wording.wording import load_wording
from bot.worker.hall_only import HallOnly
from bot.worker.registry import all_jobs
from bot.worker.worker import run_worker
from knowledge.loader import load_hall


class _Absent:
    """Stands for the encoder, which the worker alone does not load."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(f"the worker alone has no encoder (asked for {name})")


def worker() -> None:
    """Deliver messages and run periodic jobs, without the app. Ctrl-C or SIGTERM finishes the message in hand."""
    settings = settings_or_exit()
    logs.configure(settings.log_level)
    with told_plainly("规则文件有误，请修改后再启动", "数据库不能使用"):
        vault = open_vault(settings)
        with opened_database(settings) as database:
            library = HallOnly(database, load_hall(settings.knowledge / "hall.yaml"))
            desk = Desk(settings, database, vault, library, load_wording(), _Absent())  # type: ignore[arg-type]
            asyncio.run(_run(desk))


async def _run(desk: Desk) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_, stop.set)
    console.print("The worker runs (Ctrl-C stops it)", highlight=False)
    await run_worker(desk, all_jobs(), stop)
    console.print("Stopped.", highlight=False)
