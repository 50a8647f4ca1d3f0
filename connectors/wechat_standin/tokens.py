"""Access tokens as `stable_token` issues them: one current token, renewed early, the old one valid a while longer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.wechat_standin.errors import ApiError
from connectors.wechat_standin.model import Limits


@dataclass
class Issued:
    """Dead before its end if it was replaced (and its overlap is over) or revoked."""

    value: str
    ends_at: datetime
    dead_at: datetime | None = None


class TokenBook:
    """Not locked by itself: the platform holds its lock around every call. `refreshes` counts the tokens issued."""

    def __init__(self, limits: Limits, clock: Callable[[], datetime]) -> None:
        self._limits, self._clock = limits, clock
        self._issued: dict[str, Issued] = {}
        self._forced: list[datetime] = []
        self.current: Issued | None = None
        self.requests = 0

    @property
    def refreshes(self) -> int:
        return len(self._issued)

    def get(self, force: bool = False) -> tuple[str, int]:
        """The token and the whole seconds it has left; raises ApiError 45009 beyond the day's forced refreshes."""
        self.requests += 1
        now, current = self._clock(), self.current
        if force and current and self._may_force(now):
            current = self._renew(now, self._limits.forced_overlap)
        elif current is None or self._is_due(current, now):
            current = self._renew(now, self._limits.token_overlap)
        return current.value, int((current.ends_at - now).total_seconds())

    def check(self, value: str) -> None:
        """Raises ApiError 41001, 40001 or 42001 for a token that does not let in."""
        if not value:
            raise ApiError(41001)
        issued, now = self._issued.get(value), self._clock()
        if issued is None:
            raise ApiError(40001)
        if now >= issued.ends_at:
            raise ApiError(42001)
        if issued.dead_at and now >= issued.dead_at:
            raise ApiError(40001)

    def expire(self) -> None:
        """The current token's life is over at once: calls with it get 42001."""
        if self.current:
            self.current.ends_at = self._clock()

    def revoke(self) -> None:
        """The current token is not known any more: calls with it get 40001, and the next request gives a new one."""
        if self.current:
            self.current.dead_at = self._clock()

    def _may_force(self, now: datetime) -> bool:
        """A forced refresh too soon after another gives the same token."""
        self._forced = [at for at in self._forced if now - at < timedelta(days=1)]
        if self._forced and (now - self._forced[-1]).total_seconds() < self._limits.forced_gap:
            return False
        if len(self._forced) >= self._limits.forced_per_day:
            raise ApiError(45009)
        self._forced.append(now)
        return True

    def _is_due(self, current: Issued, now: datetime) -> bool:
        """Renewed 300 s before the end of 7,200 s, and short lives of tests in the same proportion."""
        early = min(self._limits.token_early, self._limits.token_seconds / 24)
        return current.dead_at is not None or now >= current.ends_at - timedelta(seconds=early)

    def _renew(self, now: datetime, overlap: float) -> Issued:
        if self.current and self.current.dead_at is None:
            self.current.dead_at = now + timedelta(seconds=overlap)
        value = f"{self.refreshes + 1}_{secrets.token_urlsafe(100)}"
        self.current = self._issued[value] = Issued(value, now + timedelta(seconds=self._limits.token_seconds))
        return self.current
