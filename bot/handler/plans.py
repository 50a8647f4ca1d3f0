"""What a turn can be decided to do; carried out by `bot.handler.act`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deeds.openings import Opening
from bot.understanding.model import Intent
from knowledge.link import Candidate
from knowledge.model import Disclosure
from knowledge.target import Target


@dataclass(frozen=True)
class AnswerGuide:
    """`situation` is the id of a situation of the item; None for the general case with its variants."""

    code: str
    disclosures: tuple[Disclosure, ...]
    confidence: float
    situation: str | None = None
    from_context: bool = False


@dataclass(frozen=True)
class AnswerSeveral:
    """The same disclosures of two or three items."""

    codes: tuple[str, ...]
    disclosures: tuple[Disclosure, ...]
    confidence: float


@dataclass(frozen=True)
class Tell:
    """The answer of an FAQ entry, of the hall itself, or who is responsible for another authority's matter."""

    target: Target
    confidence: float


@dataclass(frozen=True)
class AskScenario:
    """The next step of a scenario, after the branches `taken`."""

    scenario: str
    taken: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Clarify:
    """Several things are close; without candidates, nothing was named at all."""

    candidates: tuple[Candidate, ...]
    disclosures: tuple[Disclosure, ...]


@dataclass(frozen=True)
class Smalltalk:
    intent: Intent


@dataclass(frozen=True)
class RefusePrivate:
    pass


@dataclass(frozen=True)
class OutOfScope:
    pass


@dataclass(frozen=True)
class NoMatch:
    pass


@dataclass(frozen=True)
class StartDeed:
    """`intent` is the wish that opens the dialogue."""

    opening: Opening
    intent: Intent


@dataclass(frozen=True)
class ContinueDeed:
    """`intent` is what the dialogue is to hear: CANCEL only when it is certain."""

    intent: Intent


Plan = (
    AnswerGuide | AnswerSeveral | Tell | AskScenario | Clarify | Smalltalk | RefusePrivate | OutOfScope | NoMatch
    | StartDeed | ContinueDeed
)  # fmt: skip
