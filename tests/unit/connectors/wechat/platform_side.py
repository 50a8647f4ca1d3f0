"""What the platform does, written from its documentation with `cryptography` alone: signing, sealing, opening."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.wechat.account import Account, Mode

APP_ID, TOKEN = "wx5823bf96d3bd56c7", "QDG6eKwenban"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def account(mode: Mode = Mode.ENCRYPTED) -> Account:
    return Account(APP_ID, "secret", TOKEN, None if mode is Mode.PLAIN else AES_KEY, mode)


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(xml: bytes, app_id: str = APP_ID, key: str = AES_KEY) -> str:
    return encrypt_raw(os.urandom(16) + struct.pack(">I", len(xml)) + xml + app_id.encode(), key)


def encrypt_raw(plain: bytes, key: str = AES_KEY) -> str:
    aes = base64.b64decode(key + "=")
    count = 32 - len(plain) % 32
    writer = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).encryptor()
    return base64.b64encode(writer.update(plain + bytes([count]) * count) + writer.finalize()).decode()


def decrypt(text: str, key: str = AES_KEY) -> tuple[str, str]:
    """The XML and the app id."""
    aes = base64.b64decode(key + "=")
    reader = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).decryptor()
    plain = reader.update(base64.b64decode(text)) + reader.finalize()
    assert 1 <= plain[-1] <= 32 and plain.endswith(bytes([plain[-1]]) * plain[-1])
    plain = plain[: -plain[-1]]
    length = struct.unpack(">I", plain[16:20])[0]
    return plain[20 : 20 + length].decode(), plain[20 + length :].decode()


def address(timestamp: str, nonce: str = "486452656", encrypted: str | None = None) -> dict[str, str]:
    """The parameters of the callback's address; `encrypted` is the text of <Encrypt>."""
    query = {"signature": sha1(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": "oOpenid"}
    if encrypted is not None:
        query |= {"encrypt_type": "aes", "msg_signature": sha1(TOKEN, timestamp, nonce, encrypted)}
    return query


def element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.S)
    assert found, name
    return found[1]
