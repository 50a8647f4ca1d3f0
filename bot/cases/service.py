"""Takes cases down (S15, S16)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases import deadlines, history
from bot.cases.messages import alarm
from bot.cases.model import CaseRow, NewCase
from bot.cases.office import Office
from bot.cases.states import CaseAction, CaseState
from bot.deeds.numbers import receipt_number
from bot.senders.insert import insert_missing


def open_case(session: Session, office: Office, new: NewCase, now: datetime) -> CaseRow:
    """The case, with receipt number and deadline; the same deed twice gives the same case. Its receiver is alarmed."""
    added, is_new = None, False
    while added is None:  # a second round only if the number was drawn before
        row = _row(office, new, now)
        columns = {column.key: getattr(row, column.key) for column in CaseRow.__table__.columns}
        is_new = insert_missing(session, CaseRow, columns)
        added = session.scalar(select(CaseRow).where(CaseRow.deed_id == new.deed_id))
    if not is_new:
        return added
    history.add(session, office.vault, added, CaseAction.RECEIVE, None, now, visible=True)
    text = office.wording.say("case.alarm_new", title=office.title(added), number=added.number)
    alarm(session, office, added, added.assignee_department, "new", text, now)
    return added


def _row(office: Office, new: NewCase, now: datetime) -> CaseRow:
    vault, rules = office.vault, office.rules.of(new.kind)
    known = not new.anonymous
    telephone = new.telephone if known else ""
    row = CaseRow(
        id=uuid.uuid4().hex,
        number=receipt_number(rules.prefix, now),
        deed_id=new.deed_id,
        kind=new.kind.value,
        complaint_kind=new.complaint_kind,
        grading=rules.default_grading.value,
        state=CaseState.RECEIVED.value,
        department=new.department,
        window=new.window,
        item=new.item,
        facts=vault.seal(new.facts),
        wish=_sealed(office, new.wish),
        when_text=_sealed(office, new.when),
        place=_sealed(office, new.place),
        whom=_sealed(office, new.whom),
        name=_sealed(office, new.name if known else ""),
        telephone=_sealed(office, telephone),
        telephone_lookup=vault.lookup("telephone", telephone) if telephone else None,
        confidential=new.confidential,
        anonymous=new.anonymous,
        sender_key=new.sender_key if known else None,
        channel=new.channel,
        assignee_department=rules.receiver.id,
        created_at=now,
        round=1,
        missed=False,
    )
    deadlines.begin_round(office, row, now)
    return row


def _sealed(office: Office, text: str) -> str | None:
    return office.vault.seal(text) if text else None
