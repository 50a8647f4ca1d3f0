"""The XML inside a callback → Incoming: what a citizen sent or did."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy.parser import parse_message

from connectors.wechat.safe_xml import BadXml, decoded, read_fields


class Kind(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    SHORTVIDEO = "shortvideo"
    LOCATION = "location"
    LINK = "link"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    VIEW = "view"
    LOCATION_REPORT = "location_report"
    TEMPLATE_SENT = "template_sent"
    OTHER = "other"


class BadMessage(Exception):
    """`code` says in one word what is wrong; it holds nothing of the message and may be logged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Incoming:
    """One message or event of `openid` to our `account` (gh_…); `created_at` is aware UTC, to the second.

    `key` is the same for every repeated push: "m:" and the MsgId, or "e:" and a hash of what makes an event.
    `text` by kind: TEXT the text; VOICE the platform's recognition; CLICK the key and VIEW the address of the menu
    entry; SCAN and SUBSCRIBE the scene of the QR code, "" without one; LINK the title; LOCATION the place's label;
    TEMPLATE_SENT the status. `menu_id` is that of a tapped menu entry (see outgoing.Menu)."""

    key: str
    openid: str
    account: str
    created_at: datetime
    kind: Kind
    text: str = ""
    menu_id: str = ""
    media_id: str = ""
    format: str = ""
    latitude: float | None = None
    longitude: float | None = None


_MESSAGES = {
    kind.value: kind
    for kind in (Kind.TEXT, Kind.VOICE, Kind.IMAGE, Kind.VIDEO, Kind.SHORTVIDEO, Kind.LOCATION, Kind.LINK)
}
_EVENTS = {
    "subscribe": Kind.SUBSCRIBE,
    "subscribe_scan": Kind.SUBSCRIBE,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "scan": Kind.SCAN,
    "click": Kind.CLICK,
    "view": Kind.VIEW,
    "location": Kind.LOCATION_REPORT,
    "templatesendjobfinish": Kind.TEMPLATE_SENT,
}
_TEXTS = {  # where wechatpy keeps what Incoming calls text, by the message's type or the event's name
    "text": "content",
    "voice": "recognition",
    "location": "label",
    "link": "title",
    "click": "key",
    "view": "url",
    "scan": "scene_id",
    "subscribe_scan": "scene_id",
    "templatesendjobfinish": "status",
}
_UNREADABLE = "【收到不支持的消息类型，暂无法显示】"  # the platform's own text for stickers and files
_LONGEST_ID = 128


def read_incoming(xml: bytes | str) -> Incoming:
    """The message or event; raises BadMessage. Unknown kinds are OTHER."""
    try:
        fields = read_fields(xml)
        # wechatpy's xmltodict sees only what was found to be free of DTD and entities.
        message = parse_message(decoded(xml))
        return _incoming(message, fields)
    except BadXml as error:
        raise BadMessage(error.code) from error
    except (ExpatError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadMessage("fields") from error


def _incoming(message: Any, fields: Mapping[str, str]) -> Incoming:
    kind, name = _kind(message)
    text = _text(message, _TEXTS[name]) if name in _TEXTS else ""
    if kind is Kind.TEXT and text == _UNREADABLE:
        kind, text = Kind.OTHER, ""
    latitude, longitude = _place(kind, fields)
    return Incoming(
        key=_key(fields),
        openid=_id(fields, "FromUserName"),
        account=_id(fields, "ToUserName"),
        created_at=_created_at(fields),
        kind=kind,
        text=text,
        menu_id=fields.get("bizmsgmenuid", "") if kind is Kind.TEXT else "",
        media_id=_text(message, "media_id"),
        format=_text(message, "format"),
        latitude=latitude,
        longitude=longitude,
    )


def _kind(message: Any) -> tuple[Kind, str]:
    """The kind and wechatpy's own name of it."""
    if message.type == "event":
        return _EVENTS.get(message.event, Kind.OTHER), message.event
    return _MESSAGES.get(message.type, Kind.OTHER), message.type


def _text(message: Any, attribute: str) -> str:
    """What wechatpy read: None for what is missing, and a dictionary or list where elements lie inside."""
    value = getattr(message, attribute, None)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadMessage("fields")
    return value


def _id(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not 0 < len(value) <= _LONGEST_ID:
        raise BadMessage("user")
    return value


def _created_at(fields: Mapping[str, str]) -> datetime:
    told = fields.get("CreateTime", "")
    if not re.fullmatch(r"[0-9]{1,11}", told):
        raise BadMessage("time")
    return datetime.fromtimestamp(int(told), UTC)


def _key(fields: Mapping[str, str]) -> str:
    if "Event" not in fields:
        if not re.fullmatch(r"[0-9]{1,20}", fields.get("MsgId", "")):
            raise BadMessage("message_id")
        return f"m:{fields['MsgId']}"
    # What became of two template messages may be told in one second: their events differ in MsgID alone.
    last = fields.get("EventKey") or fields.get("MsgID", "")
    parts = (fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields["Event"], last)
    return f"e:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}"


def _place(kind: Kind, fields: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Degrees, as the platform gives them (GCJ-02)."""
    if kind is Kind.LOCATION:
        told = fields["Location_X"], fields["Location_Y"]
    elif kind is Kind.LOCATION_REPORT:
        told = fields["Latitude"], fields["Longitude"]
    else:
        return None, None
    latitude, longitude = map(float, told)
    if not (math.isfinite(latitude) and abs(latitude) <= 90 and math.isfinite(longitude) and abs(longitude) <= 180):
        raise BadMessage("place")
    return latitude, longitude
