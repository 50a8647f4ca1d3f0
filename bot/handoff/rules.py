"""How long people are waited for, and by which words they are wished for, as data: handoff.yaml (S04)."""

from __future__ import annotations

from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from re import Pattern as Compiled
from typing import Annotated

from pydantic import Field

from bot.emergencies.rules import Patterns, one_of
from knowledge.loader import load_yaml
from knowledge.model import Strict
from knowledge.text.tokens import normalise

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class HandoffRules(Strict):
    """See handoff.yaml for what each entry means; all times in minutes."""

    wait_minutes: Minutes
    answer_minutes: Minutes
    silence_minutes: Minutes
    turns_before: Annotated[int, Field(ge=0, le=100)]
    wish: Patterns
    leave: Patterns

    @property
    def wait(self) -> timedelta:
        return timedelta(minutes=self.wait_minutes)

    @property
    def answer(self) -> timedelta:
        return timedelta(minutes=self.answer_minutes)

    @property
    def silence(self) -> timedelta:
        return timedelta(minutes=self.silence_minutes)

    @cached_property
    def _wish(self) -> Compiled[str]:
        return one_of(self.wish)

    @cached_property
    def _leave(self) -> Compiled[str]:
        return one_of(self.leave)

    def wishes_to_leave(self, text: str) -> bool:
        """Whether the words alone say that no person is wanted any more."""
        return self._leave.search(normalise(text)) is not None

    def wishes_person(self, text: str) -> bool:
        """Whether the words alone say that a person is wanted."""
        return self._wish.search(normalise(text)) is not None and not self.wishes_to_leave(text)


@cache
def handoff_rules(folder: Path) -> HandoffRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "handoff.yaml", HandoffRules)
