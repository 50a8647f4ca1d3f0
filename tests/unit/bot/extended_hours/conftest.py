"""One hall on both databases."""

import pytest

from bot.db.database import Database
from tests.unit.bot.assistance.helpers import Place


@pytest.fixture
def place(database: Database) -> Place:
    return Place(database)
