"""Where progress comes from and how it is asked for, as data: knowledge/data/deeds/progress.yaml (S26)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.progress.model import ApplicationState
from knowledge.loader import load_yaml
from knowledge.model import Strict


class ProgressRules(Strict):
    """See progress.yaml for what each rule means."""

    source: Literal["database", "file", "http"]
    file: Path | None = None
    http: Annotated[str, StringConstraints(pattern=r"^https?://\S+[^/\s]$")] | None = None
    http_timeout_seconds: Annotated[float, Field(gt=0, le=30)]
    http_attempts: Annotated[int, Field(ge=1, le=5)]
    circuit_failures: Annotated[int, Field(ge=1, le=100)]
    circuit_pause_seconds: Annotated[float, Field(gt=0, le=3600)]
    number_pattern: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    number_example: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    failures: Annotated[int, Field(ge=1, le=100)]
    failures_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    failures_of_a_number: Annotated[int, Field(ge=1, le=1000)]
    remind_days: Annotated[int, Field(ge=0, le=30)]
    states: dict[ApplicationState, Annotated[str, StringConstraints(min_length=1, max_length=60)]]

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if set(self.states) != set(ApplicationState):
            missing = "、".join(sorted(s.value for s in set(ApplicationState) - set(self.states)))
            raise ValueError(f"states 缺少：{missing}")
        if self.source == "file" and self.file is None:
            raise ValueError("source 为 file 时必须填写 file")
        if self.source == "http" and self.http is None:
            raise ValueError("source 为 http 时必须填写 http")
        try:
            matches = re.fullmatch(self.number_pattern, self.number_example) is not None
        except re.error as error:
            raise ValueError(f"number_pattern 不是正确的正则表达式：{error}") from error
        if not matches:
            raise ValueError("number_example 不符合 number_pattern")
        return self


@cache
def progress_rules(folder: Path) -> ProgressRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "progress.yaml", ProgressRules)
