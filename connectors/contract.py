"""The HTTP contract, version 1: what a connector hands to the message handler and gets back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_BODY_BYTES = 16 * 1024


class Channel(StrEnum):
    KIOSK = "kiosk"
    WECHAT = "wechat"
    SIDEBAR = "sidebar"
    WEB = "web"


class Transaction(StrEnum):
    """The deeds (t of the turn statuses)."""

    APPOINTMENT = "appointment"
    COMPLAINT = "complaint"
    FALLBACK_REQUEST = "fallback_request"
    CONSULTATION = "consultation"
    EXTENDED_HOURS = "extended_hours"
    ASSISTANCE = "assistance"
    RATING = "rating"
    NOTICE = "notice"
    HANDOFF = "handoff"


class Phase(StrEnum):
    """How far a deed is; with a Transaction it makes a turn status."""

    COLLECTING = "collecting"
    DONE = "done"
    CANCELLED = "cancelled"


PLAIN_STATUSES = (
    "answered.guide",
    "answered.faq",
    "answered.hall",
    "answered.progress",
    "answered.smalltalk",
    "clarify.item",
    "clarify.situation",
    "clarify.intent",
    "emergency",
    "unanswerable.out_of_scope",
    "unanswerable.no_match",
    "unanswerable.incomplete_guide",
    "refused.privacy",
    "refused.abuse",
    "refused.too_long",
    "error.degraded",
    "error.internal",
)
_ALL = {s: s for s in (*PLAIN_STATUSES, *(f"{p.value}.{t.value}" for p in Phase for t in Transaction))}

TurnStatus = StrEnum("TurnStatus", {s.replace(".", "_").upper(): s for s in _ALL})  # type: ignore[misc]
"""The closed set of turn statuses; members are named like ANSWERED_GUIDE."""


def deed_status(phase: Phase, transaction: Transaction) -> TurnStatus:
    """The status of a turn inside a deed, for example `collecting.consultation`."""
    return TurnStatus(f"{phase.value}.{transaction.value}")


class _Contract(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UserMessage(_Contract):
    """One verified, de-duplicated message. A repeated `message_id` of a sender gets the first reply again."""

    channel: Channel
    sender: Annotated[str, Field(min_length=1, max_length=128)]
    text: Annotated[str, Field(max_length=10_000)]
    message_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class Option(_Contract):
    title: str
    payload: str


class TextReply(_Contract):
    type: Literal["text"] = "text"
    text: str


class OptionsReply(_Contract):
    type: Literal["options"] = "options"
    text: str
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=5)]


class CardField(_Contract):
    disclosure: str
    label: str
    text: str


class Link(_Contract):
    title: str
    url: str


class CardReply(_Contract):
    type: Literal["card"] = "card"
    title: str
    fields: tuple[CardField, ...]
    links: tuple[Link, ...] = ()


Reply = Annotated[TextReply | OptionsReply | CardReply, Field(discriminator="type")]


class Source(_Contract):
    kind: str
    id: str
    title: str
    disclosure: str | None = None
    checked_on: str


class TurnReply(_Contract):
    """What every turn ends in. `item` is the first item answered about; `elapsed_ms` the app's own time."""

    turn_id: str
    status: TurnStatus
    item: str | None = None
    disclosures: tuple[str, ...] = ()
    transaction: Transaction | None = None
    confidence: float | None = None
    replies: tuple[Reply, ...]
    sources: tuple[Source, ...] = ()
    elapsed_ms: int


Handle = Callable[[UserMessage], Awaitable[TurnReply]]
