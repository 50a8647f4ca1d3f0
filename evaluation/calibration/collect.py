"""Reads every question of the development sets as a turn would, up to the decision: parse and candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.handler import steps
from bot.handler.reading import retrieved, signals
from bot.handler.tools import Tools
from bot.handler.turn import Turn
from connectors.contract import Channel, UserMessage
from evaluation.questions import Question
from knowledge.confidence import Signals
from knowledge.link import Link


@dataclass(frozen=True)
class Asked:
    """A question with its turn, and its links (the first is the whole message's) before they are judged."""

    question: Question
    turn: Turn
    links: tuple[Link, ...]
    signals: Signals


async def collect(tools: Tools, questions: Sequence[Question]) -> list[Asked]:
    """In the order of the questions; nothing is stored."""
    return [await _collect(tools, question) for question in questions]


async def _collect(tools: Tools, question: Question) -> Asked:
    message = UserMessage(channel=Channel.WEB, sender="calibration", text=question.text)
    turn = Turn(message, "calibration", tools.library.current)
    for step in (steps.guard, steps.encode, steps.understand):
        await step(turn, tools)
    assert turn.understanding is not None
    if turn.understanding.degraded:
        raise RuntimeError("Rasa did not answer; thresholds would be chosen on the keyword table")
    links = retrieved(turn, tools.policy.window_factor)
    return Asked(question, turn, links, signals(turn.understanding, turn.reading))
