"""How messages of WeChat are kept in the database: as sealed JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.db.vault import Vault
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, News, Outgoing, Text

_KINDS: dict[str, type[Text] | type[Menu] | type[News]] = {"text": Text, "menu": Menu, "news": News}


def kept(vault: Vault, reply: Outgoing | None) -> str | None:
    """None for nothing to say."""
    if reply is None:
        return None
    name = next(name for name, kind in _KINDS.items() if isinstance(reply, kind))
    return vault.seal_json({"kind": name, **asdict(reply)})


def from_kept(vault: Vault, sealed: str | None) -> Outgoing | None:
    if sealed is None:
        return None
    told: dict[str, Any] = vault.open_json(sealed)
    kind = _KINDS[told.pop("kind")]
    if kind is Menu:
        told["options"] = tuple((id_, title) for id_, title in told["options"])
    return kind(**told)


def kept_incoming(vault: Vault, incoming: Incoming) -> str:
    told = {**asdict(incoming), "created_at": incoming.created_at.isoformat(), "kind": incoming.kind.value}
    return vault.seal_json(told)


def incoming_of(vault: Vault, sealed: str) -> Incoming:
    told = vault.open_json(sealed)
    at = datetime.fromisoformat(told["created_at"])
    return Incoming(**{**told, "created_at": at, "kind": Kind(told["kind"])})
