"""What citizens and staff are told about a case (S15, S16). Staff are told numbers only, never who complained (S21)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.cases.model import CaseRow
from bot.cases.office import Clerical
from bot.outbox.alarms import raise_alarm
from bot.outbox.service import Outgoing, enqueue

SHARED_CHANNELS = frozenset({"kiosk", "sidebar"})
"""Screens that somebody else uses next; citizens are told by telephone."""


def tell(session: Session, clerical: Clerical, row: CaseRow, step: str, text: str, now: datetime) -> bool:
    """Sends the citizen a message; `step` makes it one message a case and step. False when he cannot be reached."""
    telephone = clerical.vault.open(row.telephone) if row.telephone else None
    by_channel = row.sender_key is not None and (row.channel not in SHARED_CHANNELS or telephone is None)
    if not by_channel and telephone is None:
        return False
    message = Outgoing(
        key=f"case:{row.id}:{row.round}:{step}",
        text=text,
        sender_key=row.sender_key if by_channel else None,
        telephone=None if by_channel else telephone,
        kind="case",
    )
    enqueue(session, clerical.vault, message, now)
    return True


def alarm(
    session: Session, clerical: Clerical, row: CaseRow, audience: str, step: str, text: str, now: datetime
) -> None:
    """Shows staff an alarm, once a case, round and step; its kind is the step up to a colon."""
    kind = f"case_{step.partition(':')[0]}"
    raise_alarm(session, clerical.vault, f"case:{row.id}:{row.round}:{step}", audience, kind, text, now)
