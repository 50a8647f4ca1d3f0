"""S24: how long each holding is kept, as data: `knowledge/data/deeds/retention.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, RootModel, model_validator

from bot.privacy.holdings import HOLDINGS, Holding
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.model import Strict

FILE = "retention.yaml"


class Then(StrEnum):
    """What happens when the time is over: the row goes, or its personal columns do and statistics stay, or nothing."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


class Retention(Strict):
    """`days` count from the end of the matter. `kept_because` (of what is kept for good) and `open_kept_because` (of
    what has not ended) are read by who asks for deletion."""

    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    then: Then
    kept_because: str | None = None
    open_kept_because: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.then is Then.KEEP) != (self.days is None):
            raise ValueError("days 和 then 不一致：then: keep 不写 days，其他的必须写 days")
        if self.then is Then.KEEP and not self.kept_because:
            raise ValueError("then: keep 必须写明原因 kept_because")
        return self

    @property
    def time(self) -> timedelta:
        return timedelta(days=self.days or 0)


class _File(RootModel[dict[str, Retention]]):
    pass


@cache
def retention_rules(folder: Path) -> Mapping[str, Retention]:
    """One rule a holding, read once a process; raises KnowledgeError with file, line and reason."""
    path = folder / FILE
    rules = load_yaml(path, _File).root
    reasons = [f"{name}: 没有这种数据，请删去" for name in rules if name not in {h.name for h in HOLDINGS}]
    reasons += [reason for h in HOLDINGS for reason in _wrong(h, rules)]
    if reasons:
        raise KnowledgeError([Problem(path, 1, reason) for reason in reasons])
    return rules


def _wrong(holding: Holding, rules: Mapping[str, Retention]) -> list[str]:
    rule = rules.get(holding.name)
    if rule is None:
        return [f"{holding.name}: 没有写保存期限"]
    reasons = []
    if rule.then is Then.BLANK and not holding.blank:
        reasons.append(f"{holding.name}: 只能整条删除(then: delete)")
    may_be_open = bool(holding.states or holding.over or holding.busy) and holding.of_citizens
    if may_be_open and rule.then is not Then.KEEP and not rule.open_kept_because:
        reasons.append(f"{holding.name}: 请写明还没有办结时保留的原因 open_kept_because")
    parent = rules.get(holding.parent) if holding.parent else None
    outlives = rule.days is None or (parent is not None and parent.days is not None and rule.days > parent.days)
    if parent and parent.then is Then.DELETE and outlives:
        reasons.append(f"{holding.name}: 不能比所属的 {holding.parent} 保存得更久")
    return reasons
