"""The figures of delivery, as data: knowledge/data/deeds/outbox.yaml."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from knowledge.loader import load_yaml
from knowledge.model import Strict

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class OutboxRules(Strict):
    """See outbox.yaml for what each figure means; all times in seconds."""

    attempts: Annotated[int, Field(ge=1, le=100)]
    first_pause: Seconds
    factor: Annotated[float, Field(ge=1, le=10)]
    longest_pause: Seconds
    jitter: Annotated[float, Field(ge=0, lt=1)]
    lease: Seconds
    batch: Annotated[int, Field(ge=1, le=500)]
    gateway_timeout: Seconds

    @model_validator(mode="after")
    def _a_claim_outlives_a_delivery(self) -> Self:
        if self.lease < 2 * self.gateway_timeout:
            raise ValueError("lease 至少是 gateway_timeout 的两倍，否则还在发送的消息会被别的进程重发")
        return self

    def pause(self, attempts: int, chance: float) -> timedelta:
        """The pause after so many attempts (from 1), in [1 - jitter, 1 + jitter) of itself by a chance in [0, 1)."""
        grown = self.first_pause
        for _ in range(attempts - 1):
            grown = min(grown * self.factor, self.longest_pause)
        return timedelta(seconds=min(grown, self.longest_pause) * (1 + self.jitter * (2 * chance - 1)))


@cache
def outbox_rules(folder: Path) -> OutboxRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "outbox.yaml", OutboxRules)
