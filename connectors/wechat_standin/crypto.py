"""Signatures and encryption of callbacks, as 消息加解密说明 describes them: AES-256-CBC, the key's first 16 bytes as
initial vector, padding to 32 bytes; the plain text: 16 random bytes, a length in network order, the XML, the app id."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

_BLOCK_BITS = 32 * 8
_RANDOM = 16
_HEAD = _RANDOM + 4


class Undecipherable(ValueError):
    """Not encrypted with this key, or damaged."""


def signature(*parts: str) -> str:
    """`signature` of token, timestamp and nonce; with the encrypted text as fourth part `msg_signature`."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(aes_key: str, app_id: str, xml: str) -> str:
    """The base64 text for <Encrypt>."""
    content = xml.encode()
    padder = PKCS7(_BLOCK_BITS).padder()
    plain = secrets.token_bytes(_RANDOM) + struct.pack(">I", len(content)) + content + app_id.encode()
    encryptor = _cipher(aes_key).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(aes_key: str, encrypted: str) -> tuple[str, str]:
    """XML and app id; raises Undecipherable."""
    try:
        decryptor, unpadder = _cipher(aes_key).decryptor(), PKCS7(_BLOCK_BITS).unpadder()
        padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        plain = unpadder.update(padded) + unpadder.finalize()
        (length,) = struct.unpack(">I", plain[_RANDOM:_HEAD])
        content, app_id = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
        if len(content) != length:
            raise Undecipherable("length")
        return content.decode(), app_id.decode()
    except (ValueError, struct.error) as error:
        raise Undecipherable(str(error)) from error
