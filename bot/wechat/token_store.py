"""WeChat's access token in our own database: sealed, one for all processes; a conditional UPDATE is the lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.senders.insert import insert_missing
from bot.wechat.model import TokenRow
from connectors.wechat.tokens import Token


class DatabaseTokenStore:
    """A `connectors.wechat.tokens.TokenStore` on SQLite and PostgreSQL. Each method is one short transaction of its
    own: never call it inside another."""

    def __init__(self, database: Database, vault: Vault, app_id: str, clock: Callable[[], datetime]) -> None:
        self._database, self._vault, self._app_id, self._clock = database, vault, app_id, clock

    def read(self) -> Token | None:
        columns = (TokenRow.token, TokenRow.expires_at, TokenRow.due_at)
        with self._database.transaction() as session:
            row = session.execute(select(*columns).where(TokenRow.app_id == self._app_id)).one_or_none()
        if row is None or row.token is None:
            return None
        try:
            return Token(self._vault.open(row.token), row.expires_at, row.due_at)
        except InvalidToken:  # sealed with an earlier key: as good as none
            return None

    def begin_refresh(self, by: str, seconds: float) -> bool:
        now = self._clock()
        lock = {"refreshing_by": by, "refreshing_until": now + timedelta(seconds=seconds)}
        free = or_(TokenRow.refreshing_until.is_(None), TokenRow.refreshing_until <= now)
        with self._database.transaction() as session:
            # The first ever finds no row to update, and then of several at once one inserts it.
            return self._update(session, free, **lock) or insert_missing(
                session, TokenRow, {"app_id": self._app_id, **lock}
            )

    def put(self, token: Token, by: str) -> bool:
        sealed = self._vault.seal(token.value)
        with self._database.transaction() as session:
            return self._update(
                session, TokenRow.refreshing_by == by, token=sealed, expires_at=token.expires_at, due_at=token.due_at,
                refreshing_by=None, refreshing_until=None,
            )  # fmt: skip

    def end_refresh(self, by: str, pause: float) -> None:
        until = self._clock() + timedelta(seconds=pause)
        with self._database.transaction() as session:
            self._update(session, TokenRow.refreshing_by == by, refreshing_until=until)

    def _update(self, session: Session, condition: ColumnElement[bool], **values: Any) -> bool:
        statement = update(TokenRow).where(TokenRow.app_id == self._app_id, condition).values(**values)
        done = session.execute(statement.execution_options(synchronize_session=False))
        assert isinstance(done, CursorResult)
        return done.rowcount == 1
