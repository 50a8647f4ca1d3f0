"""The hall's rules for notices, and the words printed on them, as data: knowledge/data/deeds/notices.yaml (S25)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bot.notices.model import NoticeKind
from knowledge.loader import load_yaml
from knowledge.model import Strict

Line = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Letters = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class KindRules(Strict):
    """`letters` begin the number; `title` and `mark` (the word in the reference number) are printed; `opening` is the
    first paragraph with blanks that the kind fills in; `closing` are the paragraphs at the end."""

    letters: Letters
    title: Line
    mark: Line
    opening: Line
    closing: tuple[Line, ...] = ()


class Words(Strict):
    """Labels and set phrases on the paper."""

    serve_copy: Line
    archive_copy: Line
    two_copies: Line
    reference: Line
    no_recipient: Line
    all_situations: Line
    general_situation: Line
    situation: Line
    online: Line
    missing_title: Line
    received_title: Line
    form: Line
    commitment: Line
    not_published: Line
    missing_glyph: Line
    verify: Line
    basis: Line
    contact: Line


class NoticeRules(Strict):
    """See notices.yaml for what each rule means."""

    download_days: Annotated[int, Field(ge=1, le=366)]
    most_downloads: Annotated[int, Field(ge=1, le=10_000)]
    hall_office: Letters
    reconsideration_authority: Line
    court: Line
    words: Words
    kinds: dict[NoticeKind, KindRules]

    @model_validator(mode="after")
    def _complete_and_distinct(self) -> Self:
        if set(self.kinds) != set(NoticeKind):
            raise ValueError("kinds 必须包含 one_time、acceptance、refusal、supplement 四种")
        letters = [k.letters for k in self.kinds.values()]
        if len(set(letters)) != len(letters):
            raise ValueError("kinds 里的 letters 不能重复，否则编号会相同")
        return self


@cache
def notice_rules(folder: Path) -> NoticeRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "notices.yaml", NoticeRules)
