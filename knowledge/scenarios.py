"""Walks the question tree of a scenario (S05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.model import Branch, ItemCode, Question, Scenario
from knowledge.situations import stands
from knowledge.text.tokens import normalise

SHORT = 4
"""Characters up to which a message may be an answer by a single one of them ("要", "有的")."""


@dataclass(frozen=True)
class Stand:
    """Where a walk stands after some branches: the next question, or, at its end, None; the items so far in the order
    in which they are done, and the advice given on the way."""

    question: Question | None
    items: tuple[ItemCode, ...]
    notes: tuple[str, ...]


def walk(scenario: Scenario, taken: Sequence[str]) -> Stand | None:
    """The stand after the branches with the titles `taken`; None when there is no such way."""
    key: str | None = scenario.start
    items, notes = list(scenario.items), []
    for title in taken:
        branch = next((b for b in scenario.questions[key].branches if b.title == title), None) if key else None
        if branch is None:
            return None
        items += branch.items
        notes += [branch.note] if branch.note else []
        key = branch.next
    question = scenario.questions[key] if key else None
    return Stand(question, tuple(dict.fromkeys(items)), tuple(notes))


def choose(question: Question, text: str) -> Branch | None:
    """The branch that the normalised text takes: its number, its title, or one of its words; the longest match wins,
    and what is denied ("没有公积金") does not count."""
    bare = text.strip(" 。.!?,，、")
    if bare.isdigit() and 1 <= int(bare) <= len(question.branches):
        return question.branches[int(bare) - 1]
    matches = [
        (len(word), branch)
        for branch in question.branches
        for word in map(normalise, (branch.title, *branch.words))
        if (len(word) > 1 or len(bare) <= SHORT) and stands(word, text)
    ]
    if not matches:
        return None
    longest = max(length for length, _ in matches)
    best = [branch for length, branch in matches if length == longest]
    return best[0] if all(branch is best[0] for branch in best) else None


def titles_in(scenario: Scenario, written: str, joint: str) -> tuple[str, ...] | None:
    """The branches whose normalised titles, joined, are `written`, from the first question on; None when there is no
    such way. A title may hold the joint itself."""

    def way(key: str | None, left: str) -> tuple[str, ...] | None:
        for branch in scenario.questions[key].branches if key else ():
            title = normalise(branch.title)
            if left == title:
                return (branch.title,)
            rest = way(branch.next, left.removeprefix(title + joint)) if left.startswith(title + joint) else None
            if rest:
                return (branch.title, *rest)
        return None

    return way(scenario.start, written)
