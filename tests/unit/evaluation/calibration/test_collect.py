"""Questions are read as a turn reads them, up to the decision."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.understanding.keywords import load_keywords
from evaluation.calibration.collect import Among, collect
from tests.unit.bot.handler.conftest import FakeRasa
from tests.unit.evaluation.systems import question
from tests.unit.helpers import POLICY, heard, shared_base


def tools(fake_encoder: Any, rasa: FakeRasa) -> Any:
    return SimpleNamespace(
        policy=POLICY, encoder=fake_encoder, rasa=rasa, keywords=load_keywords()
    )  # fmt: skip


async def test_questions_come_in_their_order_with_candidates_and_signals(fake_encoder: Any) -> None:
    asked = [question(id="D1", text="身份证丢了多少钱"), question(id="D2", text="护照过期了")]
    ready = tools(fake_encoder, FakeRasa(heard(asked=["fees"])))
    first, second = await collect(ready, Among.ALONE, asked, shared_base())
    assert (first.question.id, second.question.id) == ("D1", "D2")
    assert first.links[0].candidates[0].code == "GA-003" and second.links[0].candidates[0].code == "GA-008"
    assert first.signals.asks == 1 and first.signals.disclosures and first.turn.outcome is None


async def test_parts_have_links_of_their_own(fake_encoder: Any) -> None:
    (both,) = await collect(
        tools(fake_encoder, FakeRasa()), Among.GUESTS,
        [question("several", text="补身份证和换护照分别要什么材料")], shared_base(),
    )  # fmt: skip
    assert len(both.turn.reading.parts) == 2 and len(both.links) == 3


async def test_without_rasa_nothing_is_calibrated(fake_encoder: Any) -> None:
    with pytest.raises(RuntimeError, match="Rasa did not answer"):
        await collect(tools(fake_encoder, FakeRasa(away=True)), Among.ALONE, [question()], shared_base())
