"""Takes emergencies down, alarms the hall's staff, and notes what they did (S18)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Select, Update, select, update
from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.emergencies.model import EmergencyKind, EmergencyRow, Report
from bot.emergencies.rules import EmergencyRules
from bot.errors import Refused
from bot.outbox.alarms import raise_alarm
from bot.wording.wording import Wording

TITLES = {
    EmergencyKind.ILLNESS: "有人突发疾病",
    EmergencyKind.INJURY: "有人受伤",
    EmergencyKind.FIRE: "着火或者冒烟",
    EmergencyKind.GAS: "燃气或者刺鼻气味",
    EmergencyKind.LIFT: "电梯故障或者有人被困",
    EmergencyKind.POWER: "停电或者漏电",
    EmergencyKind.DISORDER: "打架、闹事或者威胁",
    EmergencyKind.LOST: "老人或者孩子走失",
    EmergencyKind.OTHER: "其他突发情况",
}
"""What staff read as the kind."""


@dataclass(frozen=True)
class Watch:
    """What is needed to recognise an emergency and to alarm staff; a service does not open `database` itself."""

    database: Database
    vault: Vault
    wording: Wording
    rules: EmergencyRules


def raise_emergency(session: Session, watch: Watch, report: Report, now: datetime) -> EmergencyRow:
    """The row, and an alarm. The same kind told again by the same sender within the rules' time adds to the row
    without a new alarm, but for a place that was not known before."""
    found = report.found
    known = _again(session, report, now - watch.rules.repeat)
    if known is not None:
        known.last_at = now
        known.text = watch.vault.seal(f"{watch.vault.open(known.text)}\n{report.text}")
        if found.place and not known.place:
            _set_place(session, watch, known, found.place)
        session.flush()
        return known
    row = EmergencyRow(
        id=uuid.uuid4().hex,
        kind=found.kind.value,
        channel=report.channel,
        sender_key=report.sender_key,
        place=found.place,
        text=watch.vault.seal(report.text),
        repeats=0,
        created_at=now,
        last_at=now,
    )
    session.add(row)
    session.flush()
    values = {"kind": TITLES[found.kind], "place": found.place or "没有说明", "text": report.text}
    _alarm(session, watch, row, watch.wording.say("emergency.alarm", **values))
    return row


def add_place(session: Session, watch: Watch, report: Report, now: datetime) -> EmergencyRow | None:
    """Takes a message that only names a place as the place of the sender's emergency just before, and alarms staff
    once more; None if there is none that waits for a place."""
    assert report.found.place is not None
    row = session.scalar(
        select(EmergencyRow)
        .where(
            EmergencyRow.sender_key == report.sender_key,
            EmergencyRow.last_at >= now - watch.rules.repeat,
            EmergencyRow.place.is_(None),
            EmergencyRow.closed_at.is_(None),
        )
        .order_by(EmergencyRow.last_at.desc())
        .limit(1)
    )
    if row is None:
        return None
    row.text = watch.vault.seal(f"{watch.vault.open(row.text)}\n{report.text}")
    row.last_at = now
    _set_place(session, watch, row, report.found.place)
    session.flush()
    return row


def listed(open_only: bool, limit: int) -> Select[EmergencyRow]:
    """The newest emergencies, newest first."""
    statement = select(EmergencyRow).order_by(EmergencyRow.created_at.desc(), EmergencyRow.id).limit(limit)
    return statement.where(EmergencyRow.closed_at.is_(None)) if open_only else statement


def acknowledge(session: Session, id_: str, staff_id: str, now: datetime) -> tuple[EmergencyRow, bool]:
    """The row, and whether this member of staff was the first; whoever comes later changes nothing. Raises Refused."""
    first = _changed(
        session,
        update(EmergencyRow)
        .where(EmergencyRow.id == id_, EmergencyRow.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=staff_id),
    )
    return _row(session, id_), first


def close(session: Session, vault: Vault, id_: str, *, staff_id: str, done: str, now: datetime) -> EmergencyRow:
    """Notes what was done; closing is the last word, so a second one is Refused. Who closes has seen it as well."""
    closed = _changed(
        session,
        update(EmergencyRow)
        .where(EmergencyRow.id == id_, EmergencyRow.closed_at.is_(None))
        .values(closed_at=now, closed_by=staff_id, done=vault.seal(done)),
    )
    row = _row(session, id_)
    if not closed:
        raise Refused("emergency.closed", 409, "closed")
    acknowledge(session, id_, staff_id, now)
    session.refresh(row)
    return row


def _again(session: Session, report: Report, since: datetime) -> EmergencyRow | None:
    """The row that this message adds to. The update comes first, so that the row is this transaction's until its end.
    The time counts from the alarm, so that who keeps telling of what
    goes on is heard again."""
    newest = (
        select(EmergencyRow.id)
        .where(
            EmergencyRow.sender_key == report.sender_key,
            EmergencyRow.kind == report.found.kind.value,
            EmergencyRow.created_at >= since,
            EmergencyRow.closed_at.is_(None),
        )
        .order_by(EmergencyRow.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        update(EmergencyRow)
        .where(EmergencyRow.id == newest)
        .values(repeats=EmergencyRow.repeats + 1)
        .returning(EmergencyRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def _set_place(session: Session, watch: Watch, row: EmergencyRow, place: str) -> None:
    row.place = place
    text = watch.wording.say("emergency.alarm_place", kind=TITLES[EmergencyKind(row.kind)], place=place)
    _alarm(session, watch, row, text, ":place")


def _alarm(session: Session, watch: Watch, row: EmergencyRow, text: str, about: str = "") -> None:
    audience = watch.rules.of(EmergencyKind(row.kind)).audience
    raise_alarm(session, watch.vault, f"emergency:{row.id}{about}", audience, "emergency", text, row.last_at)


def _changed(session: Session, statement: Update) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


def _row(session: Session, id_: str) -> EmergencyRow:
    row = session.get(EmergencyRow, id_, populate_existing=True)
    if row is None:
        raise Refused("emergency.not_found", 404, "not-found")
    return row
