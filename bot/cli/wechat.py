"""`wenban wechat`: the account's menu, QR codes of windows, and a stand-in WeChat to try the assistant out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli.console import console, settings_or_exit
from bot.cli.opening import opened_database, told_plainly
from bot.db.opening import open_vault
from bot.errors import Refused
from bot.settings import Settings

if TYPE_CHECKING:
    from connectors.wechat.client import WeChatClient

wechat = typer.Typer(help="The WeChat official account.", no_args_is_help=True)
menu = typer.Typer(help="The menu of the account.", no_args_is_help=True)
wechat.add_typer(menu, name="menu")

STANDIN_PORT = 8600
LOOK_SECONDS = 0.5


@menu.command("publish")
def publish() -> None:
    """Publish the menu of wechat.yaml."""
    from bot.wechat.menu import menu_document
    from bot.wechat.rules import wechat_rules

    settings = settings_or_exit()
    with _client(settings) as client:
        client.publish_menu(menu_document(wechat_rules(settings.rules), settings.base_url))
    console.print("菜单已发布，关注者的手机最迟一天内显示；取消关注再关注可以马上看到。", highlight=False)


@menu.command("show")
def show() -> None:
    """Show the menu that is published now."""
    with _client(settings_or_exit()) as client:
        published = client.read_menu()
    table = Table("栏目", "菜单项", "内容")
    for column in (published or {}).get("button", ()):
        for entry in column.get("sub_button") or (column,):
            table.add_row(column["name"], entry["name"], entry.get("key") or entry.get("url") or "")
    console.print(table)


@wechat.command("qr")
def qr(
    windows: Annotated[list[str], typer.Argument(metavar="WINDOW…", help="hall.yaml 里的窗口编号，例如 A01")],
    out: Annotated[Path, typer.Option("--out", help="存放图片的文件夹")] = Path(),
) -> None:
    """Write a QR code for each window: scanned in WeChat, it opens what is done there."""
    import segno

    from bot.wechat.answering import WINDOW
    from knowledge.loader import load_hall

    settings = settings_or_exit()
    with _client(settings) as client:
        hall = load_hall(settings.knowledge / "hall.yaml")
        known = {window.id for zone in hall.zones for window in zone.windows}
        for window in windows:
            if window not in known:
                raise Refused("wechat.no_window", 404, "no-window", window=window)
        for window in windows:
            code = client.create_qr_code(f"{WINDOW}{window}", permanent=True)
            file = out / f"window-{window}.png"
            segno.make(code.url, error="m").save(str(file), scale=12)
            console.print(str(file), highlight=False)


@wechat.command("simulate")
def simulate(
    callback: Annotated[
        str | None, typer.Option("--callback", help="只启动模拟微信，回调这个正在运行的助手；不填则同时启动助手")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="模拟微信的端口")] = STANDIN_PORT,
) -> None:
    """Start a stand-in WeChat with a page to chat through it, and the assistant with it. No account is needed."""
    from connectors.wechat_standin.environment import environment
    from connectors.wechat_standin.model import StandInAccount

    settings, account, own = settings_or_exit(), StandInAccount(), f"http://127.0.0.1:{port}"
    app = f"http://127.0.0.1:{settings.port}"
    told = {**environment(account, own), "WENBAN_BASE_URL": settings.base_url or app}
    console.print(f"在浏览器打开 {own}，就像在微信里一样对话。按 Ctrl+C 结束。", highlight=False)
    if callback:
        console.print("助手要用这些设置启动：", highlight=False)
        for name, value in told.items():
            console.print(f"{name}={value}", highlight=False, markup=False)
    commands = [["connectors.wechat_standin", callback or f"{app}/wechat/callback", "--port", str(port)]]
    if not callback:
        commands.append(["bot.cli.main", "run"])
    _run_until_one_ends(commands, told)


def _run_until_one_ends(commands: list[list[str]], told: dict[str, str]) -> None:
    """Modules of Python beside each other; when one ends or we are told to stop, all do, in their own time."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    started = [subprocess.Popen([sys.executable, "-m", *c], env={**os.environ, **told}) for c in commands]
    try:
        while all(process.poll() is None for process in started):
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        pass
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


@contextmanager
def _client(settings: Settings) -> Iterator[WeChatClient]:
    """A client of the account; what WeChat refuses ends the command with one plain message."""
    from bot.wechat.opening import open_client
    from connectors.wechat.errors import ApiError

    with (
        told_plainly(),
        opened_database(settings) as database,
        open_client(settings, database, open_vault(settings), lambda: datetime.now(UTC)) as client,
    ):
        if client is None:
            raise Refused("wechat.no_account", 409, "no-account")
        try:
            yield client
        except ApiError as error:
            raise Refused("wechat.call_failed", 502, "call-failed", code=str(error.code)) from error
