"""Rasa's custom actions of every form: thin adapters to `bot.deeds.engine` and to what the form does.

`validate_<form>` reads the message and tells Rasa the slots and which is requested next; `action_submit_<name>` does
the deed; `action_cancel_<name>` lets go of what was reserved. Rasa carries keys of sentences, never the sentences.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.deeds.engine import Step, advance, question
from bot.deeds.form import Again, Context, Done, Form, Line
from bot.desk import Desk
from bot.errors import Refused
from connectors.contract import Phase

log = logging.getLogger(__name__)

FAILURES = "deed_failures"
REQUESTED = "requested_slot"
DeskOf = Callable[[], Desk]


def actions_of(form: Form, desk: DeskOf) -> Iterator[Action]:
    """The three actions of a form; `desk` gives the running app's desk."""
    yield Collect(form, desk)
    yield Submit(form, desk)
    yield Cancel(form, desk)


class _FormAction(Action):
    def __init__(self, form: Form, desk: DeskOf) -> None:
        self._form, self._desk = form, desk

    def _context(self, tracker: Tracker) -> Context:
        message = tracker.latest_message
        told = message.get("metadata") or {}
        return Context(
            desk=self._desk(),
            deed_id=tracker.sender_id,
            channel=told["channel"],
            sender_key=told["sender_key"],
            now=datetime.now(UTC),
            text=message.get("text") or "",
            items=tuple(told.get("items") or ()),
            item=told.get("item"),
            pending_question=told.get("pending_question"),
            values={name: tracker.slots.get(self._form.slot(name)) for name in self._form.field_names},
        )


class Collect(_FormAction):
    def name(self) -> str:
        return f"validate_{self._form.rasa_name}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Nothing when the citizen cancels: Rasa's form then rejects the turn, and only so does the rule of cancelling
        get its chance."""
        if (tracker.latest_message.get("intent") or {}).get("name") == "cancel":
            return []
        slot = tracker.slots.get(REQUESTED)
        requested = slot.removeprefix(f"{self._form.name}_") if slot else None
        context, failures = self._context(tracker), int(tracker.slots.get(FAILURES) or 0)
        step = await asyncio.to_thread(advance, self._form, context, requested, failures)
        if step.requested:
            _ask(dispatcher, step.lines, self._form, step.requested)
        else:
            _say(dispatcher, step.lines)
        return self._events(context, step)

    def _events(self, context: Context, step: Step) -> list[EventType]:
        """The form goes on where the step says; an answer that did not help sets only the counter."""
        told = {self._form.slot(n): step.values.get(n) for n in self._form.field_names}
        before = {self._form.slot(n): context.values.get(n) for n in self._form.field_names}
        changed = [SlotSet(slot, value) for slot, value in told.items() if value != before[slot]]
        requested = self._form.slot(step.requested) if step.requested else None
        return [*changed, SlotSet(FAILURES, step.failures), SlotSet(REQUESTED, requested)]


class Submit(_FormAction):
    def name(self) -> str:
        return f"action_submit_{self._form.name}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        context = self._context(tracker)
        try:
            done = await asyncio.to_thread(self._form.submit, context)
        except Again as again:
            self._reopen(dispatcher, context, again)
        except Refused as refused:
            _end(dispatcher, Done((Line(refused.wording, refused.values),), Phase.CANCELLED))
        else:
            _end(dispatcher, done)
        return []

    def _reopen(self, dispatcher: CollectingDispatcher, context: Context, again: Again) -> None:
        """The app opens the form anew, with all that was told but this field."""
        values = {name: value for name, value in context.values.items() if name not in (again.field, "confirm")}
        asks = question(self._form, replace(context, values=values), again.field)
        lines = (Line(again.wording, again.values), asks)
        _ask(dispatcher, lines, self._form, again.field, reopen=self._form.slot(again.field))


class Cancel(_FormAction):
    def name(self) -> str:
        return f"action_cancel_{self._form.name}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        if self._form.release:
            await asyncio.to_thread(self._form.release, self._context(tracker))
        _end(dispatcher, Done((Line("form.cancelled"),), Phase.CANCELLED))
        return []


def _ask(dispatcher: CollectingDispatcher, lines: tuple[Line, ...], form: Form, field: str, **marks: str) -> None:
    """The last line is marked as the question, so that the app can ask it again after an interruption; `free`: the app
    takes every message as its answer."""
    _say(dispatcher, lines, asks=True, free=form.free(form.slot(field)), **marks)


def _say(dispatcher: CollectingDispatcher, lines: tuple[Line, ...], **marks: Any) -> None:
    """`marks` go with the last line."""
    for number, line in enumerate(lines, start=1):
        message = {"wording": line.wording, "values": dict(line.values), "options": line.options}
        dispatcher.utter_message(json_message={**message, **(marks if number == len(lines) else {})})


def _end(dispatcher: CollectingDispatcher, done: Done) -> None:
    _say(dispatcher, done.lines, phase=done.phase.value, status=done.status.value if done.status else None)
