"""Reads every question of the development sets as a turn would, up to the decision: parse and candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.handler import steps
from bot.handler.reading import retrieved, signals
from bot.handler.tools import Tools
from bot.handler.turn import Turn
from connectors.contract import Channel, UserMessage
from evaluation.questions import Question
from knowledge.base import KnowledgeBase
from knowledge.confidence import Signals
from knowledge.link import Link


class Among(StrEnum):
    """What a question is about, and what else is published: the hall alone, asked about all that it is asked about, the
    same with guests beside it, guests, services that only halls elsewhere have, and wishes for deeds."""

    ALONE = "alone"
    BESIDE_GUESTS = "beside_guests"
    GUESTS = "guests"
    ELSEWHERE = "elsewhere"
    WISHES = "wishes"


@dataclass(frozen=True)
class Asked:
    """A question with its turn, and its links (the first is the whole message's) before they are judged."""

    among: Among
    question: Question
    turn: Turn
    links: tuple[Link, ...]
    signals: Signals


async def collect(tools: Tools, among: Among, questions: Sequence[Question], base: KnowledgeBase) -> list[Asked]:
    """In the order of the questions, as `base` would be asked; nothing is stored."""
    return [await _collect(tools, among, question, base) for question in questions]


async def _collect(tools: Tools, among: Among, question: Question, base: KnowledgeBase) -> Asked:
    message = UserMessage(channel=Channel.WEB, sender="calibration", text=question.text)
    turn = Turn(message, "calibration", base)
    steps.guard(turn, tools)
    steps.encode(turn, tools)
    await steps.understand(turn, tools)
    assert turn.understanding is not None
    if turn.understanding.degraded:
        raise RuntimeError("Rasa did not answer; thresholds would be chosen on the keyword table")
    links = retrieved(turn, tools.policy.window_factor)
    return Asked(among, question, turn, links, signals(turn.understanding, turn.reading))
