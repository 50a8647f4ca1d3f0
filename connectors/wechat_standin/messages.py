"""The fields of what a citizen does, by the documentation's sections 接收普通消息 and 接收事件推送, and their XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fields = dict[str, Any]


def xml_of(fields: Mapping[str, Any]) -> str:
    """Words in CDATA, numbers plain, nested mappings as nested elements."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, int | float):
        return str(value)
    inside = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{inside}]]>"


def text(content: str, menu_id: str | None = None) -> Fields:
    """`menu_id`: the citizen tapped this entry of a msgmenu."""
    return {"MsgType": "text", "Content": content, **({"bizmsgmenuid": menu_id} if menu_id else {})}


def voice(media_id: str, recognition: str | None = None, kind: str = "amr") -> Fields:
    """`recognition` None: speech recognition is off in the account; empty: nothing was understood."""
    heard = {} if recognition is None else {"Recognition": recognition}
    return {"MsgType": "voice", "MediaId": media_id, "Format": kind, **heard}


def image(media_id: str, url: str) -> Fields:
    return {"MsgType": "image", "PicUrl": url, "MediaId": media_id}


def video(media_id: str, thumb_media_id: str, short: bool = False) -> Fields:
    return {"MsgType": "shortvideo" if short else "video", "MediaId": media_id, "ThumbMediaId": thumb_media_id}


def location(latitude: float, longitude: float, label: str, scale: int) -> Fields:
    return {
        "MsgType": "location",
        "Location_X": f"{latitude:.6f}",
        "Location_Y": f"{longitude:.6f}",
        "Scale": scale,
        "Label": label,
    }


def link(title: str, description: str, url: str) -> Fields:
    return {"MsgType": "link", "Title": title, "Description": description, "Url": url}


def event(name: str, key: str | None = None, **more: Any) -> Fields:
    """`key` is the EventKey; `more` are elements of this event alone."""
    return {"MsgType": "event", "Event": name, **({} if key is None else {"EventKey": key}), **more}
