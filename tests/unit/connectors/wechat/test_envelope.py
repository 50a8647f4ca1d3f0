from __future__ import annotations

import base64
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.account import Account, Mode
from connectors.wechat.envelope import (
    MAX_BYTES,
    BadBody,
    Forged,
    Opened,
    Refusal,
    Stale,
    open_envelope,
    seal_reply,
    verify_echo,
)
from connectors.wechat.incoming import read_incoming
from tests.unit.connectors.wechat.platform_side import (
    APP_ID,
    TOKEN,
    account,
    address,
    decrypt,
    element,
    encrypt,
    encrypt_raw,
    sha1,
)

NOW = datetime.fromtimestamp(1714037059, UTC)
STAMP = "1714037059"
XML = (
    "<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[o9AgO5Kd]]></FromUserName>"
    "<CreateTime>1714037059</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[身份证丢了怎么补😀]]></Content>"
    "<MsgId>24538402283174592</MsgId></xml>"
).encode()


def sealed(text: str, plain: bytes = b"") -> bytes:
    """An encrypted body; with `plain` (an <xml>…</xml>) as in compatible mode."""
    fields = plain.removeprefix(b"<xml>").removesuffix(b"</xml>") or b"<ToUserName><![CDATA[gh_9741]]></ToUserName>"
    return b"<xml>" + fields + b"<Encrypt><![CDATA[" + text.encode() + b"]]></Encrypt></xml>"


def opened(
    mode: Mode, query: Mapping[str, str], body: bytes, content_type: str | None = "text/xml", now: datetime = NOW
) -> Opened:
    return open_envelope(account(mode), query, content_type, body, now)


def refused(
    mode: Mode, query: Mapping[str, str], body: bytes, content_type: str | None = "text/xml", now: datetime = NOW
) -> Refusal:
    with pytest.raises(Refusal) as error:
        opened(mode, query, body, content_type, now)
    return error.value


def test_plain() -> None:
    assert opened(Mode.PLAIN, address(STAMP), XML) == Opened(XML, False, "486452656", STAMP)


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml", "Text/XML; charset=utf-8", "", None])
def test_content_types_of_the_platform(content_type: str | None) -> None:
    assert opened(Mode.PLAIN, address(STAMP), XML, content_type).xml == XML


@pytest.mark.parametrize("mode", [Mode.ENCRYPTED, Mode.COMPATIBLE])
@pytest.mark.parametrize("with_plain", [False, True])
def test_the_encrypted_content_counts(mode: Mode, with_plain: bool) -> None:
    text = encrypt(XML)
    body = sealed(text, XML.replace("身份证丢了怎么补".encode(), b"something else") if with_plain else b"")
    found = opened(mode, address(STAMP, encrypted=text), body)
    assert found == Opened(XML, True, "486452656", STAMP)


def test_a_callback_that_the_platform_really_sent() -> None:
    """From a public tutorial on the platform's encryption, with the settings that are published beside it."""
    text = (
        "MNn4+jJ/VsFh2gUyKAaOJArwEVYCvVmyN0iXzNarP3O6vXzK62ft1/KG2/XPZ4y5bPWU/jfIfQxODRQ7sLkUsrDRqsWimuhIT8Eq+w4E/28m"
        "+XDAQKEOjWTQIOp1p6kNsIV1DdC3B+AtcKcKSNAeJDr7x7GHLx5DZYK09qQsYDOjP6R5NqebFjKt/NpEl/GU3gWFwG8LCtRNuIYdK5axbFSf"
        "mXbh5CZ6Bk5wSwj5fu5aS90cMAgUhGsxrxZTY562QR6c+3ydXxb+GHI5w+qA+eqJjrQqR7u5hS+1x5sEsA7vS+bZ5LYAR3+PZ243avQkGllQ"
        "+rg7a6TeSGDxxhvLw+mxxinyk88BNHkJnyK//hM1k9PuvuLAASdaud4vzRQlAmnYOslZl8CN7gjCjV41skUTZv3wwGPxvEqtm/nf5fQ="
    )
    query = {
        "signature": "35703636de2f9df2a77a662b68e521ce17c34db4",
        "timestamp": "1414243737",
        "nonce": "1792106704",
        "encrypt_type": "aes",
        "msg_signature": "6147984331daf7a1a9eed6e0ec3ba69055256154",
    }
    ours = Account("wxbad0b45542aa0b5e", "", "weixin", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    found = open_envelope(ours, query, None, sealed(text), datetime.fromtimestamp(1414243737, UTC))
    incoming = read_incoming(found.xml)
    assert incoming.account == "gh_680bdefc8c5d"
    assert incoming.created_at == datetime.fromtimestamp(1414243737, UTC)


def test_a_plain_body_is_read_in_compatible_mode_but_not_in_encrypted() -> None:
    assert opened(Mode.COMPATIBLE, address(STAMP), XML).xml == XML
    assert opened(Mode.COMPATIBLE, address(STAMP) | {"encrypt_type": "raw"}, XML).xml == XML
    assert refused(Mode.ENCRYPTED, address(STAMP), XML).code == "not_encrypted"


@pytest.mark.parametrize("mode", list(Mode))
def test_who_says_encrypted_must_encrypt(mode: Mode) -> None:
    text = encrypt(XML)
    refusal = refused(mode, address(STAMP, encrypted=text), XML)
    assert (refusal.code, refusal.status) == ("not_encrypted", 400)


def test_an_encrypted_body_is_refused_in_plain_mode() -> None:
    text = encrypt(XML)
    refusal = refused(Mode.PLAIN, address(STAMP, encrypted=text), sealed(text))
    assert (refusal.code, refusal.status) == ("encrypted", 400)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_missing_parts_of_the_address_are_forged(mode: Mode, missing: str) -> None:
    query = address(STAMP)
    del query[missing]
    refusal = refused(mode, query, XML)
    assert isinstance(refusal, Forged) and refusal.status == 403


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("told", ["", "0" * 40, "ä", "\ud800"])
def test_a_wrong_signature_is_forged_even_beside_a_right_one(mode: Mode, told: str) -> None:
    text = encrypt(XML)
    for query, body in ((address(STAMP), XML), (address(STAMP, encrypted=text), sealed(text, XML))):
        assert isinstance(refused(mode, query | {"signature": told}, body), Forged)


@pytest.mark.parametrize("mode", [Mode.COMPATIBLE, Mode.ENCRYPTED])
@pytest.mark.parametrize("told", ["", "0" * 40, None])
def test_a_wrong_message_signature_is_forged(mode: Mode, told: str | None) -> None:
    text = encrypt(XML)
    query = address(STAMP, encrypted=text)
    del query["msg_signature"]
    refusal = refused(mode, query if told is None else query | {"msg_signature": told}, sealed(text))
    assert isinstance(refusal, Forged) and refusal.code == "msg_signature"


def test_a_changed_body_is_forged() -> None:
    text = encrypt(XML)
    assert isinstance(refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(encrypt(XML))), Forged)


def test_the_message_signature_alone_is_enough_but_tells_nothing_of_a_bad_body() -> None:
    text = encrypt(XML)
    query = address(STAMP, encrypted=text)
    del query["signature"]
    assert opened(Mode.ENCRYPTED, query, sealed(text)).xml == XML
    for body in (b"", b"<xml>", XML, b"x" * (MAX_BYTES + 1)):
        assert isinstance(refused(Mode.ENCRYPTED, query, body), Forged)
    assert isinstance(refused(Mode.ENCRYPTED, query, sealed(text), now=NOW + timedelta(minutes=6)), Stale)


def test_another_accounts_message_is_forged() -> None:
    text = encrypt(XML, app_id="wx0000000000000000")
    refusal = refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(text))
    assert isinstance(refusal, Forged) and refusal.code == "app_id"


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_an_old_or_future_callback_is_stale(minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    text = encrypt(XML)
    assert isinstance(refused(Mode.PLAIN, address(STAMP), XML, now=now), Stale)
    assert isinstance(refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(text), now=now), Stale)
    with pytest.raises(Stale):
        verify_echo(account(), address(STAMP) | {"echostr": "1"}, now)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "xml"])
def test_other_content_types_are_refused(content_type: str) -> None:
    refusal = refused(Mode.PLAIN, address(STAMP), XML, content_type)
    assert (refusal.code, refusal.status) == ("content_type", 415)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY a "'
    + b"&lol;" * 10
    + b'"><!ENTITY b "'
    + b"&a;" * 10
    + b'">]><xml><Content>&b;</Content></xml>'
)
EXTERNAL = b'<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>'
BARE_DTD = b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><Content>1</Content></xml>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_xml"),
        (b"{}", "no_xml"),
        (b"<xml>", "no_xml"),
        (b"<xml></xml><xml></xml>", "no_xml"),
        (b"<xml><a>&undefined;</a></xml>", "no_xml"),
        (b"<html></html>", "root"),
        (b"<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>", "repeated"),
        (BOMB, "dtd"),
        (EXTERNAL, "dtd"),
        (BARE_DTD, "dtd"),
        ("<xml><Content>中</Content></xml>".encode("gbk"), "encoding"),
        (BOMB.decode().encode("utf-16"), "encoding"),
        (EXTERNAL.decode().encode("utf-16-le"), "encoding"),
    ],
)
def test_bad_bodies(body: bytes, code: str) -> None:
    refusal = refused(Mode.PLAIN, address(STAMP), body)
    assert isinstance(refusal, BadBody)
    assert (refusal.code, refusal.status) == (code, 400)


def test_size_counts_before_anything_is_read() -> None:
    start = time.perf_counter()
    refusal = refused(Mode.PLAIN, address(STAMP), b"<xml>" + b"<a>" * 349_525)
    assert (refusal.code, refusal.status) == ("too_large", 413)
    assert time.perf_counter() - start < 0.1
    longest = XML.replace(b"</xml>", b"<x>" + b"1" * (MAX_BYTES - len(XML) - 7) + b"</x></xml>")
    assert len(longest) == MAX_BYTES
    assert opened(Mode.PLAIN, address(STAMP), longest).xml == longest
    assert refused(Mode.PLAIN, address(STAMP), longest + b" ").code == "too_large"


def test_elements_may_nest_deeply_without_harm() -> None:
    depth = 9_000
    body = b"<xml>" + b"<a>" * depth + b"</a>" * depth + b"</xml>"
    assert opened(Mode.PLAIN, address(STAMP), body).xml == body


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "中文",
        base64.b64encode(b"x" * 17).decode(),
        base64.b64encode(b"x" * 16).decode(),
        encrypt_raw(b""),
        encrypt_raw(b"0" * 16 + b"\xff\xff\xff\xff" + XML + APP_ID.encode()),
        encrypt_raw(b"0" * 16 + b"\x00\x00\x00\x02\xff\xfe" + APP_ID.encode()),
        encrypt(XML, key="A" * 43),
    ],
)
def test_what_cannot_be_decrypted_is_refused(text: str) -> None:
    refusal = refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(text))
    assert refusal.code in {"undecryptable", "app_id"}


@given(st.binary(max_size=200))
def test_whatever_was_encrypted_only_refusals_come(plain: bytes) -> None:
    text = encrypt_raw(plain)
    assert isinstance(refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(text)), Refusal)


@given(st.text(max_size=200).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_every_text_survives_both_ways(text: str) -> None:
    inner = encrypt(text.encode())
    found = opened(Mode.ENCRYPTED, address(STAMP, encrypted=inner), sealed(inner))
    assert found.xml == text.encode()
    if text:
        assert decrypt(element(seal_reply(account(), found, text, NOW), "Encrypt")) == (text, APP_ID)


def test_the_reply_is_sealed_as_the_platform_reads_it() -> None:
    reply = "<xml><Content><![CDATA[您好，请带身份证。]]></Content></xml>"
    found = seal_reply(account(), Opened(XML, True, "486452656", STAMP), reply, NOW)
    text, timestamp, nonce = element(found, "Encrypt"), element(found, "TimeStamp"), element(found, "Nonce")
    assert element(found, "MsgSignature") == sha1(TOKEN, timestamp, nonce, text)
    assert timestamp == STAMP
    assert decrypt(text) == (reply, APP_ID)
    assert seal_reply(account(), Opened(XML, True, "1", STAMP), reply, NOW) != found


def test_a_plain_message_gets_a_plain_reply_and_nothing_stays_nothing() -> None:
    plain = Opened(XML, False, "486452656", STAMP)
    assert seal_reply(account(Mode.COMPATIBLE), plain, "<xml/>", NOW) == "<xml/>"
    assert seal_reply(account(), Opened(XML, True, "1", STAMP), "", NOW) == ""


def test_echo() -> None:
    query = address(STAMP) | {"echostr": "4375120948345356249"}
    assert verify_echo(account(Mode.PLAIN), query, NOW) == "4375120948345356249"
    assert verify_echo(account(), query, NOW) == "4375120948345356249"


@pytest.mark.parametrize(
    "change", [{"signature": "0" * 40}, {"signature": ""}, {"nonce": "1"}, {"timestamp": "1714037060"}]
)
def test_a_forged_echo(change: dict[str, str]) -> None:
    with pytest.raises(Forged):
        verify_echo(account(), address(STAMP) | {"echostr": "1"} | change, NOW)


def test_an_echo_without_signature_is_forged() -> None:
    with pytest.raises(Forged):
        verify_echo(account(), {"timestamp": STAMP, "nonce": "1", "echostr": "1"}, NOW)


@pytest.mark.parametrize("echo", [None, "", "a\nb", "中", "1" * 257])
def test_a_strange_echo_is_not_given_back(echo: str | None) -> None:
    with pytest.raises(BadBody):
        verify_echo(account(), address(STAMP) | ({} if echo is None else {"echostr": echo}), NOW)


def test_refusals_hold_nothing_secret() -> None:
    text = encrypt(XML, app_id=os.urandom(4).hex())
    refusal = refused(Mode.ENCRYPTED, address(STAMP, encrypted=text), sealed(text))
    assert TOKEN not in repr(refusal) and APP_ID not in repr(refusal)
