"""A deed's dialogue as data: which fields it gathers, how each is read, and what is done with them.

Pure. Rasa's form leads (which field is next is told to it in `requested_slot`); `bot.deeds.engine` reads the messages;
the deed's own module defines a `Form` and hands it to `bot.deeds.registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.desk import Desk
from connectors.contract import Phase, Transaction, TurnStatus

Values = Mapping[str, Any]
"""The fields told so far, by name; what JSON can hold."""
CONFIRM = "confirm"
"""The name of the last field of a form with a summary."""


class FieldError(ValueError):
    """What was told cannot be the field's value; `wording` names the sentence which tells the citizen what to do."""

    def __init__(self, wording: str, **values: Any) -> None:
        super().__init__(wording)
        self.wording, self.values = wording, values


class Narrowed(FieldError):
    """The answer helped but does not settle it yet ("明天下午" of several places): asked again, and no failure."""


class Again(Exception):
    """Doing the deed failed for one field (the place is taken): it is asked for again after the sentence `wording`."""

    def __init__(self, field_name: str, wording: str, **values: Any) -> None:
        super().__init__(wording)
        self.field, self.wording, self.values = field_name, wording, values


@dataclass(frozen=True)
class Line:
    """A sentence of the wording with what fills its blanks, and options under it. An option is a text that is sent
    when it is tapped; a pair is (title, text sent)."""

    wording: str
    values: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str | tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Context:
    """What a field may look at besides the words. `deed_id` makes doing it idempotent; `items` are codes of the guides
    that the opening message names, likeliest first; `item` is that of the turn before; `pending_question` is what could
    not be answered before; `text` is the message in hand, as it was written."""

    desk: Desk
    deed_id: str
    channel: str
    sender_key: str
    now: datetime
    text: str = ""
    items: tuple[str, ...] = ()
    item: str | None = None
    pending_question: str | None = None
    values: Values = field(default_factory=dict)


Read = Callable[[str, Context], Any]


@dataclass(frozen=True)
class Field:
    """One thing that is asked for.

    `read` takes the answer to its question and raises FieldError. `find` looks for it in any other message (the opening
    one, one that tells several things, a correction) and gives None when it is not there. `ask` gives the question; by
    default the sentence `<form>.ask_<name>`. `when` tells whether it is needed at all. `free`: every message is its
    answer, even one that sounds like a question about an item. `called`: words by which a citizen names it ("电话")
    when it is to be changed.
    """

    name: str
    read: Read
    find: Read | None = None
    ask: Callable[[Context], Line] | None = None
    when: Callable[[Context], bool] = lambda _: True
    free: bool = False
    called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """How a deed ended. `status` only when it is not `done.<transaction>`, as for an answer about an own case."""

    lines: tuple[Line, ...]
    phase: Phase = Phase.DONE
    status: TurnStatus | None = None


@dataclass(frozen=True)
class Form:
    """A deed's dialogue. `name` is the prefix of its slots and sentences; Rasa knows it as `<name>_form`.

    `summary`, if there is one, is said before the citizen confirms; `submit` does the deed (in a thread, with
    transactions of its own) and raises Again, or Refused when it cannot be done at all. `release` undoes what reading
    has reserved when the citizen cancels.
    """

    name: str
    transaction: Transaction
    fields: tuple[Field, ...]
    submit: Callable[[Context], Done]
    summary: Callable[[Context], tuple[Line, ...]] | None = None
    release: Callable[[Context], None] | None = None

    @property
    def rasa_name(self) -> str:
        return f"{self.name}_form"

    @property
    def field_names(self) -> tuple[str, ...]:
        """All that Rasa's form requires, in its order."""
        return (*(f.name for f in self.fields), *([CONFIRM] if self.summary else []))

    def slot(self, field_name: str) -> str:
        return f"{self.name}_{field_name}"

    def field(self, name: str) -> Field:
        """The field of that name; KeyError if the form has none."""
        return {f.name: f for f in self.fields}[name]

    def free(self, slot: str | None) -> bool:
        """Whether every message is the answer while this slot is requested."""
        return any(f.free and self.slot(f.name) == slot for f in self.fields)
