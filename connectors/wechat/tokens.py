"""The account's access token: one for all processes, fetched by one of them at a time, a little before it runs out.

WeChat hands out a new token only within the last five minutes of the old one, keeps the old one good for five minutes
then, and asks for a forced refresh at most 20 times a day; so a forced one is asked for only when WeChat refuses the
very token that it still hands out."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from connectors.wechat.account import Account
from connectors.wechat.calls import Calls
from connectors.wechat.errors import ApiError, TryAgain

log = logging.getLogger(__name__)

TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 a path
EARLY = timedelta(seconds=270)
"""So long before its end a token is renewed: within the five minutes in which WeChat hands out a new one."""
LOCK = 30.0
"""Seconds after which another may fetch: more than a fetch with its tries takes."""
PAUSE = 2.0
"""Seconds in which nobody fetches after a fetch that failed."""
WAIT = 0.2
WAITS = 40
"""How often, and after how many seconds each, somebody without any token looks for what another is fetching."""
FORCE_AGAIN = timedelta(hours=1)
"""So long after a forced refresh this process asks for no other."""


@dataclass(frozen=True)
class Token:
    """Good until `expires_at`; from `due_at` on a new one is to be fetched."""

    value: str = field(repr=False)
    expires_at: datetime
    due_at: datetime


class TokenStore(Protocol):
    """Keeps the token of one account for all processes. Blocking."""

    def read(self) -> Token | None:
        """The newest token, also one that is over."""

    def begin_refresh(self, by: str, seconds: float) -> bool:
        """Whether `by` alone may fetch a new token for so long; of several at once exactly one."""

    def put(self, token: Token, by: str) -> bool:
        """Keeps the token and ends the refresh; False, and nothing kept, when the refresh is not `by`'s any more."""

    def end_refresh(self, by: str, pause: float) -> None:
        """Ends the refresh without a new token; nobody begins another for `pause` seconds."""


class TokenSource(Protocol):
    """Where a client gets its access token from."""

    def current(self) -> str:
        """A token that is good by our clock; raises ApiError."""

    def renew(self, failed: str) -> str:
        """Another token after WeChat refused this one; raises ApiError."""


def _now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """The one refresher; thread-safe, and any number of them over one store."""

    def __init__(
        self,
        account: Account,
        store: TokenStore,
        calls: Calls,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account, self._store, self._calls = account, store, calls
        self._clock, self._sleep = clock, sleep
        self._forced_at: datetime | None = None

    def current(self) -> str:
        token = self._store.read()
        if token is not None and self._fresh(token):
            return token.value
        spare = token if token is not None and self._clock() < token.expires_at else None
        try:
            return self._another(self._fresh, spare)
        except ApiError:
            if spare is None:
                raise
            return spare.value  # still good: the next call tries again to renew it

    def renew(self, failed: str) -> str:
        return self._another(lambda token: token.value != failed and self._clock() < token.expires_at, failed=failed)

    def _fresh(self, token: Token) -> bool:
        return self._clock() < token.due_at

    def _another(self, good: Callable[[Token], bool], spare: Token | None = None, failed: str | None = None) -> str:
        """A good token: fetched here, or by who is fetching already; while he is, the `spare` one does."""
        by = uuid.uuid4().hex
        for _ in range(WAITS):
            if self._store.begin_refresh(by, LOCK):
                return self._refreshed(by, good, failed)
            if spare is not None:
                return spare.value
            self._sleep(WAIT)
            token = self._store.read()
            if token is not None and good(token):
                return token.value
        raise TryAgain("no_token", TOKEN_PATH)

    def _refreshed(self, by: str, good: Callable[[Token], bool], failed: str | None) -> str:
        try:
            token = self._store.read()
            if token is not None and good(token):  # somebody was quicker, between our look and our turn
                self._store.end_refresh(by, 0)
                return token.value
            token = self._fetch(failed)
        except BaseException:
            self._store.end_refresh(by, PAUSE)
            raise
        self._store.put(token, by)
        log.info("wechat_token_renewed asked=%s", "because_refused" if failed else "because_due")
        return token.value

    def _fetch(self, failed: str | None) -> Token:
        token = self._ask(force=False)
        now = self._clock()
        if token.value != failed or (self._forced_at is not None and now - self._forced_at < FORCE_AGAIN):
            return token
        self._forced_at = now
        return self._ask(force=True)

    def _ask(self, force: bool) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.app_secret,
            "force_refresh": force,
        }
        asked = self._clock()
        data = self._calls.json("POST", TOKEN_PATH, body=body)
        value, seconds = data.get("access_token"), data.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(seconds, int) or seconds <= 0:
            raise TryAgain("no_token", TOKEN_PATH)
        life = timedelta(seconds=seconds)
        return Token(value, asked + life, asked + life - min(EARLY, life / 2))
