"""Alembic runs inside the app's own transaction (see bot.db.database)."""

from alembic import context

import bot.consultations.model
import bot.conversations.model
import bot.publishing.model  # noqa: F401
from bot.db.database import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
