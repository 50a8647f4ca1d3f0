"""What a page's form sends back. Its sealed token proves that the form came from us, to this citizen, for this deed;
and names the deed, so that a form sent twice does it once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from bot.db.vault import Vault
from bot.errors import Refused
from bot.mobile.session import Purpose, Visitor, seal, unseal

MOST_BYTES = 16 * 1024
MOST_FIELDS = 40
FIELD = "token"
MINUTES = 60
"""So long may a citizen take for a form."""
Sent = Mapping[str, list[str]]


async def sent_form(request: Request) -> Sent:
    """The fields of a form (a dependency). Raises Refused for a body that is none, or is too large."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused("mobile.bad_input", 415, "not-a-form")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused("mobile.bad_input", 413, "too-large")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused("mobile.bad_input", 422, "invalid") from error


SentForm = Annotated[Sent, Depends(sent_form)]


def one(sent: Sent, name: str) -> str:
    """The only value of a field, line breaks plain, without control characters; "" when it was left out."""
    text = sent.get(name, [""])[0].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or c.isprintable()).strip()


def form_token(vault: Vault, who: Visitor | None, about: str, now: datetime) -> str:
    """For a hidden field. `about` names the deed; `who` None: a form that everybody may send."""
    sender_key = who.sender_key if who else ""
    return seal(vault, Purpose.FORM, now, MINUTES, sender_key=sender_key, about=about, id=secrets.token_hex(16))


def deed_of(vault: Vault, sent: Sent, who: Visitor | None, about: str, now: datetime) -> str:
    """The deed's own id, 64 hexadecimal digits. Raises Refused (403) for a form of somebody else, or for something
    else, or an old one."""
    told = unseal(vault, Purpose.FORM, one(sent, FIELD), now)
    if told is None or told["about"] != about or told["sender_key"] != (who.sender_key if who else ""):
        raise Refused("mobile.old_form", 403, "old-form")
    return vault.lookup("mobile-form", told["id"])
