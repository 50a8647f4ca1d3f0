"""What a deed's dialogue is told beside the words."""

from __future__ import annotations

import pytest

from bot.deeds.openings import OPENINGS
from bot.handler.act import act
from bot.handler.plans import StartDeed
from bot.handler.tools import Tools
from bot.understanding.model import Intent
from tests.unit.bot.handler.conftest import FakeRasa
from tests.unit.helpers import link_to, make_turn


@pytest.mark.parametrize(
    ("found", "items"),
    [
        ([("GA-003", 0.99), ("GA-008", 0.55)], ["GA-003"]),
        ([("GA-003", 0.7), ("GA-008", 0.65), ("RS-002", 0.1)], ["GA-003", "GA-008"]),
        ([("GA-003", 0.55), ("GA-008", 0.51)], ["GA-003", "GA-008"]),
        ([("GA-003", 0.4), ("GA-008", 0.3)], []),
    ],
)
async def test_the_items_named_are_those_that_an_answer_would_be_about(
    tools: Tools, rasa: FakeRasa, found: list[tuple[str, float]], items: list[str]
) -> None:
    turn = make_turn("我要预约补办身份证", None, link_to(*found), None, None)
    await act(turn, StartDeed(OPENINGS[Intent.BOOK_APPOINTMENT], Intent.BOOK_APPOINTMENT), tools)
    assert rasa.heard_dialogue[0][3]["items"] == items
