"""Reads the flat XML of callbacks without ever following what a stranger wrote into it: no DTD, no entities."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring


class BadXml(Exception):
    """`code` says in one word what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decoded(xml: bytes | str) -> str:
    """The text of UTF-8, the platform's only encoding, so that no two readers can see two documents in it."""
    try:
        text = xml if isinstance(xml, str) else xml.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadXml("encoding") from error
    if "\0" in text:  # expat would guess UTF-16
        raise BadXml("encoding")
    return text


def read_fields(xml: bytes | str) -> dict[str, str]:
    """The elements right under <xml> with the text of each, without white space around it; raises BadXml."""
    try:
        root = fromstring(decoded(xml), forbid_dtd=True)
    except DefusedXmlException as error:
        raise BadXml("dtd") from error
    except (ParseError, ValueError) as error:
        raise BadXml("no_xml") from error
    if root.tag != "xml":
        raise BadXml("root")
    fields: dict[str, str] = {}
    for child in root:
        if child.tag in fields:
            raise BadXml("repeated")
        fields[child.tag] = (child.text or "").strip()
    return fields
