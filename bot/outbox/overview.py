"""What staff see of the outbox: masks, never texts; and a new life for a message that was given up (S28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.errors import Refused
from bot.outbox.model import OutboxRow, OutboxState

UNREADABLE = "（无法解密）"


@dataclass(frozen=True)
class Overview:
    """One message without its text; `to` is masked."""

    id: str
    kind: str
    recipient: str
    to: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    last_error: str | None


def overview(session: Session, vault: Vault, state: OutboxState | None, limit: int) -> list[Overview]:
    """The newest messages, newest first."""
    statement = select(OutboxRow)
    if state is not None:
        statement = statement.where(OutboxRow.state == state.value)
    newest = statement.order_by(OutboxRow.created_at.desc(), OutboxRow.id).limit(limit)
    return [_shown(vault, row) for row in session.scalars(newest)]


def retry(session: Session, vault: Vault, id_: str, now: datetime) -> Overview:
    """Lets a dead message be tried again from the beginning. Raises Refused if there is none, if it is not dead,
    or if it would be too late."""
    in_time = or_(OutboxRow.expires_at.is_(None), OutboxRow.expires_at > now)
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == id_, OutboxRow.state == OutboxState.DEAD.value, in_time)
        .values(state=OutboxState.WAITING.value, attempts=0, next_try_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    row = session.get(OutboxRow, id_)
    if row is None:
        raise Refused("outbox.not_found", 404, "not-found")
    if done.rowcount == 0 and row.state != OutboxState.DEAD.value:
        raise Refused("outbox.not_dead", 409, "not-dead")
    if done.rowcount == 0:
        raise Refused("outbox.too_late", 409, "too-late")
    return _shown(vault, row)


def _shown(vault: Vault, row: OutboxRow) -> Overview:
    return Overview(
        row.id, row.kind, row.recipient, _mask(vault, row), row.state, row.attempts, row.created_at, row.next_try_at,
        row.expires_at, row.sent_at, row.last_error,
    )  # fmt: skip


def _mask(vault: Vault, row: OutboxRow) -> str:
    if row.audience is not None:
        return row.audience
    if row.telephone is None:
        return f"{(row.sender_key or '')[:8]}…"
    try:
        number = vault.open(row.telephone)
    except InvalidToken:
        return UNREADABLE
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else f"****{number[-2:]}"
