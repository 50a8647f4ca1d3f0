"""Issues notices with their numbers, keeps them, and finds them again (S03, S25)."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.errors import Refused
from bot.notices.content import Content, Numbered, compose
from bot.notices.model import NewNotice, NoticeCounterRow, NoticeKind, NoticeRow
from bot.notices.rules import NoticeRules
from bot.privacy.masks import mask_name
from bot.senders.insert import insert_missing
from knowledge.base import KnowledgeBase
from knowledge.calendar import CHINA

_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_CHARACTERS = 12
"""60 bits: not to be found by trying."""


@dataclass(frozen=True)
class Listed:
    """A notice as lists show it: the recipient masked."""

    id: str
    number: str
    kind: NoticeKind
    item: str
    department: str | None
    recipient: str
    created_at: datetime
    created_by: str | None


def issue(
    session: Session, vault: Vault, base: KnowledgeBase, rules: NoticeRules, new: NewNotice, now: datetime
) -> NoticeRow:
    """The notice, numbered; the same deed twice gives the same one and takes no number. Raises Refused when the item
    is not in the hall's guides or something that the kind needs is missing."""
    _check(base, new, now)
    guide, day = base.guides[new.item], now.astimezone(CHINA)
    office = guide.department or rules.hall_office
    last = _lock_counter(session, new.kind, office, day.year)
    existing = _of_deed(session, new.deed_id)
    if existing is not None:
        return existing
    running = last + 1
    of_counter = (NoticeCounterRow.kind == new.kind, NoticeCounterRow.office == office)
    session.execute(update(NoticeCounterRow).where(*of_counter, NoticeCounterRow.year == day.year).values(last=running))
    number = f"{rules.kinds[new.kind].letters}{office}{day.year}{running:05d}"
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_CHARACTERS))
    content = compose(base, rules, new, Numbered(number, running, code, now))
    row = NoticeRow(
        id=uuid.uuid4().hex,
        number=number,
        kind=new.kind.value,
        item=new.item,
        department=guide.department,
        recipient=vault.seal(new.recipient),
        content=vault.seal(content.model_dump_json()),
        code=code,
        created_at=now,
        created_by=new.created_by,
        sender_key=new.sender_key,
        deed_id=new.deed_id,
    )
    session.add(row)
    session.flush()
    return row


def _lock_counter(session: Session, kind: NoticeKind, office: str, year: int) -> int:
    """The last number given; until the transaction ends nobody else gets at this counter, so that numbers neither
    repeat nor leave gaps."""
    insert_missing(session, NoticeCounterRow, {"kind": kind.value, "office": office, "year": year, "last": 0})
    of_counter = (NoticeCounterRow.kind == kind, NoticeCounterRow.office == office, NoticeCounterRow.year == year)
    locked = update(NoticeCounterRow).where(*of_counter).values(last=NoticeCounterRow.last)
    return session.scalars(locked.returning(NoticeCounterRow.last)).one()


def _of_deed(session: Session, deed_id: str | None) -> NoticeRow | None:
    return session.scalar(select(NoticeRow).where(NoticeRow.deed_id == deed_id)) if deed_id else None


def _check(base: KnowledgeBase, new: NewNotice, now: datetime) -> None:
    """Form: what each kind must say. Raises Refused."""
    guide, told = base.guides.get(new.item), new.details
    if guide is None:
        raise Refused("notice.no_item", 404, "not-found")
    if new.situation is not None and new.situation not in {s.id for s in guide.situations}:
        raise Refused("notice.no_situation", 422, "wrong-field")
    if new.kind is not NoticeKind.ONE_TIME:
        if not new.recipient.strip():
            raise Refused("notice.no_recipient", 422, "wrong-field")
        if told.applied_on is None or told.applied_on > _today(now):
            raise Refused("notice.bad_applied_on", 422, "wrong-field")
    if new.kind is NoticeKind.REFUSAL and not (told.reasons and told.legal_basis.strip()):
        raise Refused("notice.no_reason", 422, "wrong-field")
    if new.kind is NoticeKind.SUPPLEMENT:
        if not told.missing:
            raise Refused("notice.nothing_missing", 422, "wrong-field")
        if told.due_on is None or told.due_on <= _today(now):
            raise Refused("notice.bad_due_on", 422, "wrong-field")


def _today(now: datetime) -> date:
    return now.astimezone(CHINA).date()


def content_of(vault: Vault, row: NoticeRow) -> Content:
    return Content.model_validate_json(vault.open(row.content))


def pdf_of(vault: Vault, row: NoticeRow) -> bytes | None:
    """The file as it was first made; None when it was not made yet."""
    return base64.b85decode(vault.open(row.pdf)) if row.pdf else None


def keep_pdf(session: Session, vault: Vault, notice_id: str, pdf: bytes) -> None:
    """Keeps the file, unless there is one already: what was given out never changes."""
    sealed = vault.seal(base64.b85encode(pdf).decode())
    session.execute(update(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.pdf.is_(None)).values(pdf=sealed))


def notice(session: Session, notice_id: str) -> NoticeRow:
    """Raises Refused (404)."""
    row = session.get(NoticeRow, notice_id, populate_existing=True)
    if row is None:
        raise Refused("notice.not_found", 404, "not-found")
    return row


def by_code(session: Session, code: str) -> NoticeRow | None:
    return session.scalar(select(NoticeRow).where(NoticeRow.code == code.strip().upper()))


def listed(session: Session, vault: Vault, department: str | None, kind: NoticeKind | None, limit: int) -> list[Listed]:
    """The newest notices, of one department or of all."""
    statement = select(NoticeRow).order_by(NoticeRow.created_at.desc(), NoticeRow.number.desc()).limit(limit)
    if department is not None:
        statement = statement.where(NoticeRow.department == department)
    if kind is not None:
        statement = statement.where(NoticeRow.kind == kind.value)
    return [shown(vault, row) for row in session.scalars(statement)]


def shown(vault: Vault, row: NoticeRow) -> Listed:
    recipient = mask_name(vault.open(row.recipient))
    kind = NoticeKind(row.kind)
    return Listed(row.id, row.number, kind, row.item, row.department, recipient, row.created_at, row.created_by)
