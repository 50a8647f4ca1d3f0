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


class TurnStatus(StrEnum):
    """The closed set of turn statuses."""

    ANSWERED_GUIDE = "answered.guide"
    ANSWERED_FAQ = "answered.faq"
    ANSWERED_HALL = "answered.hall"
    ANSWERED_PROGRESS = "answered.progress"
    ANSWERED_SMALLTALK = "answered.smalltalk"
    CLARIFY_ITEM = "clarify.item"
    CLARIFY_SITUATION = "clarify.situation"
    CLARIFY_INTENT = "clarify.intent"
    EMERGENCY = "emergency"
    UNANSWERABLE_OUT_OF_SCOPE = "unanswerable.out_of_scope"
    UNANSWERABLE_NO_MATCH = "unanswerable.no_match"
    UNANSWERABLE_INCOMPLETE_GUIDE = "unanswerable.incomplete_guide"
    REFUSED_PRIVACY = "refused.privacy"
    REFUSED_ABUSE = "refused.abuse"
    REFUSED_TOO_LONG = "refused.too_long"
    ERROR_DEGRADED = "error.degraded"
    ERROR_INTERNAL = "error.internal"
    COLLECTING_APPOINTMENT = "collecting.appointment"
    DONE_APPOINTMENT = "done.appointment"
    CANCELLED_APPOINTMENT = "cancelled.appointment"
    COLLECTING_COMPLAINT = "collecting.complaint"
    DONE_COMPLAINT = "done.complaint"
    CANCELLED_COMPLAINT = "cancelled.complaint"
    COLLECTING_FALLBACK_REQUEST = "collecting.fallback_request"
    DONE_FALLBACK_REQUEST = "done.fallback_request"
    CANCELLED_FALLBACK_REQUEST = "cancelled.fallback_request"
    COLLECTING_CONSULTATION = "collecting.consultation"
    DONE_CONSULTATION = "done.consultation"
    CANCELLED_CONSULTATION = "cancelled.consultation"
    COLLECTING_EXTENDED_HOURS = "collecting.extended_hours"
    DONE_EXTENDED_HOURS = "done.extended_hours"
    CANCELLED_EXTENDED_HOURS = "cancelled.extended_hours"
    COLLECTING_ASSISTANCE = "collecting.assistance"
    DONE_ASSISTANCE = "done.assistance"
    CANCELLED_ASSISTANCE = "cancelled.assistance"
    COLLECTING_RATING = "collecting.rating"
    DONE_RATING = "done.rating"
    CANCELLED_RATING = "cancelled.rating"
    COLLECTING_NOTICE = "collecting.notice"
    DONE_NOTICE = "done.notice"
    CANCELLED_NOTICE = "cancelled.notice"
    COLLECTING_HANDOFF = "collecting.handoff"
    DONE_HANDOFF = "done.handoff"
    CANCELLED_HANDOFF = "cancelled.handoff"


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
    """Where an answer is from; `kind`: guide, faq, facility (the hall itself), scenario, topic (another authority)."""

    kind: str
    id: str
    title: str
    disclosure: str | None = None
    checked_on: str | None = None


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
