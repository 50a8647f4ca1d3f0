"""What any system replied to a question, and whether it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluation.questions import STATUS_OF, Question

MOST_OPTIONS = 5
ANSWERED = frozenset({"answered.guide", "answered.faq"})
"""Answers to a question about an item, given without asking back."""

_CLASS_OF = {status: expect for expect, status in STATUS_OF.items() if expect != "several"}


@dataclass(frozen=True)
class Reply:
    """The same for our assistant and its peers. `items`: codes of the items answered about, the first one first;
    `offered`: codes of the items among the options of a clarification; `sources`: ids of the FAQ entries and scenarios
    behind it; `ranking`: item codes best first, None where the system does not tell; `timings`: milliseconds by step.
    """

    status: str
    items: tuple[str, ...] = ()
    disclosures: frozenset[str] = frozenset()
    offered: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: float | None = None
    elapsed_ms: float = 0.0
    turn_id: str = ""
    ranking: tuple[str, ...] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def item(self) -> str | None:
        return self.items[0] if self.items else None

    @property
    def named(self) -> str:
        """The class of the reply: an `expect` where it is one of those, otherwise the status itself."""
        if self.status == STATUS_OF["several"] and len(self.items) > 1:
            return "several"
        return _CLASS_OF.get(self.status, self.status)


@dataclass(frozen=True)
class Judged:
    """One question and one reply to it."""

    question: Question
    reply: Reply

    @property
    def answered(self) -> bool:
        return self.reply.status in ANSWERED

    @property
    def item_right(self) -> bool:
        """An FAQ entry may belong to several items: one of them must be right. A guide's answer begins with it."""
        items = self.reply.items if self.reply.status == STATUS_OF["faq"] else self.reply.items[:1]
        return any(code in self.question.items for code in items)

    @property
    def all_items_right(self) -> bool:
        return self.reply.status == STATUS_OF["several"] and set(self.reply.items) == set(self.question.items)

    @property
    def offers_right(self) -> bool:
        """Asked back, with a right item among the options."""
        offered = self.reply.offered[:MOST_OPTIONS]
        return self.reply.status == STATUS_OF["clarify"] and any(code in self.question.items for code in offered)

    @property
    def found(self) -> bool:
        return self.offers_right or (self.answered and self.item_right)

    @property
    def wrong_item(self) -> bool:
        """Answered without asking, about another item than the one asked for, or about none."""
        return self.answered and not self.item_right

    @property
    def disclosures_right(self) -> bool:
        return self.reply.disclosures == self.question.asked

    @property
    def exact(self) -> bool:
        """Item and disclosures exactly right, answered at once."""
        return self.reply.status == STATUS_OF["guide"] and self.item_right and self.disclosures_right

    @property
    def right(self) -> bool:
        """What the set calls right, by kind of question."""
        match self.question.expect:
            case "guide":
                return self.exact
            case "several":
                return self.all_items_right and self.disclosures_right
            case "faq" | "scenario":
                wanted = set(self.question.items)
                return self._as_expected and (not wanted or bool(wanted & {*self.reply.sources, *self.reply.items}))
            case _:
                return self._as_expected

    @property
    def _as_expected(self) -> bool:
        return self.reply.status == STATUS_OF[self.question.expect]
