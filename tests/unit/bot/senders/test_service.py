"""Addresses of senders: kept once, sealed, refreshed once a day."""

from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.senders.model import SenderRow
from bot.senders.service import address_of, remember

VAULT = Vault(Fernet.generate_key().decode())
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def remember_at(database: Database, now: datetime) -> SenderRow:
    with database.transaction() as session:
        remember(session, VAULT, "wechat", "openid-of-wang", now)
    with database.transaction() as session:
        return session.scalars(select(SenderRow)).one()


def test_a_sender_is_found_by_his_key_and_kept_sealed(database: Database) -> None:
    row = remember_at(database, NOW)
    assert "openid" not in row.address
    with database.transaction() as session:
        assert address_of(session, VAULT, VAULT.sender_key("wechat", "openid-of-wang")) == ("wechat", "openid-of-wang")


def test_nobody_is_found_by_an_unknown_key(database: Database) -> None:
    remember_at(database, NOW)
    with database.transaction() as session:
        assert address_of(session, VAULT, VAULT.sender_key("web", "openid-of-wang")) is None


def test_it_is_written_again_only_after_a_day(database: Database) -> None:
    first = remember_at(database, NOW)
    assert remember_at(database, NOW + timedelta(days=1)).seen_at == first.seen_at
    later = remember_at(database, NOW + timedelta(days=1, seconds=1))
    assert (later.seen_at, later.address) == (NOW + timedelta(days=1, seconds=1), first.address)
