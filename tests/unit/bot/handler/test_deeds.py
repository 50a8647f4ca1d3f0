"""What a deed's dialogue is told beside the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversations.model import Conversation
from bot.deeds.openings import OPENINGS
from bot.handler import deeds
from bot.handler.act import act
from bot.handler.plans import ContinueDeed, StartDeed
from bot.handler.tools import Tools
from bot.understanding.model import Intent
from tests.unit.bot.handler.conftest import FakeRasa
from tests.unit.helpers import link_to, make_turn, running_deed


@pytest.mark.parametrize(
    ("found", "items"),
    [
        ([("GA-003", 0.99), ("GA-008", 0.55)], ["GA-003"]),
        ([("GA-003", 0.7), ("GA-008", 0.65), ("RS-002", 0.1)], ["GA-003", "GA-008"]),
        ([("GA-003", 0.55), ("GA-008", 0.51)], []),
        ([("GA-003", 0.4), ("GA-008", 0.3)], []),
    ],
)
async def test_the_items_named_are_those_that_an_answer_would_be_about(
    tools: Tools, rasa: FakeRasa, found: list[tuple[str, float]], items: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "judged", lambda link, *_: link)
    turn = make_turn("我要预约补办身份证", None, link_to(*found), None, None)
    await act(turn, StartDeed(OPENINGS[Intent.BOOK_APPOINTMENT], Intent.BOOK_APPOINTMENT), tools)
    assert rasa.heard_dialogue[0][3]["items"] == items


async def test_a_tapped_answer_names_no_item(tools: Tools, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "judged", lambda link, *_: link)
    deed = replace(running_deed("assistance_persons"), asked={"options": ["老年人", "孕妇"]})
    turn = make_turn("老年人", None, link_to(("MZ-010", 0.99)), conversation=Conversation(deed=deed))
    await act(turn, ContinueDeed(Intent.INFORM), tools)
    assert rasa.heard_dialogue[0][3]["items"] == []
