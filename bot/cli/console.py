"""Where the commands print, how they fail, and the settings they start from."""

from __future__ import annotations

import typer
from rich.console import Console

from bot.settings import Settings, SettingsError, load_settings

console = Console()
errors = Console(stderr=True)


def fail(message: str) -> typer.Exit:
    """Prints one plain message and gives the exit to raise."""
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


def settings_or_exit() -> Settings:
    """The settings, or a clear message and exit status 1."""
    try:
        return load_settings()
    except SettingsError as error:
        raise fail(f"设置有误：{error}") from error
