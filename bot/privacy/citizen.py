"""S24: all that is kept about one citizen: handed out on request, and deleted on request as far as the law allows.

A citizen is a sender (one person on one channel) or a telephone. The two are not joined: anybody can leave somebody
else's telephone, and must not get, or delete, that person's messages by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.privacy.holdings import HOLDINGS, Holding, holding, table_of
from bot.privacy.purge import apply, has_ended, of, still_there
from bot.privacy.retention import Retention, Then

NOT_HANDED_OUT = frozenset({
    "live_sender", "asker", "id_check", "telephone_check",
    "sender_key", "telephone_lookup", "citizen_key", "deed_id", "staff_id", "assigned_to", "answered_by",
    "created_by", "changed_by", "acknowledged_by", "claimed_by", "claimed_until", "key", "scores", "timings",
})  # fmt: skip
"""Hashes and inner workings, and which member of staff it was."""
UNREADABLE = "（无法解密）"
_SEALED = "gAAAA"
"""How every text begins that the vault sealed."""


@dataclass(frozen=True)
class Citizen:
    """Exactly one of: the key of a sender, a telephone in international form."""

    sender_key: str | None = None
    telephone: str | None = None

    def __post_init__(self) -> None:
        if (self.sender_key is None) == (self.telephone is None):
            raise ValueError("a citizen is a sender or a telephone")

    def subject(self, vault: Vault) -> str:
        """Who it is in the audit log: a hash, cut short."""
        return f"citizen:{(self.sender_key or vault.lookup('telephone', self.telephone or ''))[:16]}"


@dataclass(frozen=True)
class Kept:
    """Rows that a deletion has to leave, and why (read by the citizen)."""

    holding: str
    rows: int
    reason: str


@dataclass(frozen=True)
class Deletion:
    """What a deletion did, by holding."""

    deleted: dict[str, int] = field(default_factory=dict)
    blanked: dict[str, int] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


def export(session: Session, vault: Vault, citizen: Citizen) -> dict[str, list[dict[str, Any]]]:
    """Every row about the citizen, by table, opened, as JSON can hold it; tables without any are left out."""
    told: dict[str, list[dict[str, Any]]] = {}
    for h in HOLDINGS:
        if h.table in told or not h.of_citizens:
            continue
        table = table_of(h)
        rows = session.execute(select(table).where(_belongs(session, vault, h, citizen))).mappings()
        told[h.table] = [_plain(vault, row) for row in rows]
    return {name: rows for name, rows in told.items() if rows}


def erase(session: Session, vault: Vault, rules: Mapping[str, Retention], citizen: Citizen) -> Deletion:
    """Deletes or empties, as the rule of each holding says, whatever is over; what stays is in `kept`."""
    done = Deletion()
    for h in sorted(HOLDINGS, key=lambda h: h.lasts):  # a stable sort: children stay before their parents
        if h.of_citizens:
            _erase(session, h, rules[h.name], _belongs(session, vault, h, citizen), done)
    return done


def _erase(session: Session, h: Holding, rule: Retention, mine: ColumnElement[bool], done: Deletion) -> None:
    if rule.then is Then.KEEP or (h.lasts and done.kept):
        _note_kept(session, h, mine, rule.kept_because or "", done)
        return
    _note_kept(session, h, and_(mine, not_(has_ended(h))), rule.open_kept_because or "", done)
    gone = apply(session, h, rule.then, and_(mine, has_ended(h), still_there(h, rule.then)))
    if gone:
        (done.deleted if rule.then is Then.DELETE else done.blanked)[h.name] = gone


def _note_kept(session: Session, h: Holding, condition: ColumnElement[bool], reason: str, done: Deletion) -> None:
    count = session.scalar(select(func.count()).select_from(table_of(h)).where(condition))
    if count:
        done.kept.append(Kept(h.name, count, reason))


def _belongs(session: Session, vault: Vault, h: Holding, citizen: Citizen) -> ColumnElement[bool]:
    """That a row is the citizen's."""
    table = table_of(h)
    if h.parent and h.through:
        parent = holding(h.parent)
        (key,) = table_of(parent).primary_key.columns
        return table.c[h.through].in_(select(key).where(_belongs(session, vault, parent, citizen)))
    found: list[ColumnElement[bool]] = []
    if citizen.sender_key is not None and h.sender:
        found.append(table.c[h.sender] == citizen.sender_key)
    if citizen.telephone is not None and h.lookup:
        found.append(table.c[h.lookup] == vault.lookup("telephone", citizen.telephone))
    if citizen.telephone is not None and h.telephone:
        found.append(_opened_to(session, vault, h, citizen.telephone))
    return or_(false(), *found)


def _opened_to(session: Session, vault: Vault, h: Holding, telephone: str) -> ColumnElement[bool]:
    """Without a lookup every sealed telephone has to be opened; such tables are short-lived."""
    table = table_of(h)
    sealed = table.c[h.telephone or ""]
    keys = list(table.primary_key.columns)
    rows = session.execute(select(*keys, sealed).where(sealed.is_not(None))).all()
    return of(h, [tuple(row[:-1]) for row in rows if _opened(vault, row[-1]) == telephone])


def _plain(vault: Vault, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _opened(vault, value) for name, value in row.items() if str(name) not in NOT_HANDED_OUT}


def _opened(vault: Vault, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or not value.startswith(_SEALED):
        return value
    try:
        return vault.open(value)
    except InvalidToken:
        return UNREADABLE
