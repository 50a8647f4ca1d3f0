"""How each entry of the matrix is asked: with which row, address, question and body; all of them would be granted to
whoever may ask. `ASK` holds them all once these modules are imported."""

from tests.unit.bot.authorisation.asking import cases, hall, pages, requests, server
from tests.unit.bot.authorisation.asking.cases import case_deeds
from tests.unit.bot.authorisation.asking.model import ASK, Asked

__all__ = ["ASK", "Asked", "case_deeds", "cases", "hall", "pages", "requests", "server"]
