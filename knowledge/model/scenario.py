"""Scenario guidance (S05, SX 7): a broad wish, a few questions, and the items that it comes to (一件事)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from knowledge.model.common import ItemCode, Key, Strict, Text


class Branch(Strict):
    """One answer to a question: the items it adds, in the order in which they are done, and the next question.
    `words` are other ways of giving this answer."""

    title: Text
    words: tuple[Text, ...] = ()
    items: tuple[ItemCode, ...] = ()
    note: Text | None = None
    next: Key | None = None


class Question(Strict):
    ask: Text
    branches: Annotated[tuple[Branch, ...], Field(min_length=2, max_length=5)]


class Scenario(Strict):
    """A wish with its question tree. `items` are needed whatever is answered; `start` is the first question."""

    id: Key
    name: Text
    phrases: Annotated[tuple[Text, ...], Field(min_length=5)]
    items: tuple[ItemCode, ...] = ()
    start: Key
    questions: Annotated[dict[Key, Question], Field(min_length=1)]
    closing: Text | None = None

    @model_validator(mode="after")
    def _tree(self) -> Scenario:
        self._walk(self.start, ())
        return self

    def _walk(self, key: str, above: tuple[str, ...]) -> None:
        if key in above:
            raise ValueError(f"问题 {key} 绕回了自己，请改 next")
        if key not in self.questions:
            raise ValueError(f"没有名为 {key} 的问题，请改 start 或 next")
        for branch in self.questions[key].branches:
            if branch.next:
                self._walk(branch.next, (*above, key))


class Scenarios(Strict):
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
