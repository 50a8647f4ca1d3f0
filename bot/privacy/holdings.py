"""S24: what is kept about citizens, table by table: the one list that purging, export and deletion all work from.

A table with a personal column must be named here (a test finds those that are not). A column is personal by its name
(PERSONAL_NAMES) or by `info={"personal": True}`. How long each holding is kept is in retention.yaml.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, Table

import bot
from bot.db.database import Base

PERSONAL_NAMES = frozenset({
    "live_sender", "asker",
    "sender_key", "telephone", "telephone_lookup", "citizen_key", "citizen", "lookup", "name", "contact",
    "address", "text", "question", "answer", "facts", "wish", "whom", "when_text", "place", "note", "reason",
    "comment", "recipient", "content", "pdf", "pending_question", "deed", "message", "summary",
})  # fmt: skip
NOT_PERSONAL = {
    "staff.name": "an account of staff, who are told of it when they are hired",
    "outbox.recipient": "the kind of recipient",
    "hall_days.reason": "published to everybody",
    "worker_jobs.name": "the name of a periodic job",
    "publication_revision.name": "the name of a counter",
    "emergencies.place": "made of the rules' words for places, never of a citizen's",
    "applications.place": "where a result is collected",
}
"""Columns that only sound personal, and why they are not a citizen's."""


@dataclass(frozen=True)
class Holding:
    """One kind of data. `ended`: the columns, first one that is set, from which the days count. What is
    not over is never touched: `states`, it is over in these; `over`, once this column is set; `busy`, unless a row of
    another table (by the column that leads here) is in one of those states. `blank`: what replaces personal columns.
    `sender`, `lookup`: columns by which a citizen's rows are found; `telephone`: a sealed telephone without a lookup.
    `through`: the column that leads to the row of the holding `parent`, which says whose it is, and, where the holding
    has no `ended` of its own, when it ended.
    `lasts`: not deleted on request while anything open is kept. Children stand before their parents."""

    name: str
    table: str
    ended: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    over: str | None = None
    busy: tuple[str, str, tuple[str, ...]] | None = None
    blank: Mapping[str, Any] = field(default_factory=dict)
    sender: str | None = None
    lookup: str | None = None
    telephone: str | None = None
    through: str | None = None
    parent: str | None = None
    lasts: bool = False

    @property
    def of_citizens(self) -> bool:
        """Whether rows of one citizen can be found."""
        return any((self.sender, self.lookup, self.telephone, self.through))


def _nothing(*columns: str) -> dict[str, Any]:
    return dict.fromkeys(columns)


HOLDINGS: tuple[Holding, ...] = (
    Holding("turn_texts", "turns", ("created_at",), blank={"text": None, "reply": {}}, sender="sender_key"),
    Holding("turns", "turns", ("created_at",), blank={"sender_key": "", "message_id": None}, sender="sender_key"),
    Holding("conversations", "conversations", ("updated_at",), sender="sender_key"),
    Holding(
        "consultations", "consultations", ("ended_at",), ("delivered", "closed"),
        blank=_nothing("question", "name", "telephone", "telephone_lookup", "sender_key", "answer", "close_reason"),
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding(
        "appointments", "appointments", ("changed_at",),
        ("served", "no_show", "cancelled", "cancelled_by_hall", "expired"),
        blank=_nothing("name", "telephone", "telephone_lookup", "sender_key", "reason") | {"citizen_key": ""},
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding("appointment_offers", "appointment_offers", ("offered_at",), sender="sender_key"),
    Holding("appointment_lookups", "appointment_lookups", ("began_at",)),
    Holding("case_events", "case_events", through="case_id", parent="cases"),
    Holding("case_reveals", "case_reveals", through="case_id", parent="cases"),
    Holding(
        "cases", "cases", ("closed_at", "settled_at", "created_at"), ("not_accepted", "transferred", "closed"),
        blank=_nothing("wish", "when_text", "place", "whom", "name", "telephone", "telephone_lookup", "sender_key")
        | {"facts": ""},
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding("rating_follow_ups", "rating_follow_ups", blank={"result": None}, through="rating_id", parent="ratings"),
    Holding(
        "ratings", "ratings", ("created_at",), busy=("rating_follow_ups", "rating_id", ("open", "contacted")),
        blank=_nothing("words", "place", "name", "telephone", "telephone_lookup", "sender_key"),
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding(
        "extended_hours_requests", "extended_hours_requests", ("ended_at",), ("accepted", "refused"),
        blank=_nothing("why", "matter", "name", "telephone", "telephone_lookup", "sender_key", "reason"),
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding(
        "assistance_requests", "assistance_requests", ("ended_at",), ("done", "refused"),
        blank=_nothing("address", "matter", "name", "telephone", "telephone_lookup", "sender_key", "reason"),
        sender="sender_key", lookup="telephone_lookup",
    ),
    Holding("thread_messages", "thread_messages", through="thread_id", parent="threads"),
    Holding(
        "threads", "threads", ("closed_at",), over="closed_at", blank={"sender_key": "", "live_sender": None},
        sender="sender_key",
    ),
    Holding(
        "applications", "applications", ("state_since",), ("refused", "collected", "posted"),
        sender="sender_key", telephone="telephone",
    ),
    Holding("progress_attempts", "progress_attempts", ("at",), sender="asker"),
    Holding("case_query_failures", "case_query_failures", ("since",)),
    Holding(
        "emergencies", "emergencies", ("closed_at",), over="closed_at", blank={"sender_key": "", "text": ""},
        sender="sender_key",
    ),
    Holding(
        "notice_downloads", "notice_downloads", ("expires_at",), through="notice_id", parent="notices",
    ),
    Holding("notices", "notices", ("created_at",), sender="sender_key"),
    Holding(
        "outbox", "outbox", ("sent_at", "created_at"), ("sent", "dead", "withdrawn", "expired"),
        sender="sender_key", telephone="telephone",
    ),
    Holding("inbox", "inbox", ("shown_at", "created_at"), sender="sender_key"),
    Holding(
        "wechat_messages", "wechat_messages", ("answered_at", "received_at"), ("answered", "done"), sender="sender_key",
    ),
    Holding("wechat_offers", "wechat_offers", ("offered_at",), sender="sender_key"),
    Holding("wechat_nonces", "wechat_nonces", ("seen_at",)),
    Holding("wechat_users", "wechat_users", ("seen_at",), sender="sender_key", lasts=True),
    Holding("senders", "senders", ("seen_at",), sender="sender_key", lasts=True),
    Holding("alarms", "alarms", ("acknowledged_at", "created_at")),
    Holding("staff_sessions", "staff_sessions", ("expires_at",)),
    Holding("oidc_states", "oidc_states", ("expires_at",)),
    Holding("audit_log", "audit_log", ("at",)),
)  # fmt: skip


@cache
def load_models() -> None:
    """Imports the tables of all packages, so that `Base.metadata` has every one."""
    for module in pkgutil.iter_modules(bot.__path__):
        if module.ispkg and any(m.name == "model" for m in pkgutil.iter_modules([f"{bot.__path__[0]}/{module.name}"])):
            importlib.import_module(f"bot.{module.name}.model")


def table_of(holding: Holding) -> Table:
    """The table; KeyError when the holding names none."""
    load_models()
    return Base.metadata.tables[holding.table]


def holding(name: str) -> Holding:
    """The holding of that name; KeyError if there is none."""
    return {h.name: h for h in HOLDINGS}[name]


def personal_columns(table: Table) -> list[Column[Any]]:
    """Those of a table that hold something about a citizen."""
    return [c for c in table.columns if c.info.get("personal", c.name in PERSONAL_NAMES) and not _excused(c)]


def _excused(column: Column[Any]) -> bool:
    return f"{column.table.name}.{column.name}" in NOT_PERSONAL


def uncovered(rules: Mapping[str, str]) -> list[str]:
    """Personal columns that nothing empties or deletes and nobody decided to keep; `rules` says what happens to each
    holding ("delete", "blank", "keep")."""
    load_models()
    found = []
    for table in Base.metadata.sorted_tables:
        holdings = [h for h in HOLDINGS if h.table == table.name]
        for column in personal_columns(table):
            if not any(rules[h.name] != "blank" or column.name in h.blank for h in holdings):
                found.append(f"{table.name}.{column.name}")
    return found
