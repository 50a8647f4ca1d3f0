"""Download addresses of notices: unguessable, expiring, counted; and the file behind them (S25, HL 7.2.3)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from bot.db.database import Database
from bot.db.vault import Vault
from bot.errors import Refused
from bot.notices import service
from bot.notices.model import NoticeDownloadRow
from bot.notices.rules import NoticeRules

TOKEN_BYTES = 32


def new_token(session: Session, rules: NoticeRules, notice_id: str, now: datetime) -> str:
    """The last part of a new download address. Only its hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires = now + timedelta(days=rules.download_days)
    session.add(
        NoticeDownloadRow(token_hash=_hash(token), notice_id=notice_id, created_at=now, expires_at=expires, used=0)
    )
    return token


def take(session: Session, rules: NoticeRules, token: str, now: datetime) -> str:
    """The id of the notice; counts the download. Raises Refused: 404 for an address that never was, 410 for one that
    is over."""
    done = session.execute(
        update(NoticeDownloadRow)
        .where(
            NoticeDownloadRow.token_hash == _hash(token),
            NoticeDownloadRow.expires_at > now,
            NoticeDownloadRow.used < rules.most_downloads,
        )
        .values(used=NoticeDownloadRow.used + 1)
    )
    assert isinstance(done, CursorResult)
    row = session.get(NoticeDownloadRow, _hash(token))
    if row is None:
        raise Refused("notice.no_download", 404, "not-found")
    if done.rowcount == 0:
        raise Refused("notice.download_over", 410, "gone")
    return row.notice_id


def file(database: Database, vault: Vault, notice_id: str) -> tuple[str, bytes]:
    """File name and PDF. It is made at the first call, outside a transaction, and kept: everybody gets the same bytes
    for ever, even when guide, font or library change. Raises Refused (404)."""
    with database.transaction() as session:
        row = service.notice(session, notice_id)
        kept, content = service.pdf_of(vault, row), service.content_of(vault, row)
    if kept is None:
        from bot.notices.pdf import render

        made = render(content)
        with database.transaction() as session:
            service.keep_pdf(session, vault, notice_id, made)
            kept = service.pdf_of(vault, service.notice(session, notice_id))
    assert kept is not None
    return f"{content.title}-{content.number}.pdf", kept


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
