"""Cases on both databases."""

import pytest

from bot.db.database import Database
from tests.unit.bot.cases.helpers import Cases


@pytest.fixture
def cases(database: Database) -> Cases:
    return Cases(database)
