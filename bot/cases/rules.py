"""The hall's rules for cases, as data: knowledge/data/deeds/cases.yaml (S15, S16)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bot.cases.states import CaseState
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Hall, Strict

SUPERVISORS = "supervisors"
"""Stands for the hall's supervision where else the id of a department stands."""
OTHER_KIND = "other"
"""The kind of a complaint that is none of the six, such as one about a tone of voice."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WorkingDays = Annotated[int, Field(ge=0, le=30)]


class CaseKind(StrEnum):
    COMPLAINT = "complaint"
    FALLBACK_REQUEST = "fallback_request"


class Grading(StrEnum):
    """How hard a case is; it decides the limit."""

    ON_THE_SPOT = "on_the_spot"
    SIMPLE = "simple"
    COMPLEX = "complex"


class Receiver(Strict):
    """Who gets a new case: `id` is a department of hall.yaml or "supervisors"; citizens read the title."""

    id: Text
    title: Text


class KindRules(Strict):
    """One kind of case. `limits` are working days by grading, 0 the same day."""

    title: Text
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    receiver: Receiver
    limits: Mapping[Grading, WorkingDays]
    default_grading: Grading

    @model_validator(mode="after")
    def _has_a_limit_from_the_start(self) -> Self:
        if self.default_grading not in self.limits:
            raise ValueError(f"default_grading {self.default_grading} 没有写在 limits 里")
        return self


class ComplaintKind(Strict):
    """One of the six kinds (DB42/T 2327, 7.2.7.3). `examples` are complaints in citizens' words, for suggestions."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,24}$")]
    label: Text
    description: Text
    examples: Annotated[tuple[Text, ...], Field(min_length=5)]


class CasesRules(Strict):
    """See cases.yaml for what each figure means."""

    complaint: KindRules
    fallback_request: KindRules
    nearly_due_share: Annotated[float, Field(gt=0, lt=1)]
    handover_warning_minutes: Annotated[int, Field(ge=1, le=480)]
    follow_up_working_days: WorkingDays
    reopen_days: Annotated[int, Field(ge=1, le=365)]
    most_extra_working_days: Annotated[int, Field(ge=1, le=90)]
    query_failures: Annotated[int, Field(ge=1, le=100)]
    query_failure_minutes: Annotated[int, Field(ge=1, le=1440)]
    states: Mapping[CaseState, Text]
    other_kind: Text
    complaint_kinds: Annotated[tuple[ComplaintKind, ...], Field(min_length=6)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = [state.value for state in CaseState if state not in self.states]
        if missing:
            raise ValueError(f"states 缺少这些状态的名称：{'、'.join(missing)}")
        ids = [kind.id for kind in self.complaint_kinds]
        if len(set(ids)) < len(ids) or OTHER_KIND in ids:
            raise ValueError(f"complaint_kinds 的 id 不能重复，也不能是 {OTHER_KIND}")
        if self.complaint.prefix == self.fallback_request.prefix:
            raise ValueError("两种工单的 prefix 不能相同")
        return self

    def of(self, kind: CaseKind) -> KindRules:
        return self.complaint if kind is CaseKind.COMPLAINT else self.fallback_request

    def label_of(self, complaint_kind: str | None) -> str:
        """What a kind of complaint is called; "" without one."""
        labels = {kind.id: kind.label for kind in self.complaint_kinds}
        return labels.get(complaint_kind, self.other_kind) if complaint_kind else ""


@cache
def cases_rules(folder: Path) -> CasesRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "cases.yaml", CasesRules)


def check(rules: CasesRules, hall: Hall, file: Path) -> None:
    """Raises KnowledgeError when a receiver is no department of the hall."""
    known = {SUPERVISORS, *(d.id for d in hall.departments)}
    kinds = {kind: rules.of(kind).receiver.id for kind in CaseKind}
    problems = [
        Problem(file, 1, f"{kind.value}.receiver.id: hall.yaml 里没有部门 {id_}，请改成部门编号或 {SUPERVISORS}")
        for kind, id_ in kinds.items()
        if id_ not in known
    ]
    if problems:
        raise KnowledgeError(problems)
