"""Which wish opens which dialogue. Pure; the dialogues themselves are in `bot.deeds.registry`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.model import Intent
from connectors.contract import Transaction


@dataclass(frozen=True)
class Opening:
    """`form` is the name under which Rasa knows the dialogue."""

    form: str
    transaction: Transaction


OPENINGS = {
    Intent.OPEN_CONSULTATION: Opening("consultation_form", Transaction.CONSULTATION),
    Intent.BOOK_APPOINTMENT: Opening("appointment_form", Transaction.APPOINTMENT),
    Intent.CHANGE_APPOINTMENT: Opening("appointment_change_form", Transaction.APPOINTMENT),
    Intent.CANCEL_APPOINTMENT: Opening("appointment_cancel_form", Transaction.APPOINTMENT),
    Intent.ASK_APPOINTMENT: Opening("appointment_query_form", Transaction.APPOINTMENT),
    Intent.COMPLAIN: Opening("complaint_form", Transaction.COMPLAINT),
    Intent.REQUEST_FALLBACK: Opening("fallback_request_form", Transaction.FALLBACK_REQUEST),
    Intent.ASK_CASE: Opening("case_query_form", Transaction.COMPLAINT),
    Intent.RATE_SERVICE: Opening("rating_form", Transaction.RATING),
    Intent.REQUEST_EXTENDED_HOURS: Opening("extended_hours_form", Transaction.EXTENDED_HOURS),
    Intent.REQUEST_ASSISTANCE: Opening("assistance_form", Transaction.ASSISTANCE),
    Intent.REQUEST_NOTICE: Opening("notice_form", Transaction.NOTICE),
    Intent.ASK_PROGRESS: Opening("progress_query_form", Transaction.CONSULTATION),
}
