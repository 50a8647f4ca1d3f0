"""What the staff routes of the ledger take and give."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.consultations.overview import Summary

# No control characters but line breaks: PostgreSQL keeps no NUL.
_PRINTABLE = r"^[^\x00-\x08\x0b-\x1f\x7f]+$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000, pattern=_PRINTABLE)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100, pattern=_PRINTABLE)]
Department = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sources = Annotated[tuple[Title, ...], Field(max_length=5)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assignment(_Body):
    """To whom it is handed; `assigned_to` is the id of an account of that department."""

    owner: Department
    assigned_to: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None


class AnswerBody(_Body):
    text: Text
    sources: Sources = ()


class Closing(_Body):
    """The reason is read by the citizen if he has no answer."""

    reason: Text


class FaqProposal(_Body):
    questions: Annotated[tuple[Title, ...], Field(min_length=1, max_length=10)]
    answer: Text
    sources: Sources = ()
    owner: Department | None = None


class RevealReason(StrEnum):
    """Why a contact is looked at; a closed set, so that nothing personal gets into the audit log."""

    CALL_BACK = "call_back"
    ASK_DETAILS = "ask_details"
    CHECK = "check"


class Reveal(_Body):
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
