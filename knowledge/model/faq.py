"""FAQ entries (常见问答): reviewed questions with one answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from knowledge.model.common import ItemCode, Strict, Text


class ReviewState(StrEnum):
    """Only reviewed entries answer (XC 5.3.8)."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class FaqSource(Strict):
    """Where the answer comes from: a law, a notice, a guide."""

    title: Text
    article: Text | None = None


class FaqEntry(Strict):
    """Several phrasings of one question, one answer. `owner` is a department id of the hall, or the name of another
    authority; `items` are the items it belongs to; `local` marks a demo value."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-[0-9A-Za-z-]{1,40}$")]
    questions: Annotated[tuple[Text, ...], Field(min_length=1)]
    answer: Text
    owner: Text
    items: tuple[ItemCode, ...] = ()
    sources: tuple[FaqSource, ...] = ()
    valid_from: date
    valid_until: date | None = None
    review: ReviewState = ReviewState.DRAFT
    reviewed_by: Text | None = None
    reviewed_on: date | None = None
    origin: Text | None = None
    local: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> FaqEntry:
        if self.review is ReviewState.REVIEWED and not (self.reviewed_by and self.reviewed_on):
            raise ValueError("已检视(review: reviewed)的问答必须填写 reviewed_by 和 reviewed_on")
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until 不能早于 valid_from")
        return self

    def answers_on(self, day: date) -> bool:
        """Whether the entry may answer on that day: reviewed, and within its dates."""
        began = self.valid_from <= day
        return self.review is ReviewState.REVIEWED and began and (self.valid_until is None or day <= self.valid_until)
