"""Reads what the callback answered, as strictly as the documentation (被动回复用户消息) describes it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from connectors.wechat_standin import crypto
from connectors.wechat_standin.model import Mode, StandInAccount

KINDS = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}


class BadReply(ValueError):
    """The answer is none that WeChat would show; the text says why."""


@dataclass(frozen=True)
class Passive:
    """A passive reply. `content` has the shape of customer-service messages: {"content": …}, {"articles": [{…}]}."""

    msgtype: str
    content: Mapping[str, Any]
    xml: str
    encrypted: bool

    @property
    def text(self) -> str:
        return str(self.content.get("content", "")) if self.msgtype == "text" else ""


def read_reply(account: StandInAccount, body: bytes, openid: str, text_bytes: int) -> Passive | None:
    """None for an empty body or "success": there is nothing to say. Raises BadReply."""
    if body.strip() in {b"", b"success"}:
        return None
    root, xml, encrypted = _open(account, _decode(body))
    _expect(root.findtext("ToUserName") == openid, "ToUserName is not the sender's openid")
    _expect(root.findtext("FromUserName") == account.original_id, "FromUserName is not the account")
    _expect((root.findtext("CreateTime") or "").isdecimal(), "CreateTime is no number of seconds")
    kind = root.findtext("MsgType") or ""
    _expect(kind in KINDS, f"MsgType {kind!r} is unknown")
    return Passive(kind, _content(root, kind, text_bytes), xml, encrypted)


def _open(account: StandInAccount, text: str) -> tuple[ElementTree.Element, str, bool]:
    """The message's root, its XML, and whether it came encrypted."""
    root = _parse(text)
    encrypted = root.findtext("Encrypt")
    if encrypted is None:
        _expect(account.mode is not Mode.ENCRYPTED, "a plain reply where all is encrypted")
        return root, text, False
    _expect(account.mode is not Mode.PLAIN, "an encrypted reply where all is plain")
    parts = [root.findtext(name) or "" for name in ("TimeStamp", "Nonce")]
    expected = crypto.signature(account.token, *parts, encrypted)
    _expect(all(parts), "TimeStamp or Nonce is missing")
    _expect(hmac.compare_digest(expected, root.findtext("MsgSignature") or ""), "MsgSignature is wrong")
    try:
        xml, app_id = crypto.decrypt(account.aes_key, encrypted)
    except crypto.Undecipherable as error:
        raise BadReply(f"cannot be decrypted: {error}") from error
    _expect(app_id == account.app_id, "the app id inside is another's")
    return _parse(xml), xml, True


def _content(root: ElementTree.Element, kind: str, text_bytes: int) -> dict[str, Any]:
    if kind == "text":
        content = root.findtext("Content") or ""
        _expect(content != "", "Content is empty")
        _expect(len(content.encode()) <= text_bytes, f"Content is longer than {text_bytes} bytes")
        return {"content": content}
    if kind == "news":
        return {"articles": [_article(item) for item in _articles(root)]}
    names = {"image": "Image", "voice": "Voice", "video": "Video", "music": "Music"}
    inner = root.find(names.get(kind, "TransInfo"))
    return {} if inner is None else {child.tag.lower(): child.text or "" for child in inner}


def _articles(root: ElementTree.Element) -> list[ElementTree.Element]:
    items = root.findall("Articles/item")
    _expect(root.findtext("ArticleCount") == "1" and len(items) == 1, "a reply has exactly one article")
    return items


def _article(item: ElementTree.Element) -> dict[str, str]:
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    _expect(all(item.find(name) is not None for name in names.values()), "an article lacks an element")
    return {key: item.findtext(name) or "" for key, name in names.items()}


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadReply("the body is not UTF-8") from error


def _parse(text: str) -> ElementTree.Element:
    _expect("<!DOCTYPE" not in text, "a document type is not allowed")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (no document type, and it is our own app's answer)
    except ElementTree.ParseError as error:
        raise BadReply("the body is no XML") from error
    _expect(root.tag == "xml", "the root is not <xml>")
    return root


def _expect(holds: bool, problem: str) -> None:
    if not holds:
        raise BadReply(problem)
