"""A peer that answers with whatever its search finds first, as an FAQ search does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.understanding.keywords import Keywords
from bot.understanding.model import SMALLTALK
from evaluation.judging import Judged, Reply
from evaluation.questions import DISCLOSURES, STATUS_OF, Question
from knowledge.target import Entry, Kind, Target

_EXPECTATION_OF = {
    Kind.GUIDE: "guide",
    Kind.FAQ: "faq",
    Kind.FACILITY: "hall",
    Kind.SCENARIO: "scenario",
    Kind.TOPIC: "out_of_scope",
}

Hit = tuple[Target, float]
"""A target and its score, higher is better."""

DEPTH = 50
"""How many phrases a search gives; several may belong to one target."""


class Search(Protocol):
    """The search of a peer. `search` gives the phrases found, best first, by their number in the list of entries."""

    name: str

    def search(self, text: str, k: int) -> list[tuple[int, float]]: ...


class RetrievalPeer:
    """The first target decides the kind of reply; below `floor` nothing counts as found. The keyword table says which
    disclosures are asked for, and knows greetings."""

    def __init__(
        self,
        search: Search,
        entries: Sequence[Entry],
        keywords: Keywords,
        faq_items: Mapping[str, tuple[str, ...]],
        floor: float = float("-inf"),
    ) -> None:
        self._search, self._entries, self._keywords = search, entries, keywords
        self._faq_items = faq_items
        self.floor = floor

    @property
    def name(self) -> str:
        return self._search.name

    def answer(self, text: str) -> Reply:
        return self.compose(text, self.hits(text))

    def hits(self, text: str) -> list[Hit]:
        """Targets by their best phrase, best first."""
        best: dict[Target, float] = {}
        for number, score in self._search.search(text, DEPTH):
            best.setdefault(self._entries[number].target, score)
        return list(best.items())

    def compose(self, text: str, hits: Sequence[Hit]) -> Reply:
        """The reply to a text with these hits."""
        understood = self._keywords.understand(text)
        if understood.intent in SMALLTALK:
            return Reply(STATUS_OF["smalltalk"])
        ranking = tuple(target.id for target, _ in hits if target.kind is Kind.GUIDE)
        if not hits or hits[0][1] < self.floor:
            return Reply(STATUS_OF["no_match"], ranking=ranking)
        target, score = hits[0]
        status = STATUS_OF[_EXPECTATION_OF[target.kind]]
        if target.kind is Kind.GUIDE:
            asked = frozenset(d.value for d in understood.disclosures) or frozenset(DISCLOSURES)
            return Reply(status, (target.id,), asked, confidence=score, ranking=ranking)
        items = self._faq_items.get(target.id, ()) if target.kind is Kind.FAQ else ()
        return Reply(status, items, sources=(target.id,), confidence=score, ranking=ranking)


def choose_floor(peer: RetrievalPeer, questions: Sequence[Question]) -> float:
    """Sets and returns the floor with which most of the questions are right; of equally good ones, the lowest."""
    found = [(question, peer.hits(question.text)) for question in questions]
    peer.floor, best = float("-inf"), -1
    for floor in sorted({hits[0][1] for _, hits in found if hits}):
        before, peer.floor = peer.floor, floor
        right = sum(Judged(q, peer.compose(q.text, hits)).right for q, hits in found)
        if right > best:
            best = right
        else:
            peer.floor = before
    return peer.floor
