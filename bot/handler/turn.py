"""The one context object of a turn, and the outcomes that a turn can end in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.conversations.model import Conversation
from bot.handoff.model import ThreadState
from bot.understanding.model import Understanding
from connectors.contract import Transaction, TurnReply, TurnStatus, UserMessage
from knowledge.answer import Answer
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Vectors
from knowledge.link import Link
from knowledge.model import Disclosure
from knowledge.target import Target


@dataclass(frozen=True)
class Say:
    """A sentence of the wording, with what fills its blanks, and under it what can be tapped: a text, or (title, text
    sent)."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str | tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Choice:
    """An option of a question: something of the knowledge base (an item with its disclosures and situation), a branch
    of a scenario, or (`target` None) the offer to leave a message."""

    target: Target | None
    disclosures: tuple[Disclosure, ...] = ()
    situation: str | None = None
    branches: tuple[str, ...] = ()
    label: str | None = None
    """Key of the wording that is its title; by default the name of what it stands for."""


LEAVE_A_MESSAGE = Choice(target=None)
MOST_CHOICES = 5


@dataclass(frozen=True)
class Outcome:
    """What a turn ended in, free of wording. `say` comes before the answers, with the choices under its last sentence;
    `after` comes behind them, with `more` choices. `told` is what else the reply is taken
    from: an FAQ entry, a topic."""

    status: TurnStatus
    say: tuple[Say, ...] = ()
    answers: tuple[Answer, ...] = ()
    choices: tuple[Choice, ...] = ()
    after: tuple[Say, ...] = ()
    more: tuple[Choice, ...] = ()
    told: Target | None = None
    transaction: Transaction | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Reading:
    """How a message is read: `question` is what NLU hears, a story's question or the whole message; the others are
    pieces that are linked on their own: the windows of a story, the parts of a message about several things (what is
    left of it without one of two things, or its `clauses`), or what a correction means."""

    question: str
    windows: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    clauses: bool = False
    corrected: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.question, *self.windows, *self.parts, *self.corrected)


@dataclass
class Turn:
    """Everything known about one message while it goes through the steps. `base` is the snapshot of the knowledge that
    holds for the whole turn."""

    message: UserMessage
    sender_key: str
    base: KnowledgeBase
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.perf_counter)
    text: str = ""
    reading: Reading = field(default_factory=lambda: Reading(""))
    thread: ThreadState | None = None
    conversation: Conversation = field(default_factory=Conversation)
    after: Conversation | None = None
    vectors: Vectors | None = None
    understanding: Understanding | None = None
    link: Link | None = None
    part_links: tuple[Link, ...] = ()
    corrected_links: tuple[Link, ...] = ()
    outcome: Outcome | None = None
    reply: TurnReply | None = None
    repeated: bool = False
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.outcome is not None or self.repeated

    def finish(self, outcome: Outcome, conversation: Conversation | None = None) -> None:
        """The one way to end a turn; `conversation` is what the next turn will know."""
        self.outcome = outcome
        self.after = conversation or self.conversation

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Adds the milliseconds spent to `timings`."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = round((time.perf_counter() - begin) * 1000, 2)

    @property
    def elapsed_ms(self) -> int:
        return round((time.perf_counter() - self.started) * 1000)
