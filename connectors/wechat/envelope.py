"""What lies around a callback's message: size, type, signatures, encryption. Opens it, and seals the reply alike.

The address is signed in every mode; only an encrypted body is signed itself, so plain mode trusts the address alone.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from connectors.wechat.account import Account, Mode
from connectors.wechat.safe_xml import BadXml, read_fields
from connectors.wechat.signatures import is_fresh, is_right, message_signature, signature

MAX_BYTES = 64 * 1024
_TYPES = {"", "text/xml", "application/xml"}
_LONGEST_ECHO = 256


class Refusal(Exception):
    """A callback that is not taken. `code` is for our log alone; the answer says no more than `status`."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class Forged(Refusal):
    """Not from the platform, or not for this account."""

    def __init__(self, code: str) -> None:
        super().__init__(code, 403)


class Stale(Refusal):
    """Rightly signed, but more than five minutes ago (or ahead): perhaps recorded and sent again."""

    def __init__(self) -> None:
        super().__init__("stale", 403)


class BadBody(Refusal):
    """Rightly signed, but nothing that can be read in the mode that the account is set to."""


@dataclass(frozen=True)
class Opened:
    """The inner XML, and what is needed to answer in the same manner."""

    xml: bytes
    encrypted: bool
    nonce: str
    timestamp: str


class _Crypto(PrpCrypto):  # type: ignore[misc]
    """wechatpy draws the 16 bytes before the text with `random`; the key's own part is the IV, so they must be good."""

    def get_random_string(self) -> str:
        return secrets.token_urlsafe(12)


def verify_echo(account: Account, query: Mapping[str, str], now: datetime) -> str:
    """What to answer, as plain text, when the platform checks the address (GET); raises Refusal."""
    if not _is_signed(account, query):
        raise Forged("no_signature")
    _check_time(query, now)
    echo = query.get("echostr", "")
    if not 0 < len(echo) <= _LONGEST_ECHO or not echo.isascii() or not echo.isprintable():
        raise BadBody("echo", 400)
    return echo


def open_envelope(
    account: Account, query: Mapping[str, str], content_type: str | None, body: bytes, now: datetime
) -> Opened:
    """The message of a callback (POST); raises Refusal: Forged before all else, then Stale, then BadBody."""
    signed = _is_signed(account, query)
    if signed:
        _check_time(query, now)
    elif "msg_signature" not in query:
        raise Forged("no_signature")
    try:
        encrypt = _encrypted_part(account, query, content_type, body)
    except BadBody as error:
        # Whoever has not yet shown that he is the platform is told nothing about the body.
        raise error if signed else Forged(error.code) from error
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if encrypt is None:
        return Opened(body, False, nonce, timestamp)
    expected = message_signature(account.token, timestamp, nonce, encrypt)
    if not is_right(query.get("msg_signature", ""), expected):
        raise Forged("msg_signature")
    _check_time(query, now)
    return Opened(_decrypt(account, encrypt), True, nonce, timestamp)


def seal_reply(account: Account, opened: Opened, xml: str, now: datetime) -> str:
    """The passive reply as it is sent: encrypted and signed if the callback was, else as it is. Nothing stays ""."""
    if not xml or not opened.encrypted:
        return xml
    encrypt = _Crypto(account.key).encrypt(xml, account.app_id).decode("ascii")
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    signed = message_signature(account.token, timestamp, nonce, encrypt)
    return (
        f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def _is_signed(account: Account, query: Mapping[str, str]) -> bool:
    """Whether the address is signed; raises Forged when it is signed wrongly."""
    if "signature" not in query:
        return False
    expected = signature(account.token, query.get("timestamp", ""), query.get("nonce", ""))
    if not is_right(query["signature"], expected):
        raise Forged("signature")
    return True


def _check_time(query: Mapping[str, str], now: datetime) -> None:
    if not is_fresh(query.get("timestamp", ""), now):
        raise Stale


def _encrypted_part(account: Account, query: Mapping[str, str], content_type: str | None, body: bytes) -> str | None:
    """The text of <Encrypt>, None in a plain body; raises BadBody, also for the wrong one in this mode."""
    if len(body) > MAX_BYTES:
        raise BadBody("too_large", 413)
    if (content_type or "").split(";")[0].strip().lower() not in _TYPES:
        raise BadBody("content_type", 415)
    try:
        fields = read_fields(body)
    except BadXml as error:
        raise BadBody(error.code, 400) from error
    encrypt = fields.get("Encrypt")
    if encrypt is None:
        if account.mode is Mode.ENCRYPTED or "msg_signature" in query or query.get("encrypt_type", "raw") != "raw":
            raise BadBody("not_encrypted", 400)
    elif account.mode is Mode.PLAIN:
        raise BadBody("encrypted", 400)
    return encrypt


def _decrypt(account: Account, encrypt: str) -> bytes:
    """The inner XML of a body whose signature was right."""
    try:
        return bytes(_Crypto(account.key).decrypt(encrypt, account.app_id).encode())
    except InvalidAppIdException as error:
        raise Forged("app_id") from error
    except (ValueError, IndexError, struct.error) as error:  # not Base64, no whole blocks, nothing inside, no UTF-8
        raise BadBody("undecryptable", 400) from error
