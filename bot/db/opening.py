"""Database and vault as the settings name them."""

from __future__ import annotations

from sqlalchemy.exc import ArgumentError

from bot.db.database import Database
from bot.db.vault import Vault
from bot.secrets import data_key
from bot.settings import Settings, SettingsError


def open_database(settings: Settings) -> Database:
    """Not connected yet; raises SettingsError for an address that names no database we know."""
    try:
        return Database(settings.database)
    except (ArgumentError, ModuleNotFoundError) as error:  # NoSuchModuleError is an ArgumentError
        raise SettingsError(f"WENBAN_DATABASE_URL: {error}") from error


def open_vault(settings: Settings) -> Vault:
    """Raises SettingsError for a key that is none."""
    try:
        return Vault(data_key(settings))
    except ValueError as error:
        raise SettingsError(f"WENBAN_DATA_KEY: {error}") from error
