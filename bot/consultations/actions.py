"""Rasa's custom actions of the consultation form: thin adapters to the checks and the service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.consultations import fields, service
from bot.consultations.model import ConsultationRow, NewConsultation
from bot.db.database import Database
from bot.db.vault import Vault
from knowledge.calendar import CHINA
from knowledge.model import Hall

QUESTION, NAME, TELEPHONE = "consultation_question", "consultation_name", "consultation_telephone"


def say(dispatcher: CollectingDispatcher, wording: str, **values: Any) -> None:
    """Rasa carries the key of a sentence; `phase` in `values` tells that the deed is over."""
    dispatcher.utter_message(json_message={"wording": wording, **values})


class ValidateConsultationForm(FormValidationAction):
    """Takes the requested slot from the message; the question may be known from the turn before."""

    def name(self) -> str:
        return "validate_consultation_form"

    def _said(self, slot: str, tracker: Tracker) -> dict[str, Any]:
        """The message as the value of the requested slot. Nothing when the citizen cancels: Rasa's form then rejects
        the turn, and only so does the rule of cancelling get its chance."""
        cancels = (tracker.latest_message.get("intent") or {}).get("name") == "cancel"
        requested = tracker.slots.get("requested_slot") == slot
        return {slot: tracker.latest_message.get("text")} if requested and not cancels else {}

    def extract_consultation_question(self, _d: Any, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        pending = tracker.latest_message.get("metadata", {}).get("pending_question")
        if pending and not tracker.slots.get("requested_slot"):
            return {QUESTION: pending}
        return self._said(QUESTION, tracker)

    def extract_consultation_name(self, _d: Any, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._said(NAME, tracker)

    def extract_consultation_telephone(self, _d: Any, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._said(TELEPHONE, tracker)

    def validate_consultation_question(self, value: str, dispatcher: Any, *_: Any) -> dict[str, Any]:
        return _checked(QUESTION, value, fields.question, dispatcher)

    def validate_consultation_name(self, value: str, dispatcher: Any, *_: Any) -> dict[str, Any]:
        return _checked(NAME, value, fields.name, dispatcher)

    def validate_consultation_telephone(self, value: str, dispatcher: Any, *_: Any) -> dict[str, Any]:
        return _checked(TELEPHONE, value, fields.telephone, dispatcher)


def _checked(slot: str, value: str, check: Callable[[str], str], dispatcher: CollectingDispatcher) -> dict[str, Any]:
    try:
        return {slot: check(value)}
    except fields.FieldError as error:
        say(dispatcher, error.wording)
        return {slot: None}


class SubmitConsultation(Action):
    """Puts the consultation into the ledger, in a transaction of its own."""

    def __init__(self, database: Database, vault: Vault, hall: Hall) -> None:
        self._database, self._vault, self._hall = database, vault, hall

    def name(self) -> str:
        return "action_submit_consultation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        origin = tracker.latest_message["metadata"]
        new = NewConsultation(
            deed_id=tracker.sender_id,
            channel=origin["channel"],
            sender_key=origin["sender_key"],
            question=tracker.slots[QUESTION],
            name=tracker.slots[NAME],
            telephone=tracker.slots[TELEPHONE],
        )
        row = await asyncio.to_thread(self._store, new)
        promised = row.promised_by.astimezone(CHINA)
        say(dispatcher, "consultation.done", phase="done", number=row.number, promised=f"{promised:%Y-%m-%d %H:%M}")
        return []

    def _store(self, new: NewConsultation) -> ConsultationRow:
        with self._database.transaction() as session:
            return service.open_consultation(session, self._vault, self._hall, new, datetime.now(UTC))


class CancelConsultation(Action):
    def name(self) -> str:
        return "action_cancel_consultation"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        say(dispatcher, "consultation.cancelled", phase="cancelled")
        return []
