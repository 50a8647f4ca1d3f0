"""Which worker may deliver which message: every step is one conditional UPDATE, and the database decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from bot.outbox.model import OutboxRow, OutboxState, RecipientKind

WAITING = OutboxRow.state == OutboxState.WAITING.value


@dataclass(frozen=True)
class Claimed:
    """A message under claim; `text` and `telephone` still encrypted, `attempts` before this one."""

    id: str
    key: str
    kind: str
    recipient: RecipientKind
    sender_key: str | None
    telephone: str | None
    audience: str | None
    text: str
    attempts: int


_COLUMNS = (
    OutboxRow.id, OutboxRow.key, OutboxRow.kind, OutboxRow.recipient, OutboxRow.sender_key, OutboxRow.telephone,
    OutboxRow.audience, OutboxRow.text, OutboxRow.attempts,
)  # fmt: skip


def anything_to_do(session: Session, kinds: Sequence[RecipientKind], now: datetime) -> bool:
    """A cheap look without a lock, so that an idle worker never holds up those who write."""
    return session.scalar(select(OutboxRow.id).where(_free(now), _of(kinds), _ripe(now)).limit(1)) is not None


def expire(session: Session, kinds: Sequence[RecipientKind], now: datetime) -> int:
    """Gives up what nobody needs to hear any more."""
    expired = and_(OutboxRow.expires_at.is_not(None), OutboxRow.expires_at <= now)
    return _update(session, [_free(now), _of(kinds), expired], state=OutboxState.EXPIRED.value)


def claim(
    session: Session, kinds: Sequence[RecipientKind], *, by: str, batch: int, lease: timedelta, now: datetime
) -> list[Claimed]:
    """Up to `batch` due messages, oldest first, now held by the claim `by`. On PostgreSQL rows that another worker
    is just claiming are passed over; SQLite has one writer at a time and ignores the lock clause."""
    due = (
        select(OutboxRow.id)
        .where(_free(now), _of(kinds), _ripe(now))
        .order_by(OutboxRow.next_try_at, OutboxRow.created_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(due.c.id)), _free(now))
        .values(claimed_by=by, claimed_until=now + lease)
        .returning(*_COLUMNS, OutboxRow.next_try_at, OutboxRow.created_at)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(statement).all(), key=lambda row: (row.next_try_at, row.created_at))
    return [
        Claimed(
            r.id, r.key, r.kind, RecipientKind(r.recipient), r.sender_key, r.telephone, r.audience, r.text, r.attempts
        )
        for r in rows
    ]


def begin(session: Session, id_: str, by: str, lease: timedelta, now: datetime) -> bool:
    """Counts an attempt and renews the lease; False if the message is not ours any more, withdrawn or expired."""
    unexpired = or_(OutboxRow.expires_at.is_(None), OutboxRow.expires_at > now)
    mine = [OutboxRow.id == id_, WAITING, OutboxRow.claimed_by == by, OutboxRow.claimed_until > now, unexpired]
    return _update(session, mine, attempts=OutboxRow.attempts + 1, claimed_until=now + lease) == 1


def release(session: Session, by: str) -> None:
    """Lets go of what the claim still holds, so that the next worker need not wait for the lease."""
    _update(session, [WAITING, OutboxRow.claimed_by == by], claimed_by=None, claimed_until=None)


def mark_sent(session: Session, id_: str, now: datetime) -> None:
    """What was delivered is sent, even if it was withdrawn or taken over meanwhile."""
    not_yet = [OutboxRow.id == id_, OutboxRow.state != OutboxState.SENT.value]
    _update(session, not_yet, state=OutboxState.SENT.value, sent_at=now, last_error=None, claimed_by=None,
            claimed_until=None)  # fmt: skip


def postpone(session: Session, id_: str, by: str, code: str, next_try_at: datetime) -> None:
    """Another attempt at `next_try_at`, by whichever worker."""
    mine = [OutboxRow.id == id_, WAITING, OutboxRow.claimed_by == by]
    _update(session, mine, next_try_at=next_try_at, last_error=code, claimed_by=None, claimed_until=None)


def bury(session: Session, id_: str, by: str, code: str) -> bool:
    """No further attempts: staff see the message among the dead. False if it was not ours any more."""
    mine = [OutboxRow.id == id_, WAITING, OutboxRow.claimed_by == by]
    dead = {"state": OutboxState.DEAD.value, "last_error": code, "claimed_by": None, "claimed_until": None}
    return _update(session, mine, **dead) == 1


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(WAITING, or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until <= now))


def _of(kinds: Sequence[RecipientKind]) -> ColumnElement[bool]:
    return OutboxRow.recipient.in_([kind.value for kind in kinds])


def _ripe(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxRow.next_try_at <= now, and_(OutboxRow.expires_at.is_not(None), OutboxRow.expires_at <= now))


def _update(session: Session, where: Sequence[ColumnElement[bool]], **values: Any) -> int:
    done = session.execute(
        update(OutboxRow).where(*where).values(**values).execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount
