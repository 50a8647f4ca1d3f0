"""What the staff routes of the ledger take and give."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.consultations.overview import Summary
from bot.parameters import PRINTABLE, AccountId, Department, Words
from knowledge.model import Strict

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100, pattern=PRINTABLE)]
Sources = Annotated[tuple[Title, ...], Field(max_length=5)]


class Assignment(Strict):
    """To whom it is handed; `assigned_to` is the id of an account of that department."""

    owner: Department
    assigned_to: AccountId | None = None


class AnswerBody(Strict):
    text: Words
    sources: Sources = ()


class Closing(Strict):
    """The reason is read by the citizen if he has no answer."""

    reason: Words


class FaqProposal(Strict):
    questions: Annotated[tuple[Title, ...], Field(min_length=1, max_length=10)]
    answer: Words
    sources: Sources = ()
    owner: Department | None = None


class RevealReason(StrEnum):
    """Why a contact is looked at; a closed set, so that nothing personal gets into the audit log."""

    CALL_BACK = "call_back"
    ASK_DETAILS = "ask_details"
    CHECK = "check"


class Reveal(Strict):
    reason: RevealReason


class Page(BaseModel):
    consultations: list[Summary]
    page: int
    total: int


class ContactView(BaseModel):
    name: str
    telephone: str


class Draft(BaseModel):
    """The FAQ entry that was drafted."""

    faq_id: str
