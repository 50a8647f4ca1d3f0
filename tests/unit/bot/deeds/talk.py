"""Drives a form as Rasa and the app do, without either."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.deeds.engine import Step, advance
from bot.deeds.form import Again, Context, Done, Form


class Talk:
    """One citizen in one form. `done` is set when it ended; `step` is the last step."""

    def __init__(self, form: Form, context: Context) -> None:
        self.form, self.context = form, context
        self.requested: str | None = None
        self.failures = 0
        self.done: Done | None = None
        self.again: Again | None = None
        self.step: Step | None = None

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.context.values)

    def say(self, text: str) -> Step:
        """One message; does the deed when all is told. Refused goes through to the test."""
        assert self.done is None, "the deed is over"
        self.context = replace(self.context, text=text)
        step = self.step = advance(self.form, self.context, self.requested, self.failures)
        self.context = replace(self.context, values=step.values)
        self.requested, self.failures = step.requested, step.failures
        if step.requested is None:
            self._submit()
        return step

    def _submit(self) -> None:
        try:
            self.done = self.form.submit(self.context)
        except Again as again:
            self.again, self.requested = again, again.field
            left = {n: v for n, v in self.context.values.items() if n not in (again.field, "confirm")}
            self.context = replace(self.context, values=left)

    def keys(self) -> list[str]:
        """The wording keys of the last step."""
        assert self.step is not None
        return [line.wording for line in self.step.lines]
