"""What every peer is: a name, and a reply to a text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from evaluation.judging import Judged, Reply
from evaluation.questions import Question


class Peer(Protocol):
    """`answer` never raises for what a citizen can write, and keeps nothing from one text to the next."""

    @property
    def name(self) -> str: ...

    def answer(self, text: str) -> Reply: ...


def ask_peer(peer: Peer, questions: Sequence[Question]) -> list[Judged]:
    """In the order of the set, with the time of each reply."""
    judged = []
    for question in questions:
        began = time.perf_counter()
        reply = peer.answer(question.text)
        elapsed = (time.perf_counter() - began) * 1000
        judged.append(Judged(question, replace(reply, elapsed_ms=elapsed)))
    return judged
