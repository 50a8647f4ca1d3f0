"""The typed result of understanding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.model import Disclosure


class Intent(StrEnum):
    """Intents of the Rasa project (intents/domain.yml)."""

    ASK_GUIDE = "ask_guide"
    ASK_NAME = "ask_name"
    ASK_LOCATION = "ask_location"
    ASK_LEGAL_BASIS = "ask_legal_basis"
    ASK_CONDITIONS = "ask_conditions"
    ASK_MATERIALS = "ask_materials"
    ASK_PROCEDURE = "ask_procedure"
    ASK_TIME_LIMIT = "ask_time_limit"
    ASK_FEES = "ask_fees"
    GREET = "greet"
    THANK = "thank"
    GOODBYE = "goodbye"
    WHO_ARE_YOU = "who_are_you"
    OUT_OF_SCOPE = "out_of_scope"
    ASK_HALL = "ask_hall"
    ASK_PRIVATE = "ask_private"
    OPEN_CONSULTATION = "open_consultation"
    BOOK_APPOINTMENT = "book_appointment"
    CHANGE_APPOINTMENT = "change_appointment"
    CANCEL_APPOINTMENT = "cancel_appointment"
    ASK_APPOINTMENT = "ask_appointment"
    COMPLAIN = "complain"
    REQUEST_FALLBACK = "request_fallback"
    ASK_CASE = "ask_case"
    ASK_PROGRESS = "ask_progress"
    RATE_SERVICE = "rate_service"
    REQUEST_EXTENDED_HOURS = "request_extended_hours"
    REQUEST_ASSISTANCE = "request_assistance"
    REPORT_EMERGENCY = "report_emergency"
    TALK_TO_PERSON = "talk_to_person"
    REQUEST_NOTICE = "request_notice"
    CANCEL = "cancel"
    AFFIRM = "affirm"
    DENY = "deny"
    INFORM = "inform"

    @property
    def disclosure(self) -> Disclosure | None:
        """The disclosure that an ask_* intent asks for."""
        name = self.value.removeprefix("ask_")
        return Disclosure(name) if self.value.startswith("ask_") and name in set(Disclosure) else None

    @property
    def asks(self) -> bool:
        """Whether it is a question about an item."""
        return self.value.startswith("ask_") and self not in NOT_ABOUT_ITEMS


NOT_ABOUT_ITEMS = frozenset(
    {Intent.ASK_HALL, Intent.ASK_PRIVATE, Intent.ASK_APPOINTMENT, Intent.ASK_CASE, Intent.ASK_PROGRESS}
)
SMALLTALK = frozenset({Intent.GREET, Intent.THANK, Intent.GOODBYE, Intent.WHO_ARE_YOU})


@dataclass(frozen=True)
class Understanding:
    """`disclosures` in the order of the guide; `confidence` is the intent's, 0 to 1; `degraded`: without Rasa.

    `asks` is the probability, 0 to 1, that the message is any question about an item.
    """

    intent: Intent
    confidence: float
    asks: float
    disclosures: tuple[Disclosure, ...]
    degraded: bool = False
    ranking: Mapping[Intent, float] = field(default_factory=dict)

    def likelihood(self, *intents: Intent) -> float:
        """The probability that it is one of these intents, 0 to 1."""
        known = self.ranking or {self.intent: self.confidence}
        return sum(known.get(intent, 0.0) for intent in intents)
