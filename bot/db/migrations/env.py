"""Alembic runs inside the app's own transaction (see bot.db.database)."""

import importlib.util
import pkgutil

from alembic import context

import bot
from bot.db.database import Base

for _package in pkgutil.iter_modules(bot.__path__, "bot."):
    if _package.ispkg and importlib.util.find_spec(f"{_package.name}.model"):
        importlib.import_module(f"{_package.name}.model")
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
